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
    release = {
      name = "dev-location-release"
      arn  = "arn:aws:codebuild:us-east-1:123456789012:project/dev-location-release"
      role = { name = "dev-location-release", arn = "arn:aws:iam::123456789012:role/dev-location-release" }
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
  contract = {
    api_name           = "dev-location"
    url_parameter      = { name = "/dev/location/url", arn = "arn:aws:ssm:us-east-1:123456789012:parameter/dev/location/url" }
    integration_uri    = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:dev-location:live/invocations"
    lambda_lib_version = "1.2.3"
  }
}

run "a_push_to_the_branch_starts_the_pipeline_and_nothing_polls" {
  command = plan

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.push[0].event_pattern).detail.referenceName == ["main"] && jsondecode(aws_cloudwatch_event_rule.push[0].event_pattern).resources == [var.repository.arn]
    error_message = "The rule does not hear of pushes to the branch."
  }

  assert {
    condition     = aws_cloudwatch_event_target.pipeline[0].arn == var.names.pipeline.arn
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
    condition = [for action in aws_codepipeline.this.stage[2].action : action.configuration if action.name == "MoveAlias"] == [tomap({
      FunctionName           = "dev-location"
      FunctionAlias          = "live"
      PublishedTargetVersion = "#{build.FUNCTION_VERSION}"
      DeployStrategy         = "Canary10Percent5Minutes"
      Alarms                 = "dev-location-api-5xx"
    })]
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
    ])) == toset(["lambda:GetFunction", "lambda:GetFunctionConfiguration", "lambda:PublishVersion", "lambda:UpdateFunctionCode"])
    error_message = "The build may do more, or less, than publish a version."
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.build.policy).Statement : statement.Resource if statement.Sid == "PublishVersion"] == [var.function.arn]
    error_message = "The build reaches another function than its own."
  }
}

run "one_build_runs_at_a_time" {
  command = plan

  assert {
    condition     = aws_codebuild_project.this.concurrent_build_limit == 1 && aws_codebuild_project.release[0].concurrent_build_limit == 1
    error_message = "Two builds could publish, or two releases put, at once."
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
      for policy in [aws_iam_role_policy.pipeline.policy, aws_iam_role_policy.build.policy, aws_iam_role_policy.release[0].policy, aws_iam_role_policy.push[0].policy] : [
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
      for policy in [aws_iam_role_policy.pipeline.policy, aws_iam_role_policy.build.policy, aws_iam_role_policy.release[0].policy, aws_iam_role_policy.push[0].policy] : [
        for statement in jsondecode(policy).Statement : statement.Sid if jsonencode(statement.Resource) == "\"*\""
      ]
    ]) == ["GetBearerToken", "GetBearerToken"]
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
    condition     = one(jsondecode(aws_iam_role.release[0].assume_role_policy).Statement).Condition == { ArnEquals = { "aws:SourceArn" = var.names.release.arn } }
    error_message = "CodeBuild may use the role of releases for another project."
  }

  assert {
    condition     = one(jsondecode(aws_iam_role.push[0].assume_role_policy).Statement).Condition == { ArnEquals = { "aws:SourceArn" = var.names.push.arn } }
    error_message = "EventBridge may use the role for another rule."
  }
}

