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
  prefix        = "dev-location"
  topic_arn     = "arn:aws:sns:us-east-1:123456789012:dev-alarms"
  table_name    = "dev-location"
  function_name = "dev-location"
  api           = { name = "dev-location", stage = "live" }
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

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.throttle : alarm.treat_missing_data == "notBreaching"])
    error_message = "A throttle alarm takes silence for throttling."
  }
}

run "every_alarm_tells_the_topic_of_alarm_and_of_recovery" {
  command = plan

  assert {
    condition = alltrue([
      for alarm in concat(values(aws_cloudwatch_metric_alarm.throttle), [aws_cloudwatch_metric_alarm.function_errors, aws_cloudwatch_metric_alarm.api_5xx]) :
      alarm.alarm_actions == toset([var.topic_arn]) && alarm.ok_actions == toset([var.topic_arn])
    ])
    error_message = "An alarm does not tell the topic of ALARM and of OK."
  }
}

run "every_alarm_links_the_runbook_that_has_its_name" {
  command = plan

  assert {
    condition = alltrue([
      for alarm in concat(values(aws_cloudwatch_metric_alarm.throttle), [aws_cloudwatch_metric_alarm.function_errors, aws_cloudwatch_metric_alarm.api_5xx]) :
      endswith(alarm.alarm_description, "Runbook: docs/runbooks/${trimprefix(alarm.alarm_name, "dev-location-")}.md")
    ])
    error_message = "An alarm does not link its runbook."
  }

  assert {
    condition = alltrue([
      for alarm in concat(values(aws_cloudwatch_metric_alarm.throttle), [aws_cloudwatch_metric_alarm.function_errors, aws_cloudwatch_metric_alarm.api_5xx]) :
      fileexists("${path.module}/../../../docs/runbooks/${trimprefix(alarm.alarm_name, "dev-location-")}.md")
    ])
    error_message = "An alarm has no runbook."
  }
}

run "errors_are_watched_where_lambda_and_api_gateway_report_them" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.function_errors.namespace == "AWS/Lambda" && aws_cloudwatch_metric_alarm.function_errors.dimensions == tomap({ FunctionName = "dev-location" })
    error_message = "Lambda reports Errors elsewhere."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.api_5xx.namespace == "AWS/ApiGateway" && aws_cloudwatch_metric_alarm.api_5xx.dimensions == tomap({ ApiName = "dev-location", Stage = "live" })
    error_message = "API Gateway reports 5XXError elsewhere."
  }
}

run "demand_rolls_no_release_back" {
  command = plan

  assert {
    condition     = toset(output.rollback) == toset(["dev-location-function-errors", "dev-location-api-5xx"])
    error_message = "The rollback alarms are not those that a bad release sets off."
  }
}

run "a_threshold_of_zero_is_refused" {
  command = plan

  variables {
    thresholds = { read_throttle = 0 }
  }

  expect_failures = [var.thresholds]
}
