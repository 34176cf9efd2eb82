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
  name                 = "dev-location"
  alias                = "live"
  role                 = { name = "dev-location-function", arn = "arn:aws:iam::123456789012:role/dev-location-function" }
  permissions_boundary = "arn:aws:iam::123456789012:policy/dev-permissions-boundary"
  log_group            = { name = "/aws/lambda/dev-location", arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/dev-location" }
  memory_mb            = 512
  timeout_s            = 10
  environment          = { ENVIRONMENT = "dev" }
  log_retention_days   = 30
  table                = { arn = "arn:aws:dynamodb:us-east-1:123456789012:table/dev-location", actions = ["GetItem", "PutItem"] }
  calls                = ["arn:aws:execute-api:us-east-1:123456789012:*/live/POST/introspect"]
  url_parameters       = ["arn:aws:ssm:us-east-1:123456789012:parameter/dev/authentication/url"]
}

run "role_reaches_only_its_own_table" {
  command = plan

  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Resource
      if strcontains(jsonencode(statement.Action), "dynamodb:")
    ] == ["arn:aws:dynamodb:us-east-1:123456789012:table/dev-location"]
    error_message = "The role reaches another table than its own."
  }
}

run "role_does_nothing_to_its_table_that_the_service_does_not_need" {
  command = plan

  assert {
    condition = toset([
      for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Action
      if statement.Sid == "ReadWriteOwnTable"
    ][0]) == toset(["dynamodb:GetItem", "dynamodb:PutItem"])
    error_message = "The role may do more, or less, than get and put items."
  }
}

run "role_has_no_wildcard_but_its_own_log_streams_and_the_open_api_id" {
  command = plan

  assert {
    condition = toset([
      for resource in flatten([for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Resource]) : resource
      if strcontains(resource, "*")
      ]) == toset([
      "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/dev-location:*",
      "arn:aws:execute-api:us-east-1:123456789012:*/live/POST/introspect",
    ])
    error_message = "The role has a wildcard that is not on the list."
  }

  assert {
    condition     = !strcontains(join(" ", flatten([for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Action])), "*")
    error_message = "The role has an action with a wildcard."
  }
}

run "a_service_that_calls_no_other_may_sign_nothing" {
  command = plan

  variables {
    calls          = []
    url_parameters = []
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Sid] == ["ReadWriteOwnTable", "WriteOwnLogs"]
    error_message = "The role has statements for calls that the service does not make."
  }
}

run "a_function_may_query_its_indexes_and_do_nothing_else_with_them" {
  command = plan

  variables {
    table = { arn = "arn:aws:dynamodb:us-east-1:123456789012:table/dev-location", actions = ["GetItem"], indexes = ["by-city"] }
  }

  assert {
    condition = jsonencode([
      for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : [statement.Action, statement.Resource]
      if strcontains(jsonencode(statement.Resource), "/index/")
    ]) == jsonencode([["dynamodb:Query", "arn:aws:dynamodb:us-east-1:123456789012:table/dev-location/index/by-city"]])
    error_message = "The role may do more with an index than query it, or reaches other indexes."
  }
}

run "a_traced_function_may_write_its_traces" {
  command = plan

  variables {
    tracing = true
  }

  assert {
    condition     = one(aws_lambda_function.this.tracing_config).mode == "Active"
    error_message = "Lambda does not trace the function."
  }

  assert {
    condition = toset([
      for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Action if statement.Sid == "WriteTraces"
    ][0]) == toset(["xray:PutTelemetryRecords", "xray:PutTraceSegments"])
    error_message = "The traces of the function get lost."
  }
}

run "a_function_that_is_not_traced_may_write_none" {
  command = plan

  assert {
    condition     = one(aws_lambda_function.this.tracing_config).mode == "PassThrough" && !strcontains(aws_iam_role_policy.this.policy, "xray")
    error_message = "The function is traced, or its role may write traces."
  }
}

run "a_snapshot_is_taken_of_published_versions_where_it_is_asked_for" {
  command = plan

  variables {
    snap_start   = true
    architecture = "arm64"
  }

  assert {
    condition     = one(aws_lambda_function.this.snap_start).apply_on == "PublishedVersions" && one(aws_lambda_function.this.architectures) == "arm64"
    error_message = "Lambda takes no snapshot."
  }
}

run "no_snapshot_is_paid_for_that_nobody_asked_for" {
  command = plan

  assert {
    condition     = length(aws_lambda_function.this.snap_start) == 0
    error_message = "Lambda takes a snapshot."
  }
}

run "no_concurrency_is_taken_from_other_functions_unless_asked_for" {
  command = plan

  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == -1
    error_message = "The function reserves concurrency."
  }
}

run "a_reserved_concurrency_of_nothing_stops_the_function" {
  command = plan

  variables {
    reserved_concurrency = 0
  }

  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == 0
    error_message = "The function still runs."
  }
}

