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
  names = {
    pipeline = {
      name      = "dev-location"
      arn       = "arn:aws:codepipeline:us-east-1:123456789012:dev-location"
      role      = { name = "dev-location-pipeline", arn = "arn:aws:iam::123456789012:role/dev-location-pipeline" }
      log_group = { name = "/us-east-1/codepipeline/dev-location", arn = "arn:aws:logs:us-east-1:123456789012:log-group:/us-east-1/codepipeline/dev-location" }
    }
    build = {
      name      = "dev-location"
      arn       = "arn:aws:codebuild:us-east-1:123456789012:project/dev-location"
      role      = { name = "dev-location-build", arn = "arn:aws:iam::123456789012:role/dev-location-build" }
      log_group = { name = "/aws/codebuild/dev-location", arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/codebuild/dev-location" }
    }
    push = {
      name = "dev-location-push"
      arn  = "arn:aws:events:us-east-1:123456789012:rule/dev-location-push"
      role = { name = "dev-location-push", arn = "arn:aws:iam::123456789012:role/dev-location-push" }
    }
  }
  repository           = { name = "dev-location", arn = "arn:aws:codecommit:us-east-1:123456789012:dev-location" }
  artifact_bucket      = { name = "artifacts", arn = "arn:aws:s3:::artifacts", key = { arn = "arn:aws:kms:us-east-1:123456789012:alias/dev-artifacts" } }
  permissions_boundary = "arn:aws:iam::123456789012:policy/dev-permissions-boundary"
  packages = {
    domain = { name = "dev", arn = "arn:aws:codeartifact:us-east-1:123456789012:domain/dev" }
    host   = "packages.example"
    own    = { arn = "arn:aws:codeartifact:us-east-1:123456789012:repository/dev/packages", index_url = "https://packages.example/pypi/packages/simple/", publish_url = "https://packages.example/pypi/packages/" }
    public = { arn = "arn:aws:codeartifact:us-east-1:123456789012:repository/dev/pypi", index_url = "https://packages.example/pypi/pypi/simple/" }
  }
  function           = { name = "dev-location", arn = "arn:aws:lambda:us-east-1:123456789012:function:dev-location", alias = "live", architecture = "x86_64" }
  rollback_alarms    = { names = ["dev-location-api-5xx"], arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:dev-location-*" }
  log_retention_days = 30
}

run "a_push_to_the_branch_starts_the_pipeline_and_nothing_polls" {
  command = plan

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.push.event_pattern).detail.referenceName == ["main"] && jsondecode(aws_cloudwatch_event_rule.push.event_pattern).resources == [var.repository.arn]
    error_message = "The rule does not hear of pushes to the branch."
  }

  assert {
    condition     = aws_cloudwatch_event_target.pipeline.arn == var.names.pipeline.arn
    error_message = "The rule does not start the pipeline."
  }

  assert {
    condition     = aws_codepipeline.this.stage[0].action[0].configuration["PollForSourceChanges"] == "false"
    error_message = "The pipeline polls, and would run twice for each push."
  }
}

run "a_release_moves_the_alias_to_the_version_that_the_build_published_and_heeds_the_alarms" {
  command = plan

  assert {
    condition = aws_codepipeline.this.stage[2].action[0].configuration == tomap({
      FunctionName           = "dev-location"
      FunctionAlias          = "live"
      PublishedTargetVersion = "#{build.FUNCTION_VERSION}"
      DeployStrategy         = "Canary10Percent5Minutes"
      Alarms                 = "dev-location-api-5xx"
    })
    error_message = "The release does not move the alias to the published version, with alarms that roll back."
  }

  assert {
    condition     = aws_codepipeline.this.pipeline_type == "V2"
    error_message = "The Lambda deploy action is V2 only."
  }
}

run "the_build_publishes_a_version_and_cannot_move_the_alias" {
  command = plan

  assert {
    condition = toset(flatten([
      for statement in jsondecode(aws_iam_role_policy.build.policy).Statement : statement.Action
      if strcontains(jsonencode(statement.Action), "lambda:")
    ])) == toset(["lambda:GetFunctionConfiguration", "lambda:PublishVersion", "lambda:UpdateFunctionCode"])
    error_message = "The build may do more, or less, than publish a version."
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.build.policy).Statement : statement.Resource if statement.Sid == "PublishVersion"] == [var.function.arn]
    error_message = "The build reaches another function than its own."
  }
}

run "the_pipeline_moves_the_alias_and_cannot_change_code" {
  command = plan

  assert {
    condition     = !strcontains(aws_iam_role_policy.pipeline.policy, "lambda:UpdateFunctionCode") && strcontains(aws_iam_role_policy.pipeline.policy, "lambda:UpdateAlias")
    error_message = "The pipeline changes code itself, or cannot release it."
  }
}

run "no_role_has_a_wildcard_action" {
  command = plan

  assert {
    condition = !anytrue(flatten([
      for policy in [aws_iam_role_policy.pipeline.policy, aws_iam_role_policy.build.policy, aws_iam_role_policy.push.policy] : [
        for statement in jsondecode(policy).Statement : strcontains(jsonencode(statement.Action), "*")
      ]
    ]))
    error_message = "A role has a wildcard action."
  }
}

