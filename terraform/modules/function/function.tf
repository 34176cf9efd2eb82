resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_116:invoked by API Gateway, which gets the failure as the answer: nothing is queued
  #checkov:skip=CKV_AWS_117:it reaches DynamoDB and APIs of AWS only, each by signed requests over TLS
  #checkov:skip=CKV_AWS_173:its variables are names, not secrets; Lambda encrypts them under a key of its own
  #checkov:skip=CKV_AWS_272:only the build's role may publish code, and a signature by the build would say no more
  function_name = var.name
  role          = var.role.arn
  runtime       = var.runtime
  architectures = [var.architecture]
  handler       = var.handler
  memory_size   = var.memory_mb
  timeout       = var.timeout_s
  filename      = "${path.module}/placeholder.zip"
  publish       = true # the alias needs a version from the first apply on

  reserved_concurrent_executions = var.reserved_concurrency

  environment {
    variables = var.environment
  }

  logging_config {
    log_group             = var.log_group.name
    log_format            = var.log_format
    application_log_level = var.log_format == "JSON" ? var.log_level : null
    system_log_level      = var.log_format == "JSON" ? "INFO" : null # the level of Lambda's reports
  }

  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }

  # Of published versions only, which `live` points to. A release waits until Lambda has taken the snapshot.
  dynamic "snap_start" {
    for_each = var.snap_start ? ["PublishedVersions"] : []

    content {
      apply_on = snap_start.value
    }
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
  #checkov:skip=CKV_AWS_158:CloudWatch encrypts logs under a key of its own, and nothing secret is logged
  #checkov:skip=CKV_AWS_338:how long events are kept is an input
  name              = var.log_group.name
  retention_in_days = var.log_retention_days
}
