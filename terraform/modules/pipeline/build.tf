resource "aws_codebuild_project" "this" {
  name          = var.names.build.name
  description   = "Tests and bundles ${var.service}, and publishes the bundle as a version"
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

    environment_variable {
      name  = "FUNCTION_NAME"
      value = var.function.name
    }

    environment_variable {
      name  = "ARCHITECTURE"
      value = var.function.architecture
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
