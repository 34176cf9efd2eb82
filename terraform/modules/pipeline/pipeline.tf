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
      provider         = local.connected ? "CodeStarSourceConnection" : "CodeCommit"
      version          = "1"
      output_artifacts = ["source"]
      configuration    = local.connected ? local.connection_source : local.codecommit_source
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
      # What the build of a function declares in its buildspec: the contract.
      output_artifacts = [for function in local.functions : "contract"]

      configuration = {
        ProjectName = aws_codebuild_project.this.name
      }
    }
  }

  dynamic "stage" {
    for_each = local.functions

    content {
      name = "Release"

      # What the contract adds is there before the code that serves it; what it removes, until after the code that did.
      dynamic "action" {
        for_each = { AddToContract = { step = "add", order = 1 }, SettleContract = { step = "settle", order = 3 } }

        content {
          name            = action.key
          category        = "Build"
          owner           = "AWS"
          provider        = "CodeBuild"
          version         = "1"
          run_order       = action.value.order
          input_artifacts = ["contract"]

          configuration = {
            ProjectName          = aws_codebuild_project.release[0].name
            EnvironmentVariables = jsonencode([{ name = "STEP", value = action.value.step, type = "PLAINTEXT" }])
          }
        }
      }

      # Moves the alias to the version that the build published, so it needs no artifact.
      # https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-LambdaDeploy.html
      action {
        name      = "MoveAlias"
        category  = "Deploy"
        owner     = "AWS"
        provider  = "Lambda"
        version   = "1"
        run_order = 2

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

  # For connections only; pushes to CodeCommit start the pipeline by the rule in push.tf.
  # https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-triggers.html
  dynamic "trigger" {
    for_each = local.connected ? [var.repository.branch] : []

    content {
      provider_type = "CodeStarSourceConnection"

      git_configuration {
        source_action_name = "Source"

        push {
          branches {
            includes = [trigger.value]
          }
        }
      }
    }
  }

  depends_on = [aws_iam_role_policy.pipeline] # the role's ARN comes from the names
}

locals {
  connected = var.repository.connection_arn != null

  codecommit_source = {
    RepositoryName       = var.repository.name
    BranchName           = var.repository.branch
    PollForSourceChanges = "false" # the push rule starts the pipeline
  }

  # https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html
  connection_source = {
    ConnectionArn        = var.repository.connection_arn
    FullRepositoryId     = var.repository.name
    BranchName           = var.repository.branch
    OutputArtifactFormat = "CODE_ZIP"
    DetectChanges        = "false" # the trigger starts the pipeline
  }
}

resource "aws_cloudwatch_log_group" "pipeline" {
  #checkov:skip=CKV_AWS_158:CloudWatch encrypts logs under a key of its own, and nothing secret is logged
  name              = var.names.pipeline.log_group.name
  retention_in_days = var.log_retention_days
}
