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
  environment = "dev"
  account_id  = "123456789012"
  region      = "us-east-1"

  alarm_emails = ["operators@example.com"]
}

run "the_load_operator_reads_and_writes_nothing" {
  command = plan

  assert {
    condition = toset(flatten([for statement in jsondecode(aws_iam_role_policy.load_operator.policy).Statement : statement.Action])) == toset([
      "cloudwatch:DescribeAlarms",
      "cloudwatch:GetMetricData",
      "dynamodb:DescribeTable",
      "execute-api:Invoke",
      "ssm:GetParameter",
    ])
    error_message = "The load operator may do more, or less, than find, call and watch."
  }

  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.load_operator.policy).Statement : statement.Resource if statement.Sid == "CallSignedReads"
    ] == ["arn:aws:execute-api:us-east-1:123456789012:*/live/GET/locations/*"]
    error_message = "The load operator may call more than the signed read routes."
  }
}

run "the_load_operator_finds_tables_and_services_of_its_environment_only" {
  command = plan

  assert {
    condition = alltrue([
      for resource in flatten([for statement in jsondecode(aws_iam_role_policy.load_operator.policy).Statement : statement.Resource if contains(["ReadCapacity", "ReadServiceUrls"], statement.Sid)]) :
      can(regex(":(table/dev-|parameter/dev/)", resource))
    ])
    error_message = "The load operator reaches another environment."
  }
}

run "the_account_decides_who_assumes_the_load_operator" {
  command = plan

  assert {
    condition     = [for statement in jsondecode(aws_iam_role.load_operator.assume_role_policy).Statement : statement.Principal] == [{ AWS = "arn:aws:iam::123456789012:root" }]
    error_message = "Another account may assume the load operator."
  }
}

run "the_artifact_key_serves_the_artifact_bucket_and_nothing_else" {
  command = plan

  assert {
    condition = jsonencode([
      for statement in jsondecode(aws_kms_key.artifacts.policy).Statement : statement.Condition if statement.Sid == "UseThroughArtifactBucket"
      ]) == jsonencode([{
        StringEquals = { "kms:CallerAccount" = "123456789012", "kms:ViaService" = "s3.us-east-1.amazonaws.com" }
        StringLike   = { "kms:EncryptionContext:aws:s3:arn" = ["arn:aws:s3:::123456789012-us-east-1-dev-artifacts", "arn:aws:s3:::123456789012-us-east-1-dev-artifacts/*"] }
    }])
    error_message = "The key may be used for more, or less, than objects of the artifact bucket."
  }

  assert {
    condition = length(setintersection(
      flatten([for statement in jsondecode(aws_kms_key.artifacts.policy).Statement : statement.Action if statement.Sid == "AccountAdministersKey"]),
      ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:CreateGrant"],
    )) == 0
    error_message = "Who administers the key may use it."
  }

  assert {
    condition     = aws_kms_key.artifacts.enable_key_rotation && aws_kms_alias.artifacts.name == "alias/dev-artifacts"
    error_message = "The key is not rotated, or not found by its alias."
  }
}

run "access_logs_have_their_role_before_any_api_needs_it" {
  command = plan

  assert {
    condition     = aws_api_gateway_account.this.cloudwatch_role_arn == "arn:aws:iam::123456789012:role/${aws_iam_role.api_logs.name}"
    error_message = "API Gateway has no role to write access logs in."
  }
}

