# How fast the objective's budget of failures is used up: 14.4 times faster than it lasts uses two per cent of it in an hour.
# The hour alone would hold for an hour after the end, and five minutes alone fire at a hiccup: both together are in the
# composite. https://sre.google/workbook/alerting-on-slos/
locals {
  burn_rate      = 14.4
  budget_percent = 100 - var.slo_percent

  burn_windows = {
    slo-burn-hour    = { period_s = 3600, words = "an hour" }
    slo-burn-minutes = { period_s = 300, words = "five minutes" }
  }
}

resource "aws_cloudwatch_metric_alarm" "slo_burn" {
  for_each = local.burn_windows

  alarm_name          = "${var.prefix}-${each.key}"
  alarm_description   = "Within ${each.value.words}, API ${var.api.name} failed ${local.burn_rate} times as often as ${var.slo_percent} % allow. Runbook: ${var.runbooks}/${each.key}.md"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = local.burn_rate * local.budget_percent
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  treat_missing_data  = "notBreaching" # no request, no data
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
        period      = each.value.period_s
      }
    }
  }
}
