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
  name  = "dev-location"
  stage = "live"
  # One signed route and one that is open to all.
  contract = <<-JSON
    {
      "openapi": "3.0.1",
      "info": {"title": "location", "version": "1.0.0"},
      "x-amazon-apigateway-request-validators": {"all": {"validateRequestBody": true, "validateRequestParameters": true}},
      "paths": {
        "/locations/{user_id}": {
          "get": {
            "x-amazon-apigateway-auth": {"type": "AWS_IAM"},
            "x-amazon-apigateway-integration": {"type": "aws_proxy", "httpMethod": "POST", "uri": "$${integration_uri}"}
          }
        },
        "/": {
          "get": {"x-amazon-apigateway-integration": {"type": "aws_proxy", "httpMethod": "POST", "uri": "$${integration_uri}"}}
        }
      }
    }
  JSON
  integration = {
    uri      = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:dev-location:live/invocations"
    function = "dev-location"
    alias    = "live"
  }
  signed_routes      = { "GET /locations/{user_id}" = ["arn:aws:iam::123456789012:role/dev-profile-function"] }
  apis_arn           = "arn:aws:execute-api:us-east-1:123456789012:*/live"
  throttle           = { rate_per_s = 100, burst_limit = 200 }
  access_log_group   = { name = "/aws/apigateway/dev-location", arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/apigateway/dev-location" }
  log_retention_days = 30
}

run "a_signed_route_is_denied_to_all_but_its_callers" {
  command = plan

  assert {
    condition = jsonencode([
      for statement in jsondecode(aws_api_gateway_rest_api.this.policy).Statement : statement if startswith(statement.Sid, "DenyOthers")
      ]) == jsonencode([{
        Action    = "execute-api:Invoke"
        Condition = { StringNotEquals = { "aws:PrincipalArn" = "arn:aws:iam::123456789012:role/dev-profile-function" } }
        Effect    = "Deny"
        Principal = "*"
        Resource  = "arn:aws:execute-api:us-east-1:123456789012:*/live/GET/locations/*"
        Sid       = "DenyOthersGetLocationsUserId"
    }])
    error_message = "The signed route is not denied to everyone but its caller."
  }
}

run "a_signed_request_by_nobodys_caller_is_denied_whatever_its_path" {
  command = plan

  assert {
    condition = jsonencode([
      for statement in jsondecode(aws_api_gateway_rest_api.this.policy).Statement : statement if statement.Sid == "DenyStrangers"
      ]) == jsonencode([{
        Action = "execute-api:Invoke"
        Condition = {
          Null            = { "aws:PrincipalArn" = "false" }
          StringNotEquals = { "aws:PrincipalArn" = "arn:aws:iam::123456789012:role/dev-profile-function" }
        }
        Effect    = "Deny"
        Principal = "*"
        Resource  = "arn:aws:execute-api:us-east-1:123456789012:*/live/*"
        Sid       = "DenyStrangers"
    }])
    error_message = "A principal that is no caller may sign for a path that no statement names."
  }
}

run "an_api_without_signed_routes_takes_no_signed_request" {
  command = plan

  variables {
    contract      = <<-JSON
      {
        "x-amazon-apigateway-request-validators": {},
        "paths": {"/": {"get": {"x-amazon-apigateway-integration": {"uri": "$${integration_uri}"}}}}
      }
    JSON
    signed_routes = {}
  }

  assert {
    condition = jsonencode([
      for statement in jsondecode(aws_api_gateway_rest_api.this.policy).Statement : statement.Condition if statement.Effect == "Deny"
    ]) == jsonencode([{ Null = { "aws:PrincipalArn" = "false" } }])
    error_message = "A signed route that a release adds would be open to every principal of every account."
  }
}

run "a_signed_route_without_parameters_is_denied_with_a_trailing_slash_too" {
  command = plan

  variables {
    contract      = <<-JSON
      {
        "x-amazon-apigateway-request-validators": {},
        "paths": {"/introspect": {"post": {
          "x-amazon-apigateway-auth": {"type": "AWS_IAM"},
          "x-amazon-apigateway-integration": {"uri": "$${integration_uri}"}
        }}}
      }
    JSON
    signed_routes = { "POST /introspect" = ["arn:aws:iam::123456789012:role/dev-profile-function"] }
  }

  assert {
    condition = toset([
      for statement in jsondecode(aws_api_gateway_rest_api.this.policy).Statement : statement.Resource if startswith(statement.Sid, "DenyOthers")
      ][0]) == toset([
      "arn:aws:execute-api:us-east-1:123456789012:*/live/POST/introspect",
      "arn:aws:execute-api:us-east-1:123456789012:*/live/POST/introspect/",
    ])
    error_message = "A trailing slash gets around the deny."
  }
}

