resource "aws_cloudwatch_metric_alarm" "function_errors" {
  alarm_name          = "${var.prefix}-function-errors"
  alarm_description   = "Invocations of function ${var.function_name} fail. Runbook: ${var.runbooks}/function-errors.md"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = var.function_name }
  statistic           = "Sum"
  period              = 60
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.thresholds.function_errors
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  treat_missing_data  = "notBreaching" # no invocation, no data
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "api_5xx" {
  alarm_name          = "${var.prefix}-api-5xx"
  alarm_description   = "API ${var.api.name} answers 5XX. Runbook: ${var.runbooks}/api-5xx.md"
  namespace           = "AWS/ApiGateway" # with the AWS/: an alarm on ApiGateway can never fire
  metric_name         = "5XXError"
  dimensions          = { ApiName = var.api.name, Stage = var.api.stage }
  statistic           = "Sum"
  period              = 60
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.thresholds.api_5xx
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  treat_missing_data  = "notBreaching" # no request, no data
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}
