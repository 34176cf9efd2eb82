# The namespace is AWS/ApiGateway, with the AWS/: an alarm on ApiGateway can never fire. API Gateway reports for requests only:
# no request, no data, hence `notBreaching`.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
locals {
  api_metrics = {
    errors   = "5XXError"
    requests = "Count"
  }

  # A few failures are no rate: one request, failed, would be 100 %.
  error_rate = "IF(errors >= ${var.thresholds.api_5xx_count}, 100 * errors / requests, 0)"
}

resource "aws_cloudwatch_metric_alarm" "api_5xx" {
  alarm_name          = "${var.prefix}-api-5xx"
  alarm_description   = "API ${var.api.name} answers ${var.thresholds.api_5xx_percent} % or more of its requests with 5XX. Runbook: ${var.runbooks}/api-5xx.md"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.thresholds.api_5xx_percent
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]

  metric_query {
    id          = "rate"
    label       = "5XX (percent)"
    expression  = local.error_rate
    return_data = true
  }

  dynamic "metric_query" {
    for_each = local.api_metrics

    content {
      id          = metric_query.key
      return_data = false

      metric {
        namespace   = "AWS/ApiGateway"
        metric_name = metric_query.value
        dimensions  = { ApiName = var.api.name, Stage = var.api.stage }
        stat        = "Sum"
        period      = 60
      }
    }
  }
}

# Three minutes in a row: a cold start by itself is slow, and passes.
resource "aws_cloudwatch_metric_alarm" "api_latency" {
  alarm_name          = "${var.prefix}-api-latency"
  alarm_description   = "API ${var.api.name} takes ${var.thresholds.api_latency_ms} ms or more for one request in a hundred. Runbook: ${var.runbooks}/api-latency.md"
  namespace           = "AWS/ApiGateway"
  metric_name         = "Latency"
  dimensions          = { ApiName = var.api.name, Stage = var.api.stage }
  extended_statistic  = "p99"
  period              = 60
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.thresholds.api_latency_ms
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}
