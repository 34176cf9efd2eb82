# Consumed capacity near the capacity there is, before anything is throttled: five minutes are also what a table may save up.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html
# The limit is a number of the declaration, and not ProvisionedReadCapacityUnits: where capacity is scaled, only its end is
# worth a person's time, and a metric less is paid for. FILL as in causes.tf.
locals {
  capacity_period_s = 300

  capacities = merge([
    for suffix, resource in local.resources : {
      for kind in ["read", "write"] : "${kind}${suffix}" => {
        kind       = kind
        title      = resource.title
        dimensions = resource.dimensions
        name       = "${var.prefix}-${kind}-capacity${suffix}"
        units      = kind == "read" ? resource.read_capacity : resource.write_capacity
      }
    }
  ]...)
}

resource "aws_cloudwatch_metric_alarm" "capacity" {
  for_each = local.capacities

  alarm_name          = each.value.name
  alarm_description   = "${title(each.value.kind)}s use ${var.thresholds.capacity_percent} % or more of the capacity of ${each.value.title}. Runbook: ${var.runbooks}/${each.value.kind}-capacity.md"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = local.capacity_period_s * each.value.units * var.thresholds.capacity_percent / 100
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]

  metric_query {
    id          = "filled"
    label       = "Consumed units"
    expression  = "FILL(consumed, 0)"
    return_data = true
  }

  metric_query {
    id          = "consumed"
    return_data = false

    metric {
      namespace   = "AWS/DynamoDB"
      metric_name = "Consumed${title(each.value.kind)}CapacityUnits"
      dimensions  = each.value.dimensions
      stat        = "Sum"
      period      = local.capacity_period_s
    }
  }
}
