# The real provider, offline: it renders real policies, and a plan of new resources asks AWS nothing.
provider "aws" {
  region                      = "us-east-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  prefix    = "dev-location"
  topic_arn = "arn:aws:sns:us-east-1:123456789012:dev-alarms"
  table     = { name = "dev-location", read_capacity = 2, write_capacity = 1 }
  function  = { name = "dev-location", timeout_s = 10, concurrency_limit = 100 }
  api       = { name = "dev-location", stage = "live" }
  service   = { namespace = "Services", name = "location", metrics = ["ServerErrors", "Throttled", "FailedIntrospections"] }
  pipeline  = { name = "dev-location", release_stage = "Release" }
}

run "one_throttled_request_in_a_minute_is_enough" {
  command = plan

  assert {
    condition = alltrue([
      for alarm in aws_cloudwatch_metric_alarm.throttle :
      alarm.threshold == 1 && alarm.comparison_operator == "GreaterThanOrEqualToThreshold" && alarm.evaluation_periods == 1
    ])
    error_message = "A throttle alarm waits for more than one throttled request."
  }

  assert {
    condition = alltrue(flatten([
      for alarm in aws_cloudwatch_metric_alarm.throttle : [
        for query in alarm.metric_query : [for metric in query.metric : metric.stat == "Sum" && metric.period == 60]
      ]
    ]))
    error_message = "A throttle alarm does not add up whole minutes."
  }
}

run "reads_and_writes_are_watched_each_by_metrics_that_dynamodb_reports_for_the_table" {
  command = plan

  assert {
    condition = toset(flatten([
      for alarm in aws_cloudwatch_metric_alarm.throttle : [
        for query in alarm.metric_query : [
          for metric in query.metric : "${alarm.alarm_name}: ${metric.namespace} ${metric.metric_name} ${jsonencode(metric.dimensions)}"
        ]
      ]
      ])) == toset([
      "dev-location-read-throttle: AWS/DynamoDB ConsumedReadCapacityUnits {\"TableName\":\"dev-location\"}",
      "dev-location-read-throttle: AWS/DynamoDB ReadThrottleEvents {\"TableName\":\"dev-location\"}",
      "dev-location-write-throttle: AWS/DynamoDB ConsumedWriteCapacityUnits {\"TableName\":\"dev-location\"}",
      "dev-location-write-throttle: AWS/DynamoDB WriteThrottleEvents {\"TableName\":\"dev-location\"}",
    ])
    error_message = "A throttle alarm watches a metric that never has data."
  }
}

run "a_throttle_alarm_recovers_in_a_minute_with_traffic_and_without_throttling" {
  command = plan

  assert {
    condition = alltrue([
      for alarm in aws_cloudwatch_metric_alarm.throttle :
      [for query in alarm.metric_query : query.expression if query.return_data] == ["FILL(throttles, 0) + 0 * consumed"]
    ])
    error_message = "Where nothing was throttled, a throttle alarm has no value, or has one before DynamoDB reported."
  }
}

run "an_index_has_alarms_of_its_own_with_its_own_dimensions_and_limits" {
  command = plan

  variables {
    table = {
      name           = "dev-location"
      read_capacity  = 2
      write_capacity = 1
      indexes        = { by_owner = { read_capacity = 5, write_capacity = 3 } }
    }
  }

  assert {
    condition = toset([for alarm in local.alarms : trimprefix(alarm.alarm_name, "dev-location-") if endswith(alarm.alarm_name, "/by_owner")]) == toset([
      "read-throttle/by_owner", "write-throttle/by_owner", "read-capacity/by_owner", "write-capacity/by_owner",
      "provisioned-throttle/by_owner", "hot-key-throttle/by_owner",
    ])
    error_message = "An index is watched for more, or for less, than DynamoDB reports of it."
  }

  assert {
    condition = alltrue(flatten([
      for alarm in local.alarms : [
        for query in alarm.metric_query : [
          for metric in query.metric : metric.dimensions == tomap({ TableName = "dev-location", GlobalSecondaryIndexName = "by_owner" })
        ]
      ] if endswith(alarm.alarm_name, "/by_owner")
    ]))
    error_message = "An alarm on an index watches the table."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.capacity["read/by_owner"].threshold == 300 * 5 * 0.8 && aws_cloudwatch_metric_alarm.capacity["write/by_owner"].threshold == 300 * 3 * 0.8
    error_message = "The capacity of an index is not measured by its own limit."
  }

  assert {
    condition     = endswith(aws_cloudwatch_metric_alarm.throttle["read/by_owner"].alarm_description, "read-throttle.md")
    error_message = "The runbook of an index's alarm is not that of the table's."
  }
}

