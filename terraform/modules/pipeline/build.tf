resource "aws_codebuild_project" "this" {
  name          = var.names.build.name
  description   = var.function == null ? "Tests ${var.repository.name} and publishes it as a package" : "Tests and bundles ${var.repository.name}, and publishes the bundle as a version"
  service_role  = var.names.build.role.arn
  build_timeout = var.build.timeout_minutes

  source {
    type      = "CODEPIPELINE"
    buildspec = "buildspec.yml"
  }

  artifacts {
    type = "CODEPIPELINE"
  }

  environment {
    type         = "LINUX_CONTAINER"
    compute_type = var.build.compute_type
    image        = var.build.image

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
  name              = var.names.build.log_group.name
  retention_in_days = var.log_retention_days
}

locals {
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
