resource "aws_codepipeline" "this" {
  name           = var.names.pipeline.name
  role_arn       = var.names.pipeline.role.arn
  pipeline_type  = "V2" # the Lambda deploy action is V2 only
  execution_mode = "QUEUED"

  artifact_store {
    type     = "S3"
    location = var.artifact_bucket.name

    # Without it CodePipeline encrypts under a key of its own choice, whatever the bucket's default. An alias is good here:
    # https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_EncryptionKey.html
    encryption_key {
      type = "KMS"
      id   = var.artifact_bucket.key.arn
    }
  }

  stage {
    name = "Source"

    action {
      name             = "Source"
      category         = "Source"
      owner            = "AWS"
      provider         = "CodeCommit"
      version          = "1"
      output_artifacts = ["source"]

      configuration = {
        RepositoryName       = var.repository.name
        BranchName           = var.repository.branch
        PollForSourceChanges = "false" # the push rule starts the pipeline
      }
    }
  }

  stage {
    name = "Build"

    action {
      name            = "TestAndPublish"
      category        = "Build"
      owner           = "AWS"
      provider        = "CodeBuild"
      version         = "1"
      namespace       = "build"
      input_artifacts = ["source"]

      configuration = {
        ProjectName = aws_codebuild_project.this.name
      }
    }
  }

  dynamic "stage" {
    for_each = local.functions

    content {
      name = "Release"

      # Moves the alias to the version that the build published, so it needs no artifact.
      # https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-LambdaDeploy.html
      action {
        name     = "MoveAlias"
        category = "Deploy"
        owner    = "AWS"
        provider = "Lambda"
        version  = "1"

        configuration = {
          FunctionName           = stage.value.name
          FunctionAlias          = stage.value.alias
          PublishedTargetVersion = "#{build.FUNCTION_VERSION}"
          DeployStrategy         = var.strategy
          Alarms                 = join(",", var.rollback_alarms.names)
        }
      }
    }
  }

  depends_on = [aws_iam_role_policy.pipeline] # the role's ARN comes from the names
}

resource "aws_cloudwatch_log_group" "pipeline" {
  name              = var.names.pipeline.log_group.name
  retention_in_days = var.log_retention_days
}