run "three_services_publish_to_the_alarm_topic_each_for_the_environment_only" {
  command = plan

  assert {
    condition = {
      for statement in jsondecode(aws_sns_topic_policy.alarms.policy).Statement :
      statement.Principal.Service => [statement.Condition.ArnLike["aws:SourceArn"], statement.Condition.StringEquals["aws:SourceAccount"]] if statement.Effect == "Allow"
      } == {
      "cloudwatch.amazonaws.com" = ["arn:aws:cloudwatch:us-east-1:123456789012:alarm:dev-*", "123456789012"]
      "events.amazonaws.com"     = ["arn:aws:events:us-east-1:123456789012:rule/dev-pipeline-failures", "123456789012"]
      "budgets.amazonaws.com"    = ["arn:aws:budgets::123456789012:*", "123456789012"]
    }
    error_message = "Another service, or one for somebody else, may publish to the topic."
  }

  assert {
    condition = toset([
      for statement in jsondecode(aws_sns_topic_policy.alarms.policy).Statement : statement.Action
    ]) == toset(["sns:Publish"])
    error_message = "The topic's policy is about more than publishing."
  }
}

run "each_address_is_told_of_alarms" {
  command = plan

  variables {
    alarm_emails = ["operators@example.com", "nights@example.com"]
  }

  assert {
    condition     = toset([for subscription in aws_sns_topic_subscription.alarms : "${subscription.protocol} ${subscription.endpoint}"]) == toset(["email operators@example.com", "email nights@example.com"])
    error_message = "An address is not told of alarms."
  }

  assert {
    condition     = alltrue([for subscription in aws_sns_topic_subscription.alarms : subscription.topic_arn == "arn:aws:sns:us-east-1:123456789012:dev-alarms"])
    error_message = "An address is told of another topic."
  }
}

run "alarms_that_nobody_hears_are_warned_of" {
  command = plan

  variables {
    alarm_emails = []
  }

  expect_failures = [check.somebody_hears_the_alarms]
}

run "a_failed_pipeline_of_the_environment_is_told_to_the_alarm_topic" {
  command = plan

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.failures.event_pattern).detail == {
      pipeline = [{ prefix = "dev-" }]
      state    = ["FAILED"]
    }
    error_message = "The rule hears of other pipelines, or not of failures."
  }

  assert {
    condition     = aws_cloudwatch_event_target.failures.arn == "arn:aws:sns:us-east-1:123456789012:dev-alarms"
    error_message = "Nobody is told of failed pipelines."
  }
}

run "the_budget_warns_before_and_after_the_money_is_spent" {
  command = plan

  assert {
    condition     = toset([for notification in aws_budgets_budget.this.notification : "${notification.notification_type} ${notification.threshold}"]) == toset(["ACTUAL 80", "ACTUAL 100", "FORECASTED 100"])
    error_message = "The budget does not warn in time."
  }

  assert {
    condition     = alltrue([for notification in aws_budgets_budget.this.notification : notification.subscriber_sns_topic_arns == toset(["arn:aws:sns:us-east-1:123456789012:dev-alarms"])])
    error_message = "The budget warns nobody."
  }
}

run "no_public_package_answers_for_an_own_one" {
  command = plan

  assert {
    condition     = length(aws_codeartifact_repository.packages.upstream) == 0 && length(aws_codeartifact_repository.packages.external_connections) == 0
    error_message = "The repository of own packages is fed from elsewhere."
  }

  assert {
    condition     = one(aws_codeartifact_repository.pypi.external_connections).external_connection_name == "public:pypi"
    error_message = "Public packages do not come from PyPI."
  }
}

run "the_library_has_a_pipeline_of_its_own" {
  command = plan

  assert {
    condition     = module.library_repository.name == "dev-lambda-lib" && module.library_pipeline.name == "dev-lambda-lib"
    error_message = "lambda_lib is not published from a repository of its own."
  }
}

run "a_package_reader_publishes_nothing" {
  command = plan

  assert {
    condition = toset(flatten([for statement in jsondecode(aws_iam_policy.package_reader.policy).Statement : statement.Action])) == toset([
      "codeartifact:GetAuthorizationToken",
      "codeartifact:GetRepositoryEndpoint",
      "codeartifact:ReadFromRepository",
      "sts:GetServiceBearerToken",
    ])
    error_message = "A package reader may do more, or less, than install packages."
  }
}

