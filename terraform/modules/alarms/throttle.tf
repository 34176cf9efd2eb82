# Throttled requests, per minute. DynamoDB reports a throttle metric only for minutes with throttling, and an alarm on this
# namespace may keep its state through missing data whatever `treat_missing_data` says (the sources conflict:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html against the reference of
# PutMetricAlarm), so it could fire and never recover. FILL makes the missing zeros; the consumed capacity beside it makes
# the expression have a value in those minutes only that DynamoDB has reported. FILL by itself would put 0 into the latest
# minute for as long as its metrics are on their way, and the alarm could miss every throttle:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
locals {
  throttles = merge([
    for suffix, resource in local.resources : {
      for kind in ["read", "write"] : "${kind}${suffix}" => {
        kind       = kind
        title      = resource.title
        dimensions = resource.dimensions
        metrics = {
          throttles = "${title(kind)}ThrottleEvents"
          consumed  = "Consumed${title(kind)}CapacityUnits"
        }
        name      = "${var.prefix}-${kind}-throttle${suffix}"
        threshold = kind == "read" ? var.thresholds.read_throttle : var.thresholds.write_throttle
      }
    }
  ]...)
}

resource "aws_cloudwatch_metric_alarm" "throttle" {
  for_each = local.throttles

  alarm_name          = each.value.name
  alarm_description   = "DynamoDB throttles ${each.value.kind}s of ${each.value.title}. Runbook: ${var.runbooks}/${each.value.kind}-throttle.md"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.threshold
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]

  metric_query {
    id          = "filled"
    label       = each.value.metrics.throttles
    expression  = "FILL(throttles, 0) + 0 * consumed"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = each.value.metrics

    content {
      id          = metric_query.key
      return_data = false

      metric {
        namespace   = "AWS/DynamoDB"
        metric_name = metric_query.value
        dimensions  = each.value.dimensions
        stat        = "Sum"
        period      = 60
      }
    }
  }
}
