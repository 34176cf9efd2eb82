# What the deployer may do with what runs: functions, tables, APIs.
data "aws_iam_policy_document" "deployer_running" {
  statement {
    sid = "KeepFunctions"
    actions = [
      "lambda:CreateAlias",
      "lambda:CreateFunction",
      "lambda:DeleteAlias",
      "lambda:DeleteFunction",
      "lambda:DeleteFunctionConcurrency",
      "lambda:GetAlias",
      "lambda:GetFunction",
      "lambda:GetFunctionCodeSigningConfig",
      "lambda:GetFunctionConfiguration",
      "lambda:GetPolicy",
      "lambda:ListVersionsByFunction",
      "lambda:PublishVersion",
      "lambda:PutFunctionConcurrency",
      "lambda:RemovePermission",
      "lambda:TagResource",
      "lambda:UntagResource",
      "lambda:UpdateAlias",
      "lambda:UpdateFunctionCode", # when the architecture changes
      "lambda:UpdateFunctionConfiguration",
    ]
    resources = [local.names.functions]
  }

  # https://docs.aws.amazon.com/lambda/latest/dg/permissions-user-function.html
  statement {
    sid       = "LetApiGatewayInvoke"
    actions   = ["lambda:AddPermission"]
    resources = [local.names.functions]

    condition {
      test     = "StringEquals"
      variable = "lambda:Principal"
      values   = ["apigateway.amazonaws.com"]
    }
  }

  # Tables, not items.
  statement {
    sid = "KeepTables"
    actions = [
      "dynamodb:CreateTable",
      "dynamodb:DeleteTable",
      "dynamodb:DescribeContinuousBackups",
      "dynamodb:DescribeTable",
      "dynamodb:DescribeTimeToLive",
      "dynamodb:ListTagsOfResource",
      "dynamodb:TagResource",
      "dynamodb:UntagResource",
      "dynamodb:UpdateContinuousBackups",
      "dynamodb:UpdateTable",
      "dynamodb:UpdateTimeToLive",
    ]
    resources = [local.names.tables]
  }

  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsapplicationautoscaling.html
  statement {
    sid = "ScaleTables"
    actions = [
      "application-autoscaling:DeleteScalingPolicy",
      "application-autoscaling:DeregisterScalableTarget",
      "application-autoscaling:ListTagsForResource",
      "application-autoscaling:PutScalingPolicy",
      "application-autoscaling:RegisterScalableTarget",
      "application-autoscaling:TagResource",
      "application-autoscaling:UntagResource",
    ]
    resources = [local.names.scalable_targets] # only AWS knows their ids
  }

  statement {
    sid       = "FindTableScaling"
    actions   = ["application-autoscaling:DescribeScalableTargets", "application-autoscaling:DescribeScalingPolicies"]
    resources = ["*"] # these actions know no resources
  }

  # Any API of the region, since only AWS knows their ids: one more reason for one environment per account.
  # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-iam-policy-examples.html
  statement {
    sid = "KeepApis"
    actions = [
      "apigateway:DELETE",
      "apigateway:GET",
      "apigateway:PATCH",
      "apigateway:POST",
      "apigateway:PUT",
      "apigateway:UpdateRestApiPolicy",
    ]
    resources = [for path in ["restapis", "restapis/*", "tags/*"] : "arn:aws:apigateway:${var.region}::/${path}"]
  }

  statement {
    sid = "PublishUrls"
    actions = [
      "ssm:AddTagsToResource",
      "ssm:DeleteParameter",
      "ssm:GetParameter",
      "ssm:ListTagsForResource",
      "ssm:PutParameter",
      "ssm:RemoveTagsFromResource",
    ]
    resources = [local.names.url_parameters]
  }

  statement {
    sid       = "FindUrls"
    actions   = ["ssm:DescribeParameters"]
    resources = ["arn:aws:ssm:${var.region}:${var.account_id}:*"] # it is authorized on the account's parameters, and no narrower
  }
}