run "a_developer_reaches_the_service_in_the_tag_and_no_other" {
  command = plan

  assert {
    condition = alltrue(flatten([
      for statement in jsondecode(aws_iam_policy.developer.policy).Statement : [
        for resource in flatten([statement.Resource]) : strcontains(resource, "dev-$${aws:PrincipalTag/service}")
      ]
    ]))
    error_message = "A developer reaches another service."
  }
}

run "a_developer_changes_nothing_but_the_repository" {
  command = plan

  assert {
    condition = alltrue([
      for action in flatten([for statement in jsondecode(aws_iam_policy.developer.policy).Statement : statement.Action]) :
      startswith(action, "codecommit:") || can(regex(":(BatchGet|Get|List|Describe|Filter|StartQuery$)", action))
    ])
    error_message = "A developer may change more than the service's repository."
  }

  assert {
    condition = length(setintersection(
      flatten([for statement in jsondecode(aws_iam_policy.developer.policy).Statement : statement.Action]),
      ["codecommit:DeleteRepository", "codecommit:CreateRepository", "codecommit:PutRepositoryTriggers", "codecommit:UpdateRepositoryName"],
    )) == 0
    error_message = "A developer may do away with the repository."
  }
}

run "no_role_of_a_service_may_ever_make_or_change_another" {
  command = plan

  assert {
    condition = length([
      for action in flatten([for statement in jsondecode(aws_iam_policy.permissions_boundary.policy).Statement : statement.Action]) :
      action if strcontains(action, "*") || can(regex("^(iam|organizations|account):", action)) || (startswith(action, "sts:") && action != "sts:GetServiceBearerToken")
    ]) == 0
    error_message = "The boundary lets a role out."
  }
}

run "the_boundary_ends_where_the_environment_does" {
  command = plan

  # Ids that AWS gives, and actions that know no resources, are all that is left open.
  assert {
    condition = toset(flatten([
      for statement in jsondecode(aws_iam_policy.permissions_boundary.policy).Statement : statement.Sid
      if anytrue([for resource in flatten([statement.Resource]) : !can(regex("\\bdev\\b", resource))])
    ])) == toset(["CallServices", "DeployContracts", "EncryptArtifacts", "GetBearerToken", "MoveStages", "ReadAndMergeContracts", "RemoveFromContracts", "Trace", "UseConnections"])
    error_message = "A role of a service may reach another environment."
  }
}

run "only_the_build_of_the_library_may_ever_publish_it" {
  command = plan

  assert {
    condition = [
      for statement in jsondecode(aws_iam_policy.permissions_boundary.policy).Statement : statement.Condition if strcontains(jsonencode(statement.Action), "PublishPackageVersion")
    ] == [{ ArnEquals = { "aws:PrincipalArn" = "arn:aws:iam::123456789012:role/dev-lambda-lib-build" } }]
    error_message = "The build of a service could publish the library."
  }
}

run "iam_takes_the_policies" {
  command = plan

  # A managed policy has 6144 characters at most. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  assert {
    condition = alltrue([
      for policy in [aws_iam_policy.permissions_boundary.policy, aws_iam_policy.developer.policy] : length(jsonencode(jsondecode(policy))) <= 6144
    ])
    error_message = "A managed policy is too long."
  }
}

run "a_load_operator_that_writes_is_refused" {
  command = plan

  variables {
    load_operator_routes = ["PUT /locations/{user_id}"]
  }

  expect_failures = [var.load_operator_routes]
}

run "an_address_that_is_none_is_refused" {
  command = plan

  variables {
    alarm_emails = ["operators"]
  }

  expect_failures = [var.alarm_emails]
}

run "a_budget_of_nothing_is_refused" {
  command = plan

  variables {
    monthly_budget_usd = 0
  }

  expect_failures = [var.monthly_budget_usd]
}

