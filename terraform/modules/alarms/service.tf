# What the service says of itself, by metrics in its log: emitted for requests only, hence `notBreaching`.

# Its 5XX replies but for the throttled ones: those a bad release brings, and demand does not.
resource "aws_cloudwatch_metric_alarm" "server_errors" {
  alarm_name          = "${var.prefix}-server-errors"
  alarm_description   = "Service ${var.service.name} fails, for another reason than a throttled table. Runbook: ${var.runbooks}/server-errors.md"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.thresholds.server_errors
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]

  metric_query {
    id          = "failed"
    label       = "Server errors, not throttled"
    expression  = "errors - throttled"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { errors = "ServerErrors", throttled = "Throttled" }

    content {
      id          = metric_query.key
      return_data = false

      metric {
        namespace   = var.service.namespace
        metric_name = metric_query.value
        dimensions  = { service = var.service.name }
        stat        = "Sum"
        period      = 60
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "failed_introspections" {
  for_each = setintersection(["FailedIntrospections"], var.service.metrics)

  alarm_name          = "${var.prefix}-failed-introspections"
  alarm_description   = "Service ${var.service.name} cannot have tokens checked by authentication. Runbook: ${var.runbooks}/failed-introspections.md"
  namespace           = var.service.namespace
  metric_name         = each.value
  dimensions          = { service = var.service.name }
  statistic           = "Sum"
  period              = 60
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.thresholds.failed_introspections
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}
