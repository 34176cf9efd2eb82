data "aws_iam_policy_document" "trust" {
  for_each = {
    pipeline = "codepipeline.amazonaws.com"
    build    = "codebuild.amazonaws.com"
    push     = "events.amazonaws.com"
  }

  statement {
    sid     = "ServiceAssumesRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [each.value]
    }
  }
}

resource "aws_iam_role" "pipeline" {
  name               = var.names.pipeline.role.name
  description        = "Pipeline ${var.names.pipeline.name}"
  assume_role_policy = data.aws_iam_policy_document.trust["pipeline"].json
}

resource "aws_iam_role" "build" {
  name               = var.names.build.role.name
  description        = "Builds of ${var.names.build.name}"
  assume_role_policy = data.aws_iam_policy_document.trust["build"].json
}

resource "aws_iam_role" "push" {
  name               = var.names.push.role.name
  description        = "Starts pipeline ${var.names.pipeline.name} on a push"
  assume_role_policy = data.aws_iam_policy_document.trust["push"].json
}

data "aws_iam_policy_document" "pipeline" {
  statement {
    sid = "ReadSource"
    actions = [
      "codecommit:CancelUploadArchive",
      "codecommit:GetBranch",
      "codecommit:GetCommit",
      "codecommit:GetUploadArchiveStatus",
      "codecommit:UploadArchive",
    ]
    resources = [var.repository.arn]
  }

  statement {
    sid       = "ReadWriteOwnArtifacts"
    actions   = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"]
    resources = [local.artifacts]
  }

  statement {
    sid       = "FindArtifactBucket"
    actions   = ["s3:GetBucketLocation", "s3:GetBucketVersioning"]
    resources = [var.artifact_bucket.arn]
  }

  statement {
    sid       = "RunBuild"
    actions   = ["codebuild:BatchGetBuilds", "codebuild:StartBuild"]
    resources = [var.names.build.arn]
  }

  # https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-LambdaDeploy.html less what publishes code:
  # the build has published the version.
  statement {
    sid = "MoveAlias"
    actions = [
      "lambda:GetAlias",
      "lambda:GetFunctionConfiguration",
      "lambda:GetProvisionedConcurrencyConfig",
      "lambda:UpdateAlias",
    ]
    resources = [var.function.arn, "${var.function.arn}:*"]
  }

  statement {
    sid       = "WatchRollbackAlarms"
    actions   = ["cloudwatch:DescribeAlarms"]
    resources = [var.rollback_alarms.arn]
  }

  statement {
    sid       = "WriteOwnLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${var.names.pipeline.log_group.arn}:*"]
  }
}

data "aws_iam_policy_document" "build" {
  statement {
    sid       = "ReadOwnArtifacts"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = [local.artifacts]
  }

  statement {
    sid       = "PublishVersion"
    actions   = ["lambda:PublishVersion", "lambda:UpdateFunctionCode"]
    resources = [var.function.arn]
  }

  statement {
    sid       = "AwaitVersion"
    actions   = ["lambda:GetFunctionConfiguration"]
    resources = [var.function.arn, "${var.function.arn}:*"]
  }

  statement {
    sid       = "WriteOwnLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${var.names.build.log_group.arn}:*"]
  }
}

data "aws_iam_policy_document" "push" {
  statement {
    sid       = "StartOwnPipeline"
    actions   = ["codepipeline:StartPipelineExecution"]
    resources = [var.names.pipeline.arn]
  }
}

resource "aws_iam_role_policy" "pipeline" {
  name   = "pipeline"
  role   = aws_iam_role.pipeline.name
  policy = data.aws_iam_policy_document.pipeline.json
}

resource "aws_iam_role_policy" "build" {
  name   = "build"
  role   = aws_iam_role.build.name
  policy = data.aws_iam_policy_document.build.json
}

resource "aws_iam_role_policy" "push" {
  name   = "push"
  role   = aws_iam_role.push.name
  policy = data.aws_iam_policy_document.push.json
}

locals {
  # CodePipeline keeps artifacts under the pipeline's name, cut to 20 characters.
  artifacts = "${var.artifact_bucket.arn}/${substr(var.names.pipeline.name, 0, 20)}/*"
}