run "the_contract_invokes_the_alias_and_keeps_no_placeholder" {
  command = plan

  assert {
    condition = toset(flatten([
      for path, operations in jsondecode(aws_api_gateway_rest_api.this.body).paths :
      [for operation in operations : operation["x-amazon-apigateway-integration"].uri]
    ])) == toset([var.integration.uri])
    error_message = "A route of the contract does not invoke the alias."
  }
}

run "the_stage_is_throttled" {
  command = plan

  assert {
    condition     = aws_api_gateway_method_settings.all.method_path == "*/*" && one(aws_api_gateway_method_settings.all.settings).throttling_rate_limit == 100 && one(aws_api_gateway_method_settings.all.settings).throttling_burst_limit == 200
    error_message = "A method of the stage is not throttled as asked for."
  }
}

run "a_route_has_a_throttle_of_its_own_in_place_of_the_stages" {
  command = plan

  variables {
    method_throttles = {
      "GET /locations/{user_id}" = { rate_per_s = 5, burst_limit = 10 }
      "GET /"                    = { rate_per_s = 0.5, burst_limit = 1 }
    }
  }

  assert {
    condition = {
      for settings in values(aws_api_gateway_method_settings.route) : settings.method_path => [one(settings.settings).throttling_rate_limit, one(settings.settings).throttling_burst_limit]
      } == {
      "~1locations~1{user_id}/GET" = [5, 10]
      "~1/GET"                     = [0.5, 1]
    }
    error_message = "A route is throttled otherwise, or under a path that API Gateway has another name for."
  }
}

run "an_api_that_is_not_traced_keeps_no_traces_and_no_metrics_of_methods" {
  command = plan

  assert {
    condition     = !aws_api_gateway_stage.this.xray_tracing_enabled && !one(aws_api_gateway_method_settings.all.settings).metrics_enabled
    error_message = "Something costs that nobody asked for."
  }
}

run "traces_and_metrics_of_every_method_can_be_had" {
  command = plan

  variables {
    tracing          = true
    detailed_metrics = true
    method_throttles = { "GET /" = { rate_per_s = 1, burst_limit = 1 } }
  }

  assert {
    condition     = aws_api_gateway_stage.this.xray_tracing_enabled
    error_message = "The stage is not traced."
  }

  assert {
    condition     = one(aws_api_gateway_method_settings.all.settings).metrics_enabled && one(aws_api_gateway_method_settings.route["GET /"].settings).metrics_enabled
    error_message = "A method has no metrics."
  }
}

run "every_method_that_a_signed_path_does_not_name_is_denied" {
  command = plan

  variables {
    contract      = <<-JSON
      {
        "x-amazon-apigateway-request-validators": {},
        "paths": {"/{proxy+}": {
          "get": {"x-amazon-apigateway-integration": {"uri": "$${integration_uri}"}},
          "x-amazon-apigateway-any-method": {
            "x-amazon-apigateway-auth": {"type": "AWS_IAM"},
            "x-amazon-apigateway-integration": {"uri": "$${integration_uri}"}
          }
        }}
      }
    JSON
    signed_routes = { "ANY /{proxy+}" = ["arn:aws:iam::123456789012:role/dev-profile-function"] }
  }

  assert {
    condition = toset([
      for statement in jsondecode(aws_api_gateway_rest_api.this.policy).Statement : statement.Resource if startswith(statement.Sid, "DenyOthers")
      ][0]) == toset([
      for method in ["PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS"] : "arn:aws:execute-api:us-east-1:123456789012:*/live/${method}/*"
    ])
    error_message = "A method of the path is open, or one that needs no signature is denied."
  }
}

run "access_logs_hold_no_header_no_body_and_no_path_with_values" {
  command = plan

  assert {
    condition     = length(regexall("context\\.(path|authorizer|requestOverride|identity\\.(apiKey|accessKey))\\b|header|body", one(aws_api_gateway_stage.this.access_log_settings).format)) == 0
    error_message = "The access log may hold a secret or a user's name."
  }

  assert {
    condition     = can(jsondecode(one(aws_api_gateway_stage.this.access_log_settings).format).requestId)
    error_message = "The access log is not JSON with the request's id."
  }
}