run "the_account_decides_who_deploys" {
  command = plan

  assert {
    condition     = [for statement in jsondecode(aws_iam_role.deployer.assume_role_policy).Statement : statement.Principal] == [{ AWS = "arn:aws:iam::123456789012:root" }]
    error_message = "Another account may assume the deployer."
  }

  assert {
    condition     = toset([for attachment in aws_iam_role_policy_attachment.deployer : attachment.policy_arn]) == toset([for policy in aws_iam_policy.deployer : "arn:aws:iam::123456789012:policy/${policy.name}"])
    error_message = "The deployer has other policies than its own."
  }
}

run "the_deployer_gives_each_role_to_one_aws_service" {
  command = plan

  assert {
    condition = {
      for statement in jsondecode(aws_iam_policy.deployer["access"].policy).Statement :
      statement.Resource => statement.Condition.StringEquals["iam:PassedToService"] if statement.Action == "iam:PassRole"
      } == {
      "arn:aws:iam::123456789012:role/dev-*-build"    = "codebuild.amazonaws.com"
      "arn:aws:iam::123456789012:role/dev-*-function" = "lambda.amazonaws.com"
      "arn:aws:iam::123456789012:role/dev-*-pipeline" = "codepipeline.amazonaws.com"
      "arn:aws:iam::123456789012:role/dev-*-push"     = "events.amazonaws.com"
      "arn:aws:iam::123456789012:role/dev-*-release"  = "codebuild.amazonaws.com"
    }
    error_message = "The deployer may pass a role to an AWS service that it is not for."
  }
}

run "a_closed_branch_takes_no_push_of_a_developer_and_still_merges_pull_requests" {
  command = plan

  variables {
    closed_branches = { location = "main" }
  }

  assert {
    condition = [
      for statement in jsondecode(aws_iam_policy.developer.policy).Statement : {
        condition = statement.Condition
        push      = contains(statement.Action, "codecommit:GitPush")
        merge     = anytrue([for action in statement.Action : startswith(action, "codecommit:MergePullRequest")])
        resource  = statement.Resource
      } if statement.Effect == "Deny" && can(statement.Condition)
      ] == [{
        condition = {
          Null                 = { "codecommit:References" = "false" }
          StringEqualsIfExists = { "codecommit:References" = "refs/heads/main" }
        }
        push     = true
        merge    = false
        resource = "arn:aws:codecommit:us-east-1:123456789012:dev-location"
    }]
    error_message = "Pushes to the closed branch are not denied, or more is."
  }

  assert {
    condition = [
      for statement in jsondecode(aws_iam_policy.developer.policy).Statement : [statement.Action, statement.Resource]
      if statement.Effect == "Deny" && !can(statement.Condition)
    ] == [["codecommit:OverridePullRequestApprovalRules", "arn:aws:codecommit:us-east-1:123456789012:dev-location"]]
    error_message = "Rules of approval may be overridden, which no condition on a branch denies."
  }
}

run "no_branch_is_closed_unless_it_is_named" {
  command = plan

  assert {
    condition     = alltrue([for statement in jsondecode(aws_iam_policy.developer.policy).Statement : statement.Effect == "Allow"])
    error_message = "A branch is closed that nobody asked to close."
  }
}

run "a_closed_branch_is_named_without_its_prefix" {
  command = plan

  variables {
    closed_branches = { location = "refs/heads/main" }
  }

  expect_failures = [var.closed_branches]
}

run "a_branch_is_closed_by_the_name_of_its_service" {
  command = plan

  variables {
    closed_branches = { "dev_location" = "main" }
  }

  expect_failures = [var.closed_branches]
}

run "an_operator_opens_and_closes_the_way_into_a_release_and_no_other" {
  command = plan

  assert {
    condition = toset(flatten([
      for statement in jsondecode(aws_iam_policy.operator.policy).Statement : statement.Resource
      if contains(flatten([statement.Action]), "codepipeline:DisableStageTransition")
      ])) == toset([
      "arn:aws:codepipeline:us-east-1:123456789012:dev-*/Release",
      "arn:aws:codepipeline:us-east-1:123456789012:dev-lambda-lib/Build",
    ])
    error_message = "An operator opens a stage that releases nothing."
  }
}