run "each_cause_of_throttling_has_an_alarm_on_reads_and_writes_together" {
  command = plan

  assert {
    condition = toset(flatten([
      for alarm in aws_cloudwatch_metric_alarm.throttle_cause : [
        for query in alarm.metric_query : [for metric in query.metric : "${alarm.alarm_name} ${metric.metric_name}"]
      ]
      ])) == toset([
      "dev-location-provisioned-throttle ReadProvisionedThroughputThrottleEvents",
      "dev-location-provisioned-throttle WriteProvisionedThroughputThrottleEvents",
      "dev-location-hot-key-throttle ReadKeyRangeThroughputThrottleEvents",
      "dev-location-hot-key-throttle WriteKeyRangeThroughputThrottleEvents",
      "dev-location-account-throttle ReadAccountLimitThrottleEvents",
      "dev-location-account-throttle WriteAccountLimitThrottleEvents",
    ])
    error_message = "A cause of throttling is not watched, or not in both directions."
  }
}

run "limits_are_eighty_percent_of_what_there_is" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.capacity["read"].threshold == 480 && aws_cloudwatch_metric_alarm.capacity["write"].threshold == 240
    error_message = "Capacity is not watched at 80 % of five minutes' units."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.function_duration.threshold == 8000 && aws_cloudwatch_metric_alarm.function["function-concurrency"].threshold == 80
    error_message = "Duration or concurrency is not watched at 80 % of its limit."
  }
}

run "every_alarm_tells_the_topic_of_alarm_and_of_recovery_and_says_what_no_data_means" {
  command = plan

  assert {
    condition = alltrue([
      for alarm in concat(local.alarms, [aws_cloudwatch_composite_alarm.unhealthy]) :
      alarm.alarm_actions == toset([var.topic_arn]) && alarm.ok_actions == toset([var.topic_arn])
    ])
    error_message = "An alarm does not tell the topic of ALARM and of OK."
  }

  assert {
    condition     = alltrue([for alarm in local.alarms : alarm.treat_missing_data == "notBreaching"])
    error_message = "An alarm takes silence for trouble."
  }
}

run "every_alarm_links_the_runbook_that_has_its_name" {
  command = plan

  assert {
    condition = alltrue([
      for alarm in concat(local.alarms, [aws_cloudwatch_composite_alarm.unhealthy]) :
      endswith(alarm.alarm_description, "Runbook: docs/runbooks/${trimprefix(alarm.alarm_name, "dev-location-")}.md")
    ])
    error_message = "An alarm does not link its runbook."
  }

  assert {
    condition = alltrue([
      for name in output.names : fileexists("${path.module}/../../../docs/runbooks/${trimprefix(name, "dev-location-")}.md")
    ])
    error_message = "An alarm has no runbook."
  }
}

run "errors_are_watched_where_lambda_and_api_gateway_report_them" {
  command = plan

  assert {
    condition = alltrue([
      for alarm in concat(values(aws_cloudwatch_metric_alarm.function), [aws_cloudwatch_metric_alarm.function_duration]) :
      alarm.namespace == "AWS/Lambda" && alarm.dimensions == tomap({ FunctionName = "dev-location" })
    ])
    error_message = "Lambda reports elsewhere."
  }

  assert {
    condition = alltrue(flatten([
      for alarm in concat(values(aws_cloudwatch_metric_alarm.slo_burn), [aws_cloudwatch_metric_alarm.api_5xx]) : [
        for query in alarm.metric_query : [
          for metric in query.metric : metric.namespace == "AWS/ApiGateway" && metric.dimensions == tomap({ ApiName = "dev-location", Stage = "live" })
        ]
      ]
    ]))
    error_message = "API Gateway reports elsewhere."
  }
}

run "a_few_failures_are_no_rate" {
  command = plan

  assert {
    condition = alltrue([
      for alarm in concat(values(aws_cloudwatch_metric_alarm.slo_burn), [aws_cloudwatch_metric_alarm.api_5xx]) :
      [for query in alarm.metric_query : query.expression if query.return_data] == ["IF(errors >= 5, 100 * errors / requests, 0)"]
    ])
    error_message = "One failed request of few is taken for a rate."
  }
}

