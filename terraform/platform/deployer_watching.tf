# What the deployer may do with what watches: logs, alarms, dashboards.
data "aws_iam_policy_document" "deployer_watching" {
  statement {
    sid = "KeepLogGroups"
    actions = [
      "logs:CreateLogGroup",
      "logs:DeleteLogGroup",
      "logs:ListTagsForResource",
      "logs:PutRetentionPolicy",
      "logs:TagResource",
      "logs:UntagResource",
    ]
    resources = values(local.names.log_groups) # the pattern covers the form that ends in `:*`
  }

  statement {
    sid = "FindLogGroupsAndKeepQueries"
    actions = [
      "logs:DeleteQueryDefinition",
      "logs:DescribeLogGroups",
      "logs:DescribeQueryDefinitions",
      "logs:PutQueryDefinition",
    ]
    resources = ["*"] # lists of groups, and saved queries, are of the account
  }

  statement {
    sid = "KeepAlarms"
    actions = [
      "cloudwatch:DeleteAlarms",
      "cloudwatch:ListTagsForResource",
      "cloudwatch:PutCompositeAlarm",
      "cloudwatch:PutMetricAlarm",
      "cloudwatch:TagResource",
      "cloudwatch:UntagResource",
    ]
    resources = [local.names.own_alarms]
  }

  # The alarms by which Application Auto Scaling follows a target are made with the permissions of who sets the target.
  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.Console.html
  statement {
    sid       = "KeepScalingAlarms"
    actions   = ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm"]
    resources = [local.names.scaling_alarms]
  }

  statement {
    sid       = "FindAlarms"
    actions   = ["cloudwatch:DescribeAlarms"]
    resources = [local.names.alarms]
  }

  statement {
    sid       = "KeepDashboards"
    actions   = ["cloudwatch:DeleteDashboards", "cloudwatch:GetDashboard", "cloudwatch:PutDashboard"]
    resources = [local.names.dashboards]
  }
}
