resource "aws_lambda_function" "this" {
  function_name = var.name
  role          = var.role.arn
  runtime       = var.runtime
  architectures = [var.architecture]
  handler       = var.handler
  memory_size   = var.memory_mb
  timeout       = var.timeout_s
  filename      = "${path.module}/placeholder.zip"
  publish       = true # the alias needs a version from the first apply on

  environment {
    variables = var.environment
  }

  lifecycle {
    # A release moves the code.
    ignore_changes = [filename, source_code_hash]
  }

  # The ARN comes from the names, so Terraform cannot see that the role, with its policy, has to be there first; the log
  # group too, or Lambda would make one that keeps its events for ever.
  depends_on = [aws_iam_role_policy.this, aws_cloudwatch_log_group.this]
}

resource "aws_lambda_alias" "live" {
  name             = var.alias
  description      = "The version that callers get; a release moves it."
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version

  lifecycle {
    # A release moves the alias, and weighs two versions during a canary.
    ignore_changes = [function_version, routing_config]
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = var.log_group.name
  retention_in_days = var.log_retention_days
}