run "every_role_is_bounded" {
  command = plan

  assert {
    condition     = toset([aws_iam_role.pipeline.permissions_boundary, aws_iam_role.build.permissions_boundary, aws_iam_role.release[0].permissions_boundary, aws_iam_role.push[0].permissions_boundary]) == toset([var.permissions_boundary])
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
    contract        = null
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

run "the_contract_is_added_to_before_the_code_is_released_and_settled_after_it" {
  command = plan

  assert {
    condition = {
      for action in aws_codepipeline.this.stage[2].action : action.run_order => "${action.name} ${try(one(jsondecode(action.configuration["EnvironmentVariables"])).value, "")}"
    } == { "1" = "AddToContract add", "2" = "MoveAlias ", "3" = "SettleContract settle" }
    error_message = "The steps of the release are others, or in another order."
  }

  assert {
    condition     = aws_codepipeline.this.stage[1].action[0].output_artifacts == tolist(["contract"])
    error_message = "The build does not hand the contract on."
  }

  assert {
    condition     = alltrue([for action in aws_codepipeline.this.stage[2].action : action.input_artifacts == tolist(["contract"]) && action.configuration["ProjectName"] == "dev-location-release" if action.provider == "CodeBuild"])
    error_message = "A step gets no contract, or is done by another project."
  }
}

run "a_repository_cannot_change_how_it_is_released" {
  command = plan

  assert {
    condition     = can(yamldecode(one(aws_codebuild_project.release[0].source).buildspec).phases.build.commands)
    error_message = "The buildspec of the release is a file of the artifact, which the build writes."
  }

  assert {
    condition     = startswith(yamldecode(one(aws_codebuild_project.release[0].source).buildspec).phases.build.commands[0], "cd \"$(mktemp -d)\"")
    error_message = "The release works beside files that the build wrote."
  }

  assert {
    condition     = alltrue([for command in yamldecode(one(aws_codebuild_project.release[0].source).buildspec).phases.build.commands : strcontains(command, "python -I ") if strcontains(command, "python ")])
    error_message = "Python could import what the build wrote."
  }
}

run "a_release_runs_with_pinned_packages" {
  command = plan

  assert {
    condition     = strcontains(one(aws_codebuild_project.release[0].source).buildspec, "lambda-lib==1.2.3\"") && strcontains(one(aws_codebuild_project.release[0].source).buildspec, "--require-hashes")
    error_message = "A release runs with whatever is the newest."
  }
}

run "a_release_knows_its_api_by_name_parameter_and_integration" {
  command = plan

  assert {
    condition = {
      for variable in one(aws_codebuild_project.release[0].environment).environment_variable : variable.name => variable.value
      if contains(["API", "URL_PARAMETER", "INTEGRATION_URI"], variable.name)
    } == { API = "dev-location", URL_PARAMETER = "/dev/location/url", INTEGRATION_URI = var.contract.integration_uri }
    error_message = "The contract would be put elsewhere."
  }
}

run "a_release_of_a_contract_changes_methods_and_the_stages_deployment_and_nothing_else" {
  command = plan

  assert {
    condition = {
      for statement in jsondecode(aws_iam_role_policy.release[0].policy).Statement : statement.Sid => flatten([statement.Action, statement.Resource])
      if strcontains(jsonencode(statement.Action), "apigateway:")
      } == {
      ReadApi            = ["apigateway:GET", "arn:aws:apigateway:us-east-1::/restapis/*"]
      MergeContract      = ["apigateway:PUT", "arn:aws:apigateway:us-east-1::/restapis/*"]
      RemoveFromContract = ["apigateway:DELETE", "arn:aws:apigateway:us-east-1::/restapis/*/resources/*", "arn:aws:apigateway:us-east-1::/restapis/*/gatewayresponses/*"]
      Deploy             = ["apigateway:POST", "arn:aws:apigateway:us-east-1::/restapis/*/deployments"]
      MoveStage          = ["apigateway:PATCH", "arn:aws:apigateway:us-east-1::/restapis/*/stages/*"]
    }
    error_message = "A release reaches more, or less, of an API than the contract and the stage: it must not reach its policy."
  }

  assert {
    condition     = !strcontains(aws_iam_role_policy.release[0].policy, "lambda:") && !strcontains("${aws_iam_role_policy.build.policy}${aws_iam_role_policy.pipeline.policy}", "apigateway:")
    error_message = "Whoever releases the contract reaches the code, or the other way round."
  }
}

run "the_build_writes_the_report_of_its_own_tests" {
  command = plan

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.build.policy).Statement : statement.Resource if statement.Sid == "WriteTestReport"] == ["arn:aws:codebuild:us-east-1:123456789012:report-group/dev-location-tests"]
    error_message = "The build writes another report than that of its tests."
  }
}

