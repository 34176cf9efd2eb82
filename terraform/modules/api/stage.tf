# The first deployment. Later ones are made by releases, each with the contract that its code serves; a change of the
# resource policy acts with the next of them too.
resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  description = "First apply"
}

resource "aws_api_gateway_stage" "this" {
  rest_api_id   = aws_api_gateway_rest_api.this.id
  deployment_id = aws_api_gateway_deployment.this.id
  stage_name    = var.stage

  access_log_settings {
    destination_arn = var.access_log_group.arn
    # No header, no body and no path with its values: neither tokens nor user names.
    format = jsonencode({
      requestId          = "$context.requestId"
      requestTime        = "$context.requestTime"
      sourceIp           = "$context.identity.sourceIp"
      principal          = "$context.identity.userArn"
      httpMethod         = "$context.httpMethod"
      resourcePath       = "$context.resourcePath"
      status             = "$context.status"
      errorType          = "$context.error.responseType"
      responseLatencyMs  = "$context.responseLatency"
      integrationLatency = "$context.integrationLatency"
      responseLength     = "$context.responseLength"
    })
  }

  lifecycle {
    # A release deploys to the stage.
    ignore_changes = [deployment_id]
  }

  depends_on = [aws_cloudwatch_log_group.access] # its ARN comes from the names
}

resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    throttling_rate_limit  = var.throttle.rate_per_s
    throttling_burst_limit = var.throttle.burst_limit
  }
}

resource "aws_cloudwatch_log_group" "access" {
  name              = var.access_log_group.name
  retention_in_days = var.log_retention_days
}