run "every_resource_is_named_except_of_the_token_that_has_none" {
  command = plan

  assert {
    condition = flatten([
      for policy in [aws_iam_role_policy.pipeline.policy, aws_iam_role_policy.build.policy, aws_iam_role_policy.push.policy] : [
        for statement in jsondecode(policy).Statement : statement.Sid if jsonencode(statement.Resource) == "\"*\""
      ]
    ]) == ["GetBearerToken"]
    error_message = "A role has every resource."
  }

  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.build.policy).Statement : statement.Condition if statement.Sid == "GetBearerToken"
    ] == [{ StringEquals = { "sts:AWSServiceName" = "codeartifact.amazonaws.com" } }]
    error_message = "The token is good for another service than CodeArtifact."
  }
}

run "a_role_serves_its_own_project_and_rule_only" {
  command = plan

  assert {
    condition     = one(jsondecode(aws_iam_role.build.assume_role_policy).Statement).Condition == { ArnEquals = { "aws:SourceArn" = var.names.build.arn } }
    error_message = "CodeBuild may use the role for another project."
  }

  assert {
    condition     = one(jsondecode(aws_iam_role.push.assume_role_policy).Statement).Condition == { ArnEquals = { "aws:SourceArn" = var.names.push.arn } }
    error_message = "EventBridge may use the role for another rule."
  }
}

run "every_role_is_bounded" {
  command = plan

  assert {
    condition     = toset([aws_iam_role.pipeline.permissions_boundary, aws_iam_role.build.permissions_boundary, aws_iam_role.push.permissions_boundary]) == toset([var.permissions_boundary])
    error_message = "A role has no permissions boundary."
  }
}

run "artifacts_are_encrypted_under_the_platforms_key" {
  command = plan

  assert {
    condition     = one(one(aws_codepipeline.this.artifact_store).encryption_key).id == var.artifact_bucket.key.arn
    error_message = "CodePipeline encrypts artifacts under a key of its own choice."
  }
}

run "packages_come_from_the_platforms_indexes" {
  command = plan

  assert {
    condition = setintersection([
      for variable in one(aws_codebuild_project.this.environment).environment_variable : "${variable.name}=${variable.value}"
      ], [
      "LAMBDA_LIB_INDEX=https://packages.example/pypi/packages/simple/",
      "PIP_INDEX_URL=https://packages.example/pypi/pypi/simple/",
      "UV_DEFAULT_INDEX=https://packages.example/pypi/pypi/simple/",
      ]) == toset([
      "LAMBDA_LIB_INDEX=https://packages.example/pypi/packages/simple/",
      "PIP_INDEX_URL=https://packages.example/pypi/pypi/simple/",
      "UV_DEFAULT_INDEX=https://packages.example/pypi/pypi/simple/",
    ])
    error_message = "The build gets packages from elsewhere."
  }
}

run "the_build_of_a_function_publishes_no_package" {
  command = plan

  assert {
    condition     = !strcontains(aws_iam_role_policy.build.policy, "codeartifact:PublishPackageVersion")
    error_message = "A service could publish a package that others install."
  }
}

run "the_pipeline_of_a_package_ends_with_its_publication" {
  command = plan

  variables {
    function        = null
    rollback_alarms = null
    package_arn     = "arn:aws:codeartifact:us-east-1:123456789012:package/dev/packages/pypi//lambda-lib"
  }

  assert {
    condition     = [for stage in aws_codepipeline.this.stage : stage.name] == ["Source", "Build"]
    error_message = "The pipeline of a package has a release."
  }

  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.build.policy).Statement : [statement.Action, statement.Resource] if statement.Sid == "PublishPackage"
    ] == [["codeartifact:PublishPackageVersion", var.package_arn]]
    error_message = "The build may publish more, or less, than its own package."
  }

  assert {
    condition     = !strcontains("${aws_iam_role_policy.build.policy}${aws_iam_role_policy.pipeline.policy}", "lambda:")
    error_message = "The pipeline of a package reaches functions."
  }
}

run "a_pipeline_of_nothing_is_refused" {
  command = plan

  variables {
    function        = null
    rollback_alarms = null
  }

  expect_failures = [var.function]
}

run "a_release_that_no_alarm_rolls_back_is_refused" {
  command = plan

  variables {
    rollback_alarms = null
  }

  expect_failures = [var.rollback_alarms]
}

run "artifacts_of_another_pipeline_are_out_of_reach" {
  command = plan

  assert {
    condition = alltrue([
      for policy in [aws_iam_role_policy.pipeline.policy, aws_iam_role_policy.build.policy] :
      [for statement in jsondecode(policy).Statement : statement.Resource if strcontains(jsonencode(statement.Action), "s3:GetObject")] == ["arn:aws:s3:::artifacts/dev-location/*"]
    ])
    error_message = "A role reads artifacts of another pipeline."
  }
}

run "the_bundle_is_built_for_the_functions_instruction_set" {
  command = plan

  assert {
    condition = contains([
      for variable in one(aws_codebuild_project.this.environment).environment_variable : "${variable.name}=${variable.value}"
    ], "ARCHITECTURE=x86_64")
    error_message = "The build does not know the function's instruction set."
  }
}

run "no_rollback_alarm_is_refused" {
  command = plan

  variables {
    rollback_alarms = { names = [], arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:dev-location-*" }
  }

  expect_failures = [var.rollback_alarms]
}

run "an_unknown_strategy_is_refused" {
  command = plan

  variables {
    strategy = "BlueGreen"
  }

  expect_failures = [var.strategy]
}

run "a_build_that_may_take_a_minute_only_is_refused" {
  command = plan

  variables {
    build = { timeout_minutes = 1 }
  }

  expect_failures = [var.build]
}

run "a_retention_that_cloudwatch_has_not_is_refused" {
  command = plan

  variables {
    log_retention_days = 31
  }

  expect_failures = [var.log_retention_days]
}
