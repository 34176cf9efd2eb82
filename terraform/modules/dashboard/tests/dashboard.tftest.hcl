# The real provider, offline: a plan of new resources asks AWS nothing.
provider "aws" {
  region                      = "us-east-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name       = "dev-location"
  region     = "us-east-1"
  alarm_arns = ["arn:aws:cloudwatch:us-east-1:123456789012:alarm:dev-location-unhealthy"]
  table      = { name = "dev-location" }
  function   = { name = "dev-location", log_group = "/aws/lambda/dev-location" }
  api        = { name = "dev-location", stage = "live", access_log_group = "/aws/apigateway/dev-location" }
  service    = { namespace = "Services", name = "location" }
  queries    = "dev/location"
}

run "traffic_errors_latency_capacity_throttles_and_alarms_are_shown" {
  command = plan

  assert {
    condition = [for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : widget.properties.title] == [
      "Alarms", "Traffic: requests a minute", "Errors a minute", "Latency (ms)", "Function: concurrency and starts",
      "Read capacity of dev-location (units per second)", "Write capacity of dev-location (units per second)",
      "Throttles of dev-location by cause",
    ]
    error_message = "The dashboard does not show what an operator looks for."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[0].properties.alarms == [for arn in var.alarm_arns : arn]
    error_message = "The dashboard shows other alarms."
  }
}

run "consumed_capacity_is_shown_against_provisioned_in_the_same_unit" {
  command = plan

  assert {
    condition = jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[5].properties.metrics == [
      [{ expression = "consumed / PERIOD(consumed)", label = "consumed" }],
      ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", "dev-location", { id = "consumed", visible = false }],
      ["AWS/DynamoDB", "ProvisionedReadCapacityUnits", "TableName", "dev-location", { stat = "Average", period = 300, label = "provisioned" }],
    ]
    error_message = "Consumed and provisioned capacity cannot be compared."
  }
}

run "an_index_has_graphs_of_its_own" {
  command = plan

  variables {
    table = { name = "dev-location", indexes = ["by_owner"] }
  }

  assert {
    condition = [
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : widget.properties.title if strcontains(widget.properties.title, "by_owner")
    ] == ["Read capacity of dev-location/by_owner (units per second)", "Write capacity of dev-location/by_owner (units per second)", "Throttles of dev-location/by_owner by cause"]
    error_message = "The capacity of an index is not shown."
  }

  assert {
    condition     = !strcontains(aws_cloudwatch_dashboard.this.dashboard_body, "\"WriteAccountLimitThrottleEvents\",\"TableName\",\"dev-location\",\"GlobalSecondaryIndexName\"")
    error_message = "The dashboard shows a metric that DynamoDB does not report of an index."
  }
}

run "widgets_do_not_overlap" {
  command = plan

  assert {
    condition     = length(distinct([for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : "${widget.x} ${widget.y}"])) == length(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets)
    error_message = "Two widgets are in one place."
  }
}

run "queries_are_saved_for_the_service_and_read_its_own_logs" {
  command = plan

  assert {
    condition = toset([for query in aws_cloudwatch_query_definition.this : "${query.name} ${join(",", query.log_group_names)}"]) == toset([
      "dev/location/errors /aws/lambda/dev-location",
      "dev/location/slow /aws/lambda/dev-location",
      "dev/location/routes /aws/lambda/dev-location",
      "dev/location/throttled /aws/lambda/dev-location",
      "dev/location/correlation /aws/lambda/dev-location",
      "dev/location/refused /aws/apigateway/dev-location",
    ])
    error_message = "A query reads another log, or is saved elsewhere."
  }
}

run "a_name_that_cloudwatch_refuses_is_refused" {
  command = plan

  variables {
    name = "dev/location"
  }

  expect_failures = [var.name]
}

run "a_dashboard_without_alarms_is_refused" {
  command = plan

  variables {
    alarm_arns = []
  }

  expect_failures = [var.alarm_arns]
}
