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
  }

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = [for group in values(local.names.log_groups) : "${group}:*"]
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
      "lambda:GetFunctionConfiguration",
      "lambda:GetProvisionedConcurrencyConfig",
      "lambda:PublishVersion",
      "lambda:UpdateAlias",
      "lambda:UpdateFunctionCode",
    ]
    resources = [local.names.functions] # the pattern covers versions and aliases
  }

  # Any API of the region, since only AWS knows their ids: one more reason for one environment per account.
  statement {
    sid       = "ReleaseContracts"
    actions   = ["apigateway:GET", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT"]
    resources = ["arn:aws:apigateway:${var.region}::/restapis", "arn:aws:apigateway:${var.region}::/restapis/*"]
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
    actions   = ["codeconnections:UseConnection", "codestar-connections:UseConnection"] # the prefix depends on the connection's age
    resources = [for service in ["codeconnections", "codestar-connections"] : "arn:aws:${service}:${var.region}:${var.account_id}:connection/*"]
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
      "codebuild:BatchPutCodeCoverages",
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
