# The most that a role of a service, or of its pipeline, may ever do, whatever its own policies say: work on what the
# environment's services own, by the actions that their parts need. No IAM: no role makes or changes another.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
data "aws_iam_policy_document" "permissions_boundary" {
  statement {
    sid = "UseTables"
    actions = [
      "dynamodb:BatchGetItem",
      "dynamodb:BatchWriteItem",
      "dynamodb:ConditionCheckItem",
      "dynamodb:DeleteItem",
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:Query",
      "dynamodb:Scan",
      "dynamodb:UpdateItem",
    ]
    resources = [local.names.tables, "${local.names.tables}/index/*"]

    condition {
      test     = "ArnLike"
      variable = "aws:PrincipalArn"
      values   = [local.names.service_roles["function"]] # no build reads data, which runs what is in a repository
    }
  }

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = [for kind in ["build", "function", "pipeline"] : "${local.names.log_groups[kind]}:*"]
  }

  statement {
    sid       = "CallServices"
    actions   = ["execute-api:Invoke"]
    resources = ["${local.names.apis}/*"]
  }

  statement {
    sid       = "FindServices"
    actions   = ["ssm:GetParameter"]
    resources = [local.names.url_parameters]
  }

  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
  statement {
    sid       = "Trace"
    actions   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    resources = ["*"] # these actions know no resources
  }

  statement {
    sid = "ReleaseFunctions"
    actions = [
      "lambda:GetAlias",
      "lambda:GetFunction",
      "lambda:GetFunctionConfiguration",
      "lambda:GetProvisionedConcurrencyConfig",
      "lambda:PublishVersion",
      "lambda:UpdateAlias",
      "lambda:UpdateFunctionCode",
    ]
    resources = [local.names.functions] # the pattern covers versions and aliases
  }

  # Any API of the region, since only AWS knows their ids: one more reason for one environment per account.
  dynamic "statement" {
    for_each = {
      ReadAndMergeContracts = { actions = ["GET", "PUT"], paths = ["*"] }
      RemoveFromContracts   = { actions = ["DELETE"], paths = ["*/gatewayresponses/*", "*/resources/*"] }
      DeployContracts       = { actions = ["POST"], paths = ["*/deployments"] }
      MoveStages            = { actions = ["PATCH"], paths = ["*/stages/*"] }
    }

    content {
      sid       = statement.key
      actions   = [for method in statement.value.actions : "apigateway:${method}"]
      resources = [for path in statement.value.paths : "arn:aws:apigateway:${var.region}::/restapis/${path}"]

      condition {
        test     = "ArnLike"
        variable = "aws:PrincipalArn"
        values   = [local.names.service_roles["release"]]
      }
    }
  }

  statement {
    sid       = "WatchAlarms"
    actions   = ["cloudwatch:DescribeAlarms"]
    resources = [local.names.own_alarms]
  }

  statement {
    sid = "ReadSources"
    actions = [
      "codecommit:CancelUploadArchive",
      "codecommit:GetBranch",
      "codecommit:GetCommit",
      "codecommit:GetUploadArchiveStatus",
      "codecommit:UploadArchive",
    ]
    resources = [local.names.repositories]
  }

  statement {
    sid       = "UseConnections"
    actions   = [for service in keys(local.connections) : "${service}:UseConnection"]
    resources = values(local.connections)
  }

  statement {
    sid       = "RunPipelines"
    actions   = ["codebuild:BatchGetBuilds", "codebuild:StartBuild", "codepipeline:StartPipelineExecution"]
    resources = [local.names.builds, local.names.pipelines]
  }

  # https://docs.aws.amazon.com/codebuild/latest/userguide/test-permissions.html
  statement {
    sid = "WriteTestReports"
    actions = [
      "codebuild:BatchPutTestCases",
      "codebuild:CreateReport",
      "codebuild:CreateReportGroup",
      "codebuild:UpdateReport",
    ]
    resources = [local.names.reports]
  }

  statement {
    sid       = "MoveArtifacts"
    actions   = ["s3:GetBucketLocation", "s3:GetBucketVersioning", "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"]
    resources = [local.names.artifact_bucket.arn, "${local.names.artifact_bucket.arn}/*"]
  }

  # The key's own policy says for what.
  statement {
    sid       = "EncryptArtifacts"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = ["arn:aws:kms:${var.region}:${var.account_id}:key/*"] # only AWS knows the key's id

    condition {
      test     = "ForAnyValue:StringEquals"
      variable = "kms:ResourceAliases"
      values   = [local.names.artifact_bucket.key.alias]
    }
  }

  statement {
    sid       = "ReadPackages"
    actions   = ["codeartifact:GetAuthorizationToken", "codeartifact:ReadFromRepository"]
    resources = [local.names.packages.domain.arn, local.names.packages.own.arn, local.names.packages.public.arn]
  }

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

  # All services install the library: only the build of the library may publish it.
  statement {
    sid       = "PublishLibrary"
    actions   = ["codeartifact:PublishPackageVersion"]
    resources = [local.names.packages.own.library_arn]

    condition {
      test     = "ArnEquals"
      variable = "aws:PrincipalArn"
      values   = [local.names.library.build.role.arn]
    }
  }
}

resource "aws_iam_policy" "permissions_boundary" {
  name        = local.names.permissions_boundary.name
  description = "The most that roles of services and of their pipelines may do"
  policy      = data.aws_iam_policy_document.permissions_boundary.json
}

locals {
  # Only AWS knows the ids of connections, and the service's name in them depends on their age.
  connections = {
    for service in ["codeconnections", "codestar-connections"] : service => "arn:aws:${service}:${var.region}:${var.account_id}:connection/*"
  }
}
