output "name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "policy" {
  description = "Policy of the function's role (JSON): all that the function may reach."
  value       = aws_iam_role_policy.this.policy
}

output "alias" {
  description = "Name of the alias that callers use."
  value       = aws_lambda_alias.live.name
}

output "environment" {
  description = "Environment variables of the function."
  value       = one(aws_lambda_function.this.environment).variables
}
