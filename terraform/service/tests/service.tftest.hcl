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
  environment  = "dev"
  account_id   = "123456789012"
  region       = "us-east-1"
  services_dir = "tests/services"
  service      = "location"
  memory_mb    = 512
  timeout_s    = 10

  table = {
    hash_key       = { name = "user_id" }
    read_capacity  = 1
    write_capacity = 1
    actions        = ["GetItem", "PutItem"]
  }

  signed_routes = {
    "GET /locations/{user_id}" = ["profile", "load-operator"]
    "PUT /locations/{user_id}" = ["profile"]
  }

  calls = { authentication = ["POST /introspect"] }
}

run "a_service_is_in_its_own_place_under_its_own_name" {
  command = plan

  assert {
    condition     = module.function.name == "dev-location" && module.table.name == "dev-location" && module.api.name == "dev-location" && module.pipeline.name == "dev-location"
    error_message = "A part of the service has another name than dev-location."
  }
}

run "the_function_reaches_its_own_table_and_the_routes_that_it_calls" {
  command = plan

  assert {
    condition = toset(flatten([for statement in jsondecode(module.function.policy).Statement : statement.Resource])) == toset([
      "arn:aws:dynamodb:us-east-1:123456789012:table/dev-location",
      "arn:aws:execute-api:us-east-1:123456789012:*/live/POST/introspect",
      "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/dev-location:*",
      "arn:aws:ssm:us-east-1:123456789012:parameter/dev/authentication/url",
    ])
    error_message = "The function reaches more, or less, than its table, its logs and what it calls."
  }
}

run "each_signed_route_admits_the_callers_that_it_lists_by_their_roles" {
  command = plan

  assert {
    condition = toset([
      for statement in jsondecode(module.api.policy).Statement :
      "${statement.Resource} ${jsonencode(statement.Condition.StringNotEquals["aws:PrincipalArn"])}" if startswith(statement.Sid, "DenyOthers")
      ]) == toset([
      "arn:aws:execute-api:us-east-1:123456789012:*/live/GET/locations/* [\"arn:aws:iam::123456789012:role/dev-load-operator\",\"arn:aws:iam::123456789012:role/dev-profile-function\"]",
      "arn:aws:execute-api:us-east-1:123456789012:*/live/PUT/locations/* \"arn:aws:iam::123456789012:role/dev-profile-function\"",
    ])
    error_message = "A signed route admits another caller than those that it lists."
  }
}

run "a_service_may_query_its_indexes_and_write_its_traces" {
  command = plan

  variables {
    tracing              = true
    reserved_concurrency = 0
    table = {
      hash_key       = { name = "user_id" }
      read_capacity  = 1
      write_capacity = 1
      actions        = ["GetItem", "PutItem"]
      indexes        = { by-city = { hash_key = { name = "city" }, read_capacity = 1, write_capacity = 1 } }
      autoscaling    = { read = { max = 10 }, write = { max = 10 } }
    }
  }

  assert {
    condition = {
      for statement in jsondecode(module.function.policy).Statement : statement.Sid => statement.Resource if contains(["QueryOwnIndexes", "WriteTraces"], statement.Sid)
      } == {
      QueryOwnIndexes = "arn:aws:dynamodb:us-east-1:123456789012:table/dev-location/index/by-city"
      WriteTraces     = "*"
    }
    error_message = "The function cannot query the index, or its traces get lost."
  }

  assert {
    condition     = module.function.environment.POWERTOOLS_TRACE_DISABLED == "false"
    error_message = "The service writes no traces."
  }
}

run "a_service_that_is_not_traced_writes_none_of_its_own" {
  command = plan

  assert {
    condition     = module.function.environment.POWERTOOLS_TRACE_DISABLED == "true"
    error_message = "A tracer would write traces that the role may not."
  }
}

run "callers_find_the_service_by_its_parameter" {
  command = plan

  assert {
    condition     = aws_ssm_parameter.url.name == "/dev/location/url" && aws_ssm_parameter.url.type == "String"
    error_message = "The service's URL is not published where callers look."
  }
}

run "what_waits_for_a_release_is_said" {
  command = plan

  assert {
    condition     = toset(keys(output.takes_effect_with_next_release)) == toset(["function dev-location", "API dev-location"])
    error_message = "The outputs do not say what takes effect with the next release."
  }
}

run "a_service_that_calls_itself_is_refused" {
  command = plan

  variables {
    calls = { location = ["GET /locations/{user_id}"] }
  }

  expect_failures = [var.calls]
}

run "a_call_that_is_no_route_is_refused" {
  command = plan

  variables {
    calls = { authentication = ["/introspect"] }
  }

  expect_failures = [var.calls]
}

run "an_unknown_log_level_is_refused" {
  command = plan

  variables {
    log_level = "TRACE"
  }

  expect_failures = [var.log_level]
}

run "a_service_behind_a_connection_has_no_repository_here" {
  command = plan

  variables {
    connection = { arn = "arn:aws:codeconnections:us-east-1:123456789012:connection/1", repository = "owner/location" }
  }

  assert {
    condition     = length(module.repository) == 0 && module.pipeline.name == "dev-location"
    error_message = "There is a repository that nobody pushes to, or no pipeline."
  }
}

run "a_branch_behind_a_connection_is_not_reviewed_here" {
  command = plan

  variables {
    connection = { arn = "arn:aws:codeconnections:us-east-1:123456789012:connection/1", repository = "owner/location" }
    review     = {}
  }

  expect_failures = [var.review]
}

run "alarms_and_dashboard_watch_the_indexes_and_the_limits_that_the_service_declares" {
  command = plan

  variables {
    reserved_concurrency = 50
    own_metrics          = ["FailedIntrospections"]

    table = {
      hash_key       = { name = "user_id" }
      read_capacity  = 1
      write_capacity = 1
      actions        = ["GetItem", "Query"]
      indexes        = { by_owner = { hash_key = { name = "owner" }, read_capacity = 1, write_capacity = 1 } }
      autoscaling    = { read = { max = 10 }, write = { max = 5 } }
    }
  }

  assert {
    condition     = alltrue([for name in ["failed-introspections", "read-throttle/by_owner", "unhealthy"] : contains(module.alarms.names, "dev-location-${name}")])
    error_message = "An index, or what the service emits, is not watched."
  }

  assert {
    condition     = output.metrics == setunion(["FailedIntrospections"], local.metrics) && local.most == { read = 10, write = 5 }
    error_message = "The metrics or limits are not those declared."
  }
}

run "a_release_is_rolled_back_by_the_alarms_that_a_bad_one_sets_off" {
  command = plan

  assert {
    condition     = toset(module.alarms.rollback) == toset(["dev-location-function-errors", "dev-location-server-errors"])
    error_message = "Other alarms roll a release back."
  }
}