run "a_repository_behind_a_connection_starts_the_pipeline_by_a_trigger_and_by_no_rule" {
  command = plan

  variables {
    repository = { name = "owner/location", branch = "trunk", connection_arn = "arn:aws:codeconnections:us-east-1:123456789012:connection/1" }
  }

  assert {
    condition = aws_codepipeline.this.stage[0].action[0].provider == "CodeStarSourceConnection" && aws_codepipeline.this.stage[0].action[0].configuration == tomap({
      ConnectionArn        = "arn:aws:codeconnections:us-east-1:123456789012:connection/1"
      FullRepositoryId     = "owner/location"
      BranchName           = "trunk"
      OutputArtifactFormat = "CODE_ZIP"
      DetectChanges        = "false"
    })
    error_message = "The source is not the repository behind the connection."
  }

  assert {
    condition     = one(one(one(one(aws_codepipeline.this.trigger).git_configuration).push).branches).includes == tolist(["trunk"])
    error_message = "A push to the branch does not start the pipeline, or a push to another does."
  }

  assert {
    condition     = length(aws_cloudwatch_event_rule.push) == 0 && length(aws_iam_role.push) == 0
    error_message = "There is a rule for pushes to CodeCommit, which there are none of."
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.pipeline.policy).Statement : [statement.Action, statement.Resource] if strcontains(jsonencode(statement.Action), "UseConnection")] == [["codeconnections:UseConnection", "arn:aws:codeconnections:us-east-1:123456789012:connection/1"]]
    error_message = "The pipeline may not use its connection, or may use another."
  }

  assert {
    condition     = !strcontains(aws_iam_role_policy.pipeline.policy, "codecommit:")
    error_message = "The pipeline reaches CodeCommit, where its repository is not."
  }
}

run "a_connection_from_before_2024_is_used_by_its_old_name" {
  command = plan

  variables {
    repository = { name = "owner/location", connection_arn = "arn:aws:codestar-connections:us-east-1:123456789012:connection/1" }
  }

  assert {
    condition     = strcontains(aws_iam_role_policy.pipeline.policy, "\"codestar-connections:UseConnection\"")
    error_message = "The action has another prefix than the connection's ARN."
  }
}

run "a_repository_in_two_places_is_refused" {
  command = plan

  variables {
    repository = { name = "owner/location", arn = "arn:aws:codecommit:us-east-1:123456789012:dev-location", connection_arn = "arn:aws:codeconnections:us-east-1:123456789012:connection/1" }
  }

  expect_failures = [var.repository]
}

run "a_connection_that_is_none_is_refused" {
  command = plan

  variables {
    repository = { name = "owner/location", connection_arn = "arn:aws:iam::123456789012:role/connection" }
  }

  expect_failures = [var.repository]
}

run "a_repository_behind_a_connection_has_an_owner" {
  command = plan

  variables {
    repository = { name = "location", connection_arn = "arn:aws:codeconnections:us-east-1:123456789012:connection/1" }
  }

  expect_failures = [var.repository]
}

run "a_release_without_a_contract_is_refused" {
  command = plan

  variables {
    contract = null
  }

  expect_failures = [var.contract]
}

run "a_release_with_any_version_of_lambda_lib_is_refused" {
  command = plan

  variables {
    contract = {
      api_name           = "dev-location"
      url_parameter      = { name = "/dev/location/url", arn = "arn:aws:ssm:us-east-1:123456789012:parameter/dev/location/url" }
      integration_uri    = "arn"
      lambda_lib_version = ">=1"
    }
  }

  expect_failures = [var.contract]
}

run "a_pipeline_of_nothing_is_refused" {
  command = plan

  variables {
    function        = null
    contract        = null
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
      for policy in [aws_iam_role_policy.pipeline.policy, aws_iam_role_policy.build.policy, aws_iam_role_policy.release[0].policy] :
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

run "a_function_for_arm_is_built_on_arm" {
  command = plan

  variables {
    function = { name = "dev-location", arn = "arn:aws:lambda:us-east-1:123456789012:function:dev-location", alias = "live", architecture = "arm64" }
  }

  assert {
    condition     = one(aws_codebuild_project.this.environment).type == "ARM_CONTAINER" && strcontains(one(aws_codebuild_project.this.environment).image, "aarch64")
    error_message = "The bundle would be imported for the first time in a release."
  }
}

run "an_unknown_instruction_set_is_refused" {
  command = plan

  variables {
    function = { name = "dev-location", arn = "arn:aws:lambda:us-east-1:123456789012:function:dev-location", alias = "live", architecture = "aarch64" }
  }

  expect_failures = [var.function]
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

run "builds_encrypt_artifacts_as_the_pipeline_does" {
  command = plan

  assert {
    condition     = toset([aws_codebuild_project.this.encryption_key, aws_codebuild_project.release[0].encryption_key]) == toset([one(one(aws_codepipeline.this.artifact_store).encryption_key).id])
    error_message = "A build encrypts under a key that the next stage, or its own role, may not use."
  }
}
