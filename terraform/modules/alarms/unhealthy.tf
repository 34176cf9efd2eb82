# One alarm for whoever is called at night: those that callers notice. What only warns (capacity, duration, concurrency) and
# what tells the cause is not among them.
locals {
  noticed = concat(
    [for kind in ["read", "write"] : aws_cloudwatch_metric_alarm.throttle[kind].alarm_name],
    [for name in ["function-errors", "function-throttles"] : aws_cloudwatch_metric_alarm.function[name].alarm_name],
    [aws_cloudwatch_metric_alarm.api_5xx.alarm_name, aws_cloudwatch_metric_alarm.api_latency.alarm_name],
  )
}

resource "aws_cloudwatch_composite_alarm" "unhealthy" {
  alarm_name        = "${var.prefix}-unhealthy"
  alarm_description = "Callers of service ${var.service.name} notice that something is wrong. Runbook: ${var.runbooks}/unhealthy.md"
  alarm_actions     = [var.topic_arn]
  ok_actions        = [var.topic_arn]

  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
  alarm_rule = join(" OR ", concat(
    [for name in local.noticed : "ALARM(\"${name}\")"],
    ["(${join(" AND ", [for alarm in aws_cloudwatch_metric_alarm.slo_burn : "ALARM(\"${alarm.alarm_name}\")"])})"],
  ))
}