run "a_budget_that_burns_is_seen_in_an_hour_and_in_minutes" {
  command = plan

  assert {
    condition     = abs(aws_cloudwatch_metric_alarm.slo_burn["slo-burn-hour"].threshold - 1.44) < 0.001 && abs(aws_cloudwatch_metric_alarm.slo_burn["slo-burn-minutes"].threshold - 1.44) < 0.001
    error_message = "The burn alarms do not fire at 14.4 times the rate that the objective allows."
  }

  assert {
    condition = toset(flatten([
      for name, alarm in aws_cloudwatch_metric_alarm.slo_burn : [for query in alarm.metric_query : [for metric in query.metric : "${name} ${metric.period}"]]
    ])) == toset(["slo-burn-hour 3600", "slo-burn-minutes 300"])
    error_message = "The windows are not an hour and five minutes."
  }
}

run "the_service_is_unhealthy_when_callers_notice_and_burns_its_budget_by_both_windows" {
  command = plan

  assert {
    condition = aws_cloudwatch_composite_alarm.unhealthy.alarm_rule == join(" OR ", [
      "ALARM(\"dev-location-read-throttle\")", "ALARM(\"dev-location-write-throttle\")",
      "ALARM(\"dev-location-function-errors\")", "ALARM(\"dev-location-function-throttles\")",
      "ALARM(\"dev-location-api-5xx\")", "ALARM(\"dev-location-api-latency\")",
      "(ALARM(\"dev-location-slo-burn-hour\") AND ALARM(\"dev-location-slo-burn-minutes\"))",
    ])
    error_message = "The composite alarm tells of something else than what callers notice."
  }
}

run "only_a_service_that_has_tokens_checked_is_watched_for_it" {
  command = plan

  variables {
    service = { namespace = "Services", name = "location", metrics = ["ServerErrors", "Throttled"] }
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.failed_introspections) == 0 && !contains(output.names, "dev-location-failed-introspections")
    error_message = "An alarm watches a metric that the service does not emit."
  }
}

run "a_failed_release_is_told_from_a_failed_build" {
  command = plan

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.release_failed.event_pattern).detail == {
      pipeline = ["dev-location"]
      stage    = ["Release"]
      state    = ["FAILED"]
    }
    error_message = "The rule matches something else than a failed release of this pipeline."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.release_rollback.dimensions == tomap({ RuleName = aws_cloudwatch_event_rule.release_failed.name })
    error_message = "The alarm counts the events of another rule."
  }
}

run "demand_rolls_no_release_back" {
  command = plan

  assert {
    condition     = toset(output.rollback) == toset(["dev-location-function-errors", "dev-location-server-errors"])
    error_message = "The rollback alarms are not those that a bad release sets off."
  }

  assert {
    condition     = [for query in aws_cloudwatch_metric_alarm.server_errors.metric_query : query.expression if query.return_data] == ["errors - throttled"]
    error_message = "Throttled replies count as failures of a release."
  }

  assert {
    condition = alltrue(flatten([
      for alarm in local.alarms : [for query in alarm.metric_query : [for metric in query.metric : metric.namespace != "AWS/DynamoDB"]]
      if contains(output.rollback, alarm.alarm_name)
    ]))
    error_message = "An alarm that may hold its state without traffic rolls releases back."
  }
}

run "the_metrics_that_are_paid_for_are_27" {
  command = plan

  # 0.10 USD a month for a metric that an alarm watches: https://aws.amazon.com/cloudwatch/pricing/
  assert {
    condition = sum([
      for alarm in local.alarms : max(1, length([for query in alarm.metric_query : query if length(query.metric) > 0]))
    ]) == 27
    error_message = "The alarms of a service watch more, or fewer, metrics than before: `make cost` says what that costs."
  }
}

run "a_threshold_of_zero_is_refused" {
  command = plan

  variables {
    thresholds = { read_throttle = 0 }
  }

  expect_failures = [var.thresholds]
}

run "a_threshold_above_a_hundred_percent_is_refused" {
  command = plan

  variables {
    thresholds = { capacity_percent = 120 }
  }

  expect_failures = [var.thresholds]
}

run "an_objective_without_a_budget_is_refused" {
  command = plan

  variables {
    slo_percent = 100
  }

  expect_failures = [var.slo_percent]
}

run "a_function_that_never_runs_is_refused" {
  command = plan

  variables {
    function = { name = "dev-location", timeout_s = 10, concurrency_limit = 0 }
  }

  expect_failures = [var.function]
}

run "a_service_that_does_not_tell_throttled_replies_apart_is_refused" {
  command = plan

  variables {
    service = { namespace = "Services", name = "location", metrics = ["ServerErrors"] }
  }

  expect_failures = [var.service]
}
