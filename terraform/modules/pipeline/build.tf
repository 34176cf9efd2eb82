resource "aws_codebuild_project" "this" {
  name          = var.names.build.name
  description   = var.function == null ? "Tests ${var.repository.name} and publishes it as a package" : "Tests and bundles ${var.repository.name}, and publishes the bundle as a version"
  service_role  = var.names.build.role.arn
  build_timeout = var.build.timeout_minutes
  # The pipeline runs one at a time. What it meets at the limit is refused, not queued.
  # https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html
  concurrent_build_limit = 1

  # CodeBuild does not use the pipeline's key by itself, but S3's, which the boundary does not allow.
  # https://github.com/aws/aws-cdk/issues/4182
  encryption_key = var.artifact_bucket.key.arn

  source {
    type      = "CODEPIPELINE"
    buildspec = "buildspec.yml"
  }

  artifacts {
    type = "CODEPIPELINE"
  }

  environment {
    type         = local.machine.type
    compute_type = var.build.compute_type
    image        = local.machine.image

    dynamic "environment_variable" {
      for_each = merge(local.index_variables, local.function_variables, local.package_variables)

      content {
        name  = environment_variable.key
        value = environment_variable.value
      }
    }
  }

  logs_config {
    cloudwatch_logs {
      group_name = aws_cloudwatch_log_group.build.name
    }
  }

  depends_on = [aws_iam_role_policy.build] # the role's ARN comes from the names
}

resource "aws_cloudwatch_log_group" "build" {
  #checkov:skip=CKV_AWS_158:CloudWatch encrypts logs under a key of its own, and nothing secret is logged
  name              = var.names.build.log_group.name
  retention_in_days = var.log_retention_days
}

locals {
  # The function's instruction set, so that tests and the trial import of the bundle are those of what will run.
  # https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html
  machine = {
    x86_64 = { type = "LINUX_CONTAINER", image = "aws/codebuild/amazonlinux-x86_64-standard:5.0" }
    arm64  = { type = "ARM_CONTAINER", image = "aws/codebuild/amazonlinux-aarch64-standard:3.0" }
  }[var.function == null ? "x86_64" : var.function.architecture]

  # pip and uv read these by themselves: packages come from the platform's copy of PyPI, except where a buildspec asks the
  # other index for a package by its name. The buildspec gets the token that both need.
  index_variables = {
    LAMBDA_LIB_INDEX = var.packages.own.index_url
    PACKAGE_DOMAIN   = var.packages.domain.name
    PACKAGE_HOST     = var.packages.host
    PIP_INDEX_URL    = var.packages.public.index_url
    UV_DEFAULT_INDEX = var.packages.public.index_url
  }

  function_variables = var.function == null ? {} : {
    FUNCTION_NAME = var.function.name
    ARCHITECTURE  = var.function.architecture
  }

  package_variables = var.package_arn == null ? {} : {
    UV_PUBLISH_URL       = var.packages.own.publish_url
    UV_PUBLISH_CHECK_URL = var.packages.own.index_url
  }
}
