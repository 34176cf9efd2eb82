# The role in which API Gateway writes access logs, set once per account and region: without it no stage may have one.
# The actions are those of AmazonAPIGatewayPushToCloudWatchLogs, all of which API Gateway checks when the role is set.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
# Its trust has no condition on the source: API Gateway is not documented to name one, tries the role when it is set, and
# would refuse it. Only who may pass the role, in this account, can hand it out.
data "aws_iam_policy_document" "api_logs_trust" {
  statement {
    sid     = "ApiGatewayAssumesRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["apigateway.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "api_logs" {
  #checkov:skip=CKV_AWS_111:one role for every API of the account and region, by the actions that API Gateway asks for
  #checkov:skip=CKV_AWS_356:as CKV_AWS_111
  statement {
    sid = "WriteAccessLogs"
    actions = [
      "logs:CreateLogGroup",
      "logs:CreateLogStream",
      "logs:DescribeLogGroups",
      "logs:DescribeLogStreams",
      "logs:FilterLogEvents",
      "logs:GetLogEvents",
      "logs:PutLogEvents",
    ]
    resources = ["*"] # one role for every API of the account and region
  }
}

resource "aws_iam_role" "api_logs" {
  name               = local.names.api_logs_role.name
  description        = "API Gateway's access logs"
  assume_role_policy = data.aws_iam_policy_document.api_logs_trust.json
}

resource "aws_iam_role_policy" "api_logs" {
  name   = "api-gateway-logs"
  role   = aws_iam_role.api_logs.name
  policy = data.aws_iam_policy_document.api_logs.json
}

resource "aws_api_gateway_account" "this" {
  cloudwatch_role_arn = local.names.api_logs_role.arn

  depends_on = [aws_iam_role_policy.api_logs] # the role's ARN comes from the names
}
