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
  name               = "dev-location"
  alias              = "live"
  role               = { name = "dev-location-function", arn = "arn:aws:iam::123456789012:role/dev-location-function" }
  log_group          = { name = "/aws/lambda/dev-location", arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/dev-location" }
  memory_mb          = 512
  timeout_s          = 10
  environment        = { ENVIRONMENT = "dev" }
  log_retention_days = 30
  table              = { arn = "arn:aws:dynamodb:us-east-1:123456789012:table/dev-location", actions = ["GetItem", "PutItem"] }
  calls              = ["arn:aws:execute-api:us-east-1:123456789012:*/live/POST/introspect"]
  url_parameters     = ["arn:aws:ssm:us-east-1:123456789012:parameter/dev/authentication/url"]
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

run "only_lambda_assumes_the_role" {
  command = plan

  assert {
    condition     = [for statement in jsondecode(aws_iam_role.this.assume_role_policy).Statement : statement.Principal] == [{ Service = "lambda.amazonaws.com" }]
    error_message = "Another principal than Lambda may assume the role."
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