run "lambda_logs_json_into_the_functions_own_group" {
  command = plan

  assert {
    condition = one(aws_lambda_function.this.logging_config) == {
      application_log_level = "INFO"
      log_format            = "JSON"
      log_group             = "/aws/lambda/dev-location"
      system_log_level      = "INFO"
    }
    error_message = "Lambda logs another format, other levels or elsewhere."
  }
}

run "in_text_lambda_keeps_every_line" {
  command = plan

  variables {
    log_format = "Text"
    log_level  = "ERROR"
  }

  assert {
    condition     = one(aws_lambda_function.this.logging_config).log_format == "Text" && one(aws_lambda_function.this.logging_config).application_log_level == null
    error_message = "Lambda filters lines, or the format is JSON."
  }
}

run "only_lambda_assumes_the_role" {
  command = plan

  assert {
    condition     = [for statement in jsondecode(aws_iam_role.this.assume_role_policy).Statement : statement.Principal] == [{ Service = "lambda.amazonaws.com" }]
    error_message = "Another principal than Lambda may assume the role."
  }
}

run "the_role_is_bounded" {
  command = plan

  assert {
    condition     = aws_iam_role.this.permissions_boundary == "arn:aws:iam::123456789012:policy/dev-permissions-boundary"
    error_message = "The role may do whatever its own policy says."
  }
}

run "logs_end_after_the_retention" {
  command = plan

  assert {
    condition     = aws_cloudwatch_log_group.this.retention_in_days == 30 && aws_cloudwatch_log_group.this.name == "/aws/lambda/dev-location"
    error_message = "Lambda's log group does not end its events."
  }
}

run "the_first_apply_has_code_for_the_alias_to_point_to" {
  command = plan

  assert {
    condition     = aws_lambda_function.this.publish && fileexists(aws_lambda_function.this.filename)
    error_message = "The first apply publishes no version."
  }

  assert {
    condition     = aws_lambda_alias.live.name == "live"
    error_message = "The alias is not live."
  }

  assert {
    condition     = aws_lambda_function.this.handler == "main.handler" && fileexists("${path.module}/placeholder/main.py")
    error_message = "The placeholder has not the function's entry."
  }
}

run "a_runtime_that_cannot_run_the_placeholder_is_refused" {
  command = plan

  variables {
    runtime = "nodejs22.x"
  }

  expect_failures = [var.runtime]
}

run "an_unknown_architecture_is_refused" {
  command = plan

  variables {
    architecture = "aarch64"
  }

  expect_failures = [var.architecture]
}

run "less_memory_than_lambda_gives_is_refused" {
  command = plan

  variables {
    memory_mb = 64
  }

  expect_failures = [var.memory_mb]
}

run "a_timeout_that_outlasts_api_gateway_is_refused" {
  command = plan

  variables {
    timeout_s = 30
  }

  expect_failures = [var.timeout_s]
}

run "a_retention_that_cloudwatch_has_not_is_refused" {
  command = plan

  variables {
    log_retention_days = 31
  }

  expect_failures = [var.log_retention_days]
}

run "a_wildcard_action_on_the_table_is_refused" {
  command = plan

  variables {
    table = { arn = "arn:aws:dynamodb:us-east-1:123456789012:table/dev-location", actions = ["*"] }
  }

  expect_failures = [var.table]
}

run "an_action_on_the_table_itself_is_refused" {
  command = plan

  variables {
    table = { arn = "arn:aws:dynamodb:us-east-1:123456789012:table/dev-location", actions = ["GetItem", "DeleteTable"] }
  }

  expect_failures = [var.table]
}

run "an_action_that_does_not_exist_is_refused" {
  command = plan

  variables {
    table = { arn = "arn:aws:dynamodb:us-east-1:123456789012:table/dev-location", actions = ["GetItems"] }
  }

  expect_failures = [var.table]
}

run "a_snapshot_of_a_python_that_cannot_have_one_is_refused" {
  command = plan

  variables {
    snap_start = true
    runtime    = "python3.11"
  }

  expect_failures = [var.snap_start]
}

run "half_a_reserved_invocation_is_refused" {
  command = plan

  variables {
    reserved_concurrency = 0.5
  }

  expect_failures = [var.reserved_concurrency]
}

run "a_negative_reserved_concurrency_is_refused" {
  command = plan

  variables {
    reserved_concurrency = -1
  }

  expect_failures = [var.reserved_concurrency]
}

run "an_unknown_log_format_is_refused" {
  command = plan

  variables {
    log_format = "XML"
  }

  expect_failures = [var.log_format]
}

run "a_level_at_which_lambda_would_drop_metrics_is_refused" {
  command = plan

  variables {
    log_level = "WARNING"
  }

  expect_failures = [var.log_level]
}
