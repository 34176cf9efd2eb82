data "aws_iam_policy_document" "pipeline" {
  dynamic "statement" {
    for_each = var.repository.arn[*]

    content {
      sid = "ReadSource"
      actions = [
        "codecommit:CancelUploadArchive",
        "codecommit:GetBranch",
        "codecommit:GetCommit",
        "codecommit:GetUploadArchiveStatus",
        "codecommit:UploadArchive",
      ]
      resources = [statement.value]
    }
  }

  # The action has the name that the service has in the connection's ARN, which depends on the connection's age.
  # https://docs.aws.amazon.com/dtconsole/latest/userguide/security-iam.html
  dynamic "statement" {
    for_each = var.repository.connection_arn[*]

    content {
      sid       = "ReadSourceByConnection"
      actions   = ["${split(":", statement.value)[2]}:UseConnection"]
      resources = [statement.value]
    }
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
    sid       = "RunBuilds"
    actions   = ["codebuild:BatchGetBuilds", "codebuild:StartBuild"]
    resources = concat([var.names.build.arn], [for function in local.functions : var.names.release.arn])
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

# What each build needs, whatever it is for.
data "aws_iam_policy_document" "any_build" {
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

  statement {
    sid       = "WriteOwnLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${var.names.build.log_group.arn}:*"]
  }
}

data "aws_iam_policy_document" "build" {
  source_policy_documents = [data.aws_iam_policy_document.any_build.json]

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
      sid       = "HandContractOn"
      actions   = ["s3:PutObject"]
      resources = [local.artifacts]
    }
  }

  # With its code, where the contract is that the new one is compared with.
  dynamic "statement" {
    for_each = local.functions

    content {
      sid       = "ReadLiveVersion"
      actions   = ["lambda:GetFunction"]
      resources = ["${statement.value.arn}:${statement.value.alias}"]
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

  # https://docs.aws.amazon.com/codebuild/latest/userguide/test-permissions.html
  statement {
    sid       = "WriteTestReport"
    actions   = ["codebuild:BatchPutTestCases", "codebuild:CreateReport", "codebuild:CreateReportGroup", "codebuild:UpdateReport"]
    resources = ["${replace(var.names.build.arn, ":project/", ":report-group/")}-tests"] # `tests` in the buildspec, after the project
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
  count = local.connected ? 0 : 1

  name   = "push"
  role   = aws_iam_role.push[0].name
  policy = data.aws_iam_policy_document.push.json
}

locals {
  # CodePipeline keeps artifacts under the pipeline's name, cut to 20 characters.
  artifacts = "${var.artifact_bucket.arn}/${substr(var.names.pipeline.name, 0, 20)}/*"
  # The function to release, or none.
  functions = var.function[*]
}
