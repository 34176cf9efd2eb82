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
  dynamic "statement" {
    for_each = local.functions

    content {
      sid = "MoveAlias"
      actions = [
        "lambda:GetAlias",
        "lambda:GetFunctionConfiguration",
        "lambda:GetProvisionedConcurrencyConfig",
        "lambda:UpdateAlias",
      ]
      resources = [statement.value.arn, "${statement.value.arn}:*"]
    }
  }

  dynamic "statement" {
    for_each = local.functions

    content {
      sid       = "WatchRollbackAlarms"
      actions   = ["cloudwatch:DescribeAlarms"]
      resources = [var.rollback_alarms.arn]
    }
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
    sid       = "ReadPackages"
    actions   = ["codeartifact:ReadFromRepository"]
    resources = [var.packages.own.arn, var.packages.public.arn]
  }

  statement {
    sid       = "GetPackageToken"
    actions   = ["codeartifact:GetAuthorizationToken"]
    resources = [var.packages.domain.arn]
  }

  # https://docs.aws.amazon.com/codeartifact/latest/ug/get-set-up-provision-user.html
  statement {
    sid       = "GetBearerToken"
    actions   = ["sts:GetServiceBearerToken"]
    resources = ["*"] # the token is of no resource: the condition says which service takes it

    condition {
      test     = "StringEquals"
      variable = "sts:AWSServiceName"
      values   = ["codeartifact.amazonaws.com"]
    }
  }

  dynamic "statement" {
    for_each = local.functions

    content {
      sid       = "PublishVersion"
      actions   = ["lambda:PublishVersion", "lambda:UpdateFunctionCode"]
      resources = [statement.value.arn]
    }
  }

  dynamic "statement" {
    for_each = local.functions

    content {
      sid       = "AwaitVersion"
      actions   = ["lambda:GetFunctionConfiguration"]
      resources = [statement.value.arn, "${statement.value.arn}:*"]
    }
  }

  # https://docs.aws.amazon.com/codeartifact/latest/ug/packages-overview.html#package-publishing-permissions
  dynamic "statement" {
    for_each = var.package_arn[*]

    content {
      sid       = "PublishPackage"
      actions   = ["codeartifact:PublishPackageVersion"]
      resources = [statement.value]
    }
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
  # The function to release, or none.
  functions = var.function[*]
}
