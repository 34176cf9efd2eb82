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

run "artifacts_are_encrypted_versioned_and_closed_to_the_public" {
  command = plan

  assert {
    condition     = one(aws_s3_bucket_versioning.artifacts.versioning_configuration).status == "Enabled"
    error_message = "Artifacts have no versions."
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.artifacts.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "Artifacts are not encrypted."
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.artifacts.block_public_acls,
      aws_s3_bucket_public_access_block.artifacts.block_public_policy,
      aws_s3_bucket_public_access_block.artifacts.ignore_public_acls,
      aws_s3_bucket_public_access_block.artifacts.restrict_public_buckets,
    ])
    error_message = "Artifacts may become public."
  }
}

run "artifacts_travel_over_tls_only" {
  command = plan

  assert {
    condition = jsonencode([
      for statement in jsondecode(aws_s3_bucket_policy.artifacts.policy).Statement : [statement.Effect, statement.Action, statement.Principal, statement.Condition]
    ]) == jsonencode([["Deny", "s3:*", "*", { Bool = { "aws:SecureTransport" = "false" } }]])
    error_message = "Plain HTTP is not denied."
  }
}

run "access_logs_have_their_role_before_any_api_needs_it" {
  command = plan

  assert {
    condition     = aws_api_gateway_account.this.cloudwatch_role_arn == "arn:aws:iam::123456789012:role/${aws_iam_role.api_logs.name}"
    error_message = "API Gateway has no role to write access logs in."
  }
}

run "a_load_operator_that_writes_is_refused" {
  command = plan

  variables {
    load_operator_routes = ["PUT /locations/{user_id}"]
  }

  expect_failures = [var.load_operator_routes]
}