run "api_gateway_may_invoke_the_alias" {
  command = plan

  assert {
    condition     = aws_lambda_permission.invoke.qualifier == "live" && aws_lambda_permission.invoke.principal == "apigateway.amazonaws.com"
    error_message = "A permission on the function does not cover its alias."
  }
}

run "a_signed_route_without_callers_is_refused" {
  command = plan

  variables {
    signed_routes = {}
  }

  expect_failures = [aws_api_gateway_rest_api.this]
}

run "callers_of_a_route_that_is_open_to_all_are_refused" {
  command = plan

  variables {
    signed_routes = {
      "GET /locations/{user_id}" = ["arn:aws:iam::123456789012:role/dev-profile-function"]
      "GET /"                    = ["arn:aws:iam::123456789012:role/dev-profile-function"]
    }
  }

  expect_failures = [aws_api_gateway_rest_api.this]
}

run "a_contract_that_is_not_json_is_refused" {
  command = plan

  variables {
    contract = "openapi: 3.0.1 # x-amazon-apigateway-request-validators $${integration_uri}"
  }

  expect_failures = [var.contract]
}

run "a_contract_without_the_placeholder_is_refused" {
  command = plan

  variables {
    contract      = "{\"paths\": {}, \"x-amazon-apigateway-request-validators\": {}}"
    signed_routes = {}
  }

  expect_failures = [var.contract]
}

run "a_contract_that_validates_nothing_is_refused" {
  command = plan

  variables {
    contract      = "{\"paths\": {\"/\": {\"get\": {\"x-amazon-apigateway-integration\": {\"uri\": \"$${integration_uri}\"}}}}}"
    signed_routes = {}
  }

  expect_failures = [var.contract]
}

run "a_route_without_a_method_is_refused" {
  command = plan

  variables {
    signed_routes = { "/locations/{user_id}" = ["arn:aws:iam::123456789012:role/dev-profile-function"] }
  }

  expect_failures = [var.signed_routes]
}

run "a_route_with_an_empty_list_of_callers_is_refused" {
  command = plan

  variables {
    signed_routes = { "GET /locations/{user_id}" = [] }
  }

  expect_failures = [var.signed_routes]
}

run "a_throttle_that_refuses_all_is_refused" {
  command = plan

  variables {
    throttle = { rate_per_s = 0, burst_limit = 0 }
  }

  expect_failures = [var.throttle]
}

run "a_retention_that_cloudwatch_has_not_is_refused" {
  command = plan

  variables {
    log_retention_days = 31
  }

  expect_failures = [var.log_retention_days]
}

run "every_other_method_of_a_path_without_callers_is_refused" {
  command = plan

  variables {
    contract      = <<-JSON
      {
        "x-amazon-apigateway-request-validators": {},
        "paths": {"/": {"x-amazon-apigateway-any-method": {
          "x-amazon-apigateway-auth": {"type": "AWS_IAM"},
          "x-amazon-apigateway-integration": {"uri": "$${integration_uri}"}
        }}}
      }
    JSON
    signed_routes = {}
  }

  expect_failures = [aws_api_gateway_rest_api.this]
}

run "half_a_request_in_a_bucket_is_refused" {
  command = plan

  variables {
    throttle = { rate_per_s = 1, burst_limit = 1.5 }
  }

  expect_failures = [var.throttle]
}

run "a_throttle_of_a_route_that_the_contract_has_not_is_refused" {
  command = plan

  variables {
    method_throttles = { "POST /" = { rate_per_s = 1, burst_limit = 1 } }
  }

  expect_failures = [aws_api_gateway_method_settings.route]
}

run "a_throttle_that_refuses_a_whole_route_is_refused" {
  command = plan

  variables {
    method_throttles = { "GET /" = { rate_per_s = 0, burst_limit = 1 } }
  }

  expect_failures = [var.method_throttles]
}

run "half_a_request_in_the_bucket_of_a_route_is_refused" {
  command = plan

  variables {
    method_throttles = { "GET /" = { rate_per_s = 1, burst_limit = 1.5 } }
  }

  expect_failures = [var.method_throttles]
}
