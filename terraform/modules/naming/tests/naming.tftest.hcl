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

run "pipelines_share_no_artifacts_however_alike_their_names_begin" {
  command = plan

  variables {
    services = ["location", "customer-addresses-reader", "customer-addresses-writer"]
  }

  assert {
    condition     = length(distinct([for service in values(output.services) : substr(service.pipeline.name, 0, 20)])) == 3
    error_message = "The role of one pipeline may read the artifacts of another."
  }

  assert {
    condition     = output.services["location"].pipeline.name == "dev-location" && endswith(output.services["location"].pipeline.log_group.arn, "/codepipeline/dev-location")
    error_message = "A short name of a pipeline is not that of its service."
  }

  assert {
    condition = alltrue([
      for service in values(output.services) :
      startswith(service.pipeline.name, "dev-") && endswith(service.pipeline.arn, ":${service.pipeline.name}") && endswith(service.pipeline.log_group.name, "/${service.pipeline.name}")
    ])
    error_message = "A pipeline is not found under the environment's name, or its ARN and log group are not named after it."
  }
}

# https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html, IAM's and STS's quotas, S3's bucket naming rules
run "the_longest_names_fit_where_aws_takes_them" {
  command = plan

  variables {
    environment = "production"
    region      = "ap-southeast-2"
    services    = ["a23456789-123456789-123456789-"]
  }

  assert {
    condition     = alltrue([for service in values(output.services) : length(service.function.name) <= 64])
    error_message = "Lambda does not take the function's name."
  }

  assert {
    condition = alltrue([
      for role in flatten([for service in values(output.services) : [service.function.role, service.pipeline.role, service.build.role, service.push.role]]) : length(role.name) <= 64
    ]) && length(output.platform.load_operator.name) <= 64 && length(output.platform.api_logs_role.name) <= 64
    error_message = "IAM does not take a role's name."
  }

  assert {
    condition     = alltrue([for bucket in [output.platform.state_bucket, output.platform.artifact_bucket] : length(bucket.name) <= 63])
    error_message = "S3 does not take a bucket's name."
  }

  assert {
    condition     = alltrue([for service in values(output.services) : length(service.push.name) <= 64 && length(service.pipeline.name) <= 100 && length(service.repository.name) <= 100])
    error_message = "EventBridge, CodePipeline or CodeCommit does not take a name."
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

run "a_service_may_not_pose_as_another_ones_release" {
  command = plan

  variables {
    services = ["location-release"]
  }

  expect_failures = [var.services]
}

run "a_contract_is_released_by_another_role_than_the_build" {
  command = plan

  assert {
    condition     = output.services["location"].release.role.arn == "arn:aws:iam::123456789012:role/dev-location-release" && output.services["location"].release.arn == "arn:aws:codebuild:us-east-1:123456789012:project/dev-location-release"
    error_message = "The project that releases contracts is not dev-location-release with a role of its own."
  }
}
