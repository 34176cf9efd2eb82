variables {
  environment = "dev"
  account_id  = "123456789012"
  region      = "us-east-1"
  services    = ["location", "profile"]
}

run "every_name_of_a_service_starts_with_its_environment" {
  command = plan

  assert {
    condition     = output.services["location"].function.name == "dev-location"
    error_message = "The function is not dev-location."
  }

  assert {
    condition     = output.services["location"].url_parameter.name == "/dev/location/url"
    error_message = "Callers look for the URL at /<environment>/<service>/url."
  }
}

run "arns_are_known_before_anything_exists" {
  command = plan

  assert {
    condition     = output.services["location"].table.arn == "arn:aws:dynamodb:us-east-1:123456789012:table/dev-location"
    error_message = "The table's ARN is wrong."
  }

  assert {
    condition     = output.services["location"].function.role.arn == "arn:aws:iam::123456789012:role/dev-location-function"
    error_message = "The function role's ARN is wrong."
  }

  assert {
    condition     = output.platform.alarm_topic.arn == "arn:aws:sns:us-east-1:123456789012:dev-alarms"
    error_message = "The alarm topic's ARN is wrong."
  }
}

run "an_api_invokes_the_alias_and_never_the_latest_code" {
  command = plan

  assert {
    condition     = endswith(output.services["location"].function.integration_uri, ":function:dev-location:live/invocations")
    error_message = "The integration does not go through the alias."
  }
}

run "the_api_id_is_all_that_is_open_in_what_callers_may_invoke" {
  command = plan

  assert {
    condition     = output.platform.apis == "arn:aws:execute-api:us-east-1:123456789012:*/live"
    error_message = "The ARN must leave the API id open, and nothing else."
  }
}

run "each_caller_signs_as_its_own_role" {
  command = plan

  assert {
    condition = output.principals == {
      location      = "arn:aws:iam::123456789012:role/dev-location-function"
      profile       = "arn:aws:iam::123456789012:role/dev-profile-function"
      load-operator = "arn:aws:iam::123456789012:role/dev-load-operator"
    }
    error_message = "A caller has another role than its own."
  }
}

run "environments_share_no_name" {
  command = plan

  variables {
    environment = "prod"
  }

  assert {
    condition     = !can(regex("\\bdev\\b", jsonencode([output.services, output.platform])))
    error_message = "A name of prod contains dev."
  }
}

run "an_environment_with_capitals_is_refused" {
  command = plan

  variables {
    environment = "Dev"
  }

  expect_failures = [var.environment]
}

run "an_account_id_that_is_not_12_digits_is_refused" {
  command = plan

  variables {
    account_id = "1234"
  }

  expect_failures = [var.account_id]
}

run "a_zone_is_refused_as_a_region" {
  command = plan

  variables {
    region = "us-east-1a"
  }

  expect_failures = [var.region]
}

run "a_service_with_an_underscore_is_refused" {
  command = plan

  variables {
    services = ["geo_location"]
  }

  expect_failures = [var.services]
}

run "a_service_may_not_pose_as_the_load_operator" {
  command = plan

  variables {
    services = ["load-operator"]
  }

  expect_failures = [var.services]
}

run "a_service_may_not_pose_as_the_library" {
  command = plan

  variables {
    services = ["lambda-lib"]
  }

  expect_failures = [var.services]
}

run "the_library_is_delivered_as_a_service_is" {
  command = plan

  assert {
    condition     = output.platform.library.pipeline.name == "dev-lambda-lib" && output.platform.library.build.role.name == "dev-lambda-lib-build"
    error_message = "The library's pipeline has another name than those of services."
  }
}

run "own_packages_and_public_ones_are_in_two_indexes" {
  command = plan

  assert {
    condition     = output.platform.packages.own.index_url == "https://dev-123456789012.d.codeartifact.us-east-1.amazonaws.com/pypi/packages/simple/"
    error_message = "The URL of the own index is not the one that CodeArtifact gives."
  }

  assert {
    condition     = output.platform.packages.public.index_url != output.platform.packages.own.index_url
    error_message = "A public package could answer for an own one."
  }

  assert {
    condition     = output.platform.packages.own.library_arn == "arn:aws:codeartifact:us-east-1:123456789012:package/dev/packages/pypi//lambda-lib"
    error_message = "The ARN of a Python package has an empty namespace."
  }
}
