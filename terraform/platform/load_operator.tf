# The role of `load`: it may find and read a service as a listed caller does, and watch the table and the alarms.
data "aws_iam_policy_document" "load_operator_trust" {
  # The account as principal leaves it to IAM policies of the account who may assume the role.
  statement {
    sid     = "AccountAssumesRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [local.names.account_principal]
    }
  }
}

data "aws_iam_policy_document" "load_operator" {
  statement {
    sid       = "ReadServiceUrls"
    actions   = ["ssm:GetParameter"]
    resources = [local.names.url_parameters]
  }

  statement {
    sid       = "ReadCapacity"
    actions   = ["dynamodb:DescribeTable"]
    resources = [local.names.tables]
  }

  statement {
    sid       = "WatchAlarms"
    actions   = ["cloudwatch:DescribeAlarms"]
    resources = [local.names.alarms]
  }

  statement {
    sid       = "ReadMetrics"
    actions   = ["cloudwatch:GetMetricData"]
    resources = ["*"] # this action knows no resources
  }

  statement {
    sid       = "CallSignedReads"
    actions   = ["execute-api:Invoke"]
    resources = [for route in var.load_operator_routes : "${local.names.apis}/${replace(replace(route, " ", ""), "/{[^}]+}/", "*")}"]
  }
}

resource "aws_iam_role" "load_operator" {
  name               = local.names.load_operator.name
  description        = "Load tests and drills"
  assume_role_policy = data.aws_iam_policy_document.load_operator_trust.json
}

resource "aws_iam_role_policy" "load_operator" {
  name   = "load-operator"
  role   = aws_iam_role.load_operator.name
  policy = data.aws_iam_policy_document.load_operator.json
}
