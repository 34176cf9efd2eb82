# Why DynamoDB throttled, since each cause ends in another way. Over five minutes, so that FILL alone will do: what arrives a
# minute or two late is still within the period at the next evaluations, which are a minute apart.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/throttling-diagnosing-workflow.html
locals {
  causes = {
    provisioned-throttle = { metric = "ProvisionedThroughput", words = "since the capacity provisioned is used up" }
    hot-key-throttle     = { metric = "KeyRangeThroughput", words = "since one range of keys takes too much of the traffic" }
    account-throttle     = { metric = "AccountLimit", words = "since the account's own limit is reached" }
  }

  throttle_causes = merge([
    for suffix, resource in local.resources : {
      for name, cause in local.causes : "${name}${suffix}" => merge(cause, resource, { runbook = name })
      # The account's limit has no metric of writes to an index:
      # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
      if suffix == "" || cause.metric != "AccountLimit"
    }
  ]...)
}

resource "aws_cloudwatch_metric_alarm" "throttle_cause" {
  for_each = local.throttle_causes

  alarm_name          = "${var.prefix}-${each.key}"
  alarm_description   = "DynamoDB throttles ${each.value.title}, ${each.value.words}. Runbook: ${var.runbooks}/${each.value.runbook}.md"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]

  metric_query {
    id          = "throttles"
    label       = each.value.metric
    expression  = "FILL(reads, 0) + FILL(writes, 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { reads = "Read", writes = "Write" }

    content {
      id          = metric_query.key
      return_data = false

      metric {
        namespace   = "AWS/DynamoDB"
        metric_name = "${metric_query.value}${each.value.metric}ThrottleEvents"
        dimensions  = each.value.dimensions
        stat        = "Sum"
        period      = 300
      }
    }
  }
}
