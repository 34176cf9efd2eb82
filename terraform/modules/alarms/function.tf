# Lambda reports for invocations only: no invocation, no data, hence `notBreaching`.
# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
locals {
  function_alarms = {
    function-errors = {
      words     = "Invocations of function ${var.function.name} fail"
      metric    = "Errors"
      threshold = var.thresholds.function_errors
    }
    function-throttles = {
      words     = "Lambda refuses invocations of function ${var.function.name}"
      metric    = "Throttles"
      threshold = var.thresholds.function_throttles
    }
    # The highest of a minute: a limit is reached by one invocation too many.
    function-concurrency = {
      words     = "Function ${var.function.name} runs at ${var.thresholds.concurrency_percent} % or more of its ${var.function.concurrency_limit} concurrent invocations"
      metric    = "ConcurrentExecutions"
      statistic = "Maximum"
      threshold = var.function.concurrency_limit * var.thresholds.concurrency_percent / 100
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "function" {
  for_each = local.function_alarms

  alarm_name          = "${var.prefix}-${each.key}"
  alarm_description   = "${each.value.words}. Runbook: ${var.runbooks}/${each.key}.md"
  namespace           = "AWS/Lambda"
  metric_name         = each.value.metric
  dimensions          = { FunctionName = var.function.name }
  statistic           = lookup(each.value, "statistic", "Sum")
  period              = 60
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.threshold
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}

# Two of three minutes: a single slow call is no trend, and one that ran out of time is among the errors.
resource "aws_cloudwatch_metric_alarm" "function_duration" {
  alarm_name          = "${var.prefix}-function-duration"
  alarm_description   = "Invocations of function ${var.function.name} take ${var.thresholds.duration_percent} % or more of its timeout (${var.function.timeout_s} s). Runbook: ${var.runbooks}/function-duration.md"
  namespace           = "AWS/Lambda"
  metric_name         = "Duration"
  dimensions          = { FunctionName = var.function.name }
  extended_statistic  = "p99"
  period              = 60
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 10 * var.function.timeout_s * var.thresholds.duration_percent # percent of s, in ms
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}
