# The first deployment. Later ones are made by releases, each with the contract that its code serves; a change of the
# resource policy acts with the next of them too.
resource "aws_api_gateway_deployment" "this" {
  #checkov:skip=CKV_AWS_217:never replaced but with its API: releases make the later ones
  rest_api_id = aws_api_gateway_rest_api.this.id
  description = "First apply"
}

resource "aws_api_gateway_stage" "this" {
  #checkov:skip=CKV2_AWS_4:execution logs would hold bodies and tokens; the access log has neither
  #checkov:skip=CKV2_AWS_29:each method is throttled; a web ACL costs by the month and is the platform team's to add
  #checkov:skip=CKV2_AWS_51:a client certificate is for HTTP backends; this one is a function
  #checkov:skip=CKV_AWS_120:what is cached for whom is the service's to say, and it does
  rest_api_id   = aws_api_gateway_rest_api.this.id
  deployment_id = aws_api_gateway_deployment.this.id
  stage_name    = var.stage

  xray_tracing_enabled = var.tracing

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
  #checkov:skip=CKV_AWS_225:as CKV_AWS_120 of the stage
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    metrics_enabled        = var.detailed_metrics
    throttling_rate_limit  = var.throttle.rate_per_s
    throttling_burst_limit = var.throttle.burst_limit
  }
}

# In place of the settings above, not beside them: https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html
resource "aws_api_gateway_method_settings" "route" {
  #checkov:skip=CKV_AWS_225:as CKV_AWS_120 of the stage
  for_each = var.method_throttles

  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  # API Gateway's name of a route has `~1` for every slash of the path, the first one too:
  # https://github.com/hashicorp/terraform-provider-aws/issues/9738
  method_path = "${replace(split(" ", each.key)[1], "/", "~1")}/${split(" ", each.key)[0]}"

  settings {
    metrics_enabled        = var.detailed_metrics
    throttling_rate_limit  = each.value.rate_per_s
    throttling_burst_limit = each.value.burst_limit
  }

  lifecycle {
    precondition {
      condition     = contains(keys(local.operations), each.key)
      error_message = "method_throttles has a throttle for ${each.key}, which is no route of the contract."
    }
  }
}

resource "aws_cloudwatch_log_group" "access" {
  #checkov:skip=CKV_AWS_158:CloudWatch encrypts logs under a key of its own, and nothing secret is logged
  name              = var.access_log_group.name
  retention_in_days = var.log_retention_days
}
