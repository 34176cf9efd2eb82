output "name" {
  description = "Name of the REST API, the value of the `ApiName` dimension of its metrics."
  value       = aws_api_gateway_rest_api.this.name
}

output "id" {
  description = "Id of the REST API, known after the first apply."
  value       = aws_api_gateway_rest_api.this.id
}

output "policy" {
  description = "Resource policy of the API (JSON): who may call what."
  value       = aws_api_gateway_rest_api.this.policy
}

output "stage" {
  description = "Name of the stage."
  value       = aws_api_gateway_stage.this.stage_name
}

output "url" {
  description = "URL of the stage, without a trailing slash, known after the first apply."
  value       = aws_api_gateway_stage.this.invoke_url
}
