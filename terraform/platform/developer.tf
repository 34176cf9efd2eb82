# For the developers of a service: whoever has the tag `service` (a role, a user, a session of IAM Identity Center) reaches
# that service, and nobody reaches any without it. One policy, whatever services there are.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
locals {
  own_service = "${var.environment}-$${aws:PrincipalTag/service}"
}

data "aws_iam_policy_document" "developer" {
  # A pull request is how a change gets into a branch that is closed to pushes.
  statement {
    sid = "PushToOwnRepository"
    actions = [
      "codecommit:BatchGetCommits",
      "codecommit:BatchGetPullRequests",
      "codecommit:CreatePullRequest",
      "codecommit:DescribePullRequestEvents",
      "codecommit:EvaluatePullRequestApprovalRules",
      "codecommit:GetBranch",
      "codecommit:GetCommentsForPullRequest",
      "codecommit:GetCommit",
      "codecommit:GetDifferences",
      "codecommit:GetMergeConflicts",
      "codecommit:GetPullRequest",
      "codecommit:GetPullRequestApprovalStates",
      "codecommit:GetRepository",
      "codecommit:GitPull",
      "codecommit:GitPush",
      "codecommit:ListBranches",
      "codecommit:ListPullRequests",
      "codecommit:MergePullRequestByFastForward",
      "codecommit:MergePullRequestBySquash",
      "codecommit:MergePullRequestByThreeWay",
      "codecommit:PostCommentForPullRequest",
      "codecommit:PostCommentReply",
      "codecommit:UpdatePullRequestApprovalState",
      "codecommit:UpdatePullRequestStatus",
    ]
    resources = [replace(local.names.repositories, local.names.every, local.own_service)]
  }

  statement {
    sid = "ReadOwnLogs"
    actions = [
      "logs:DescribeLogStreams",
      "logs:FilterLogEvents",
      "logs:GetLogEvents",
      "logs:GetLogGroupFields",
      "logs:GetQueryResults",
      "logs:StartQuery",
    ]
    resources = [for group in values(local.names.log_groups) : "${replace(group, local.names.every, local.own_service)}:*"]
  }

  statement {
    sid = "ReadOwnPipeline"
    actions = [
      "codepipeline:GetPipeline",
      "codepipeline:GetPipelineExecution",
      "codepipeline:GetPipelineState",
      "codepipeline:ListActionExecutions",
      "codepipeline:ListPipelineExecutions",
    ]
    resources = [replace(local.names.pipelines, local.names.every, local.own_service)]
  }

  statement {
    sid       = "ReadOwnBuilds"
    actions   = ["codebuild:BatchGetBuilds", "codebuild:BatchGetProjects", "codebuild:ListBuildsForProject"]
    resources = [replace(local.names.builds, local.names.every, local.own_service)]
  }

  statement {
    sid       = "ReadOwnTestReports"
    actions   = ["codebuild:BatchGetReports", "codebuild:DescribeTestCases", "codebuild:ListReportsForReportGroup"]
    resources = ["${replace(local.names.reports, local.names.every, local.own_service)}-*"] # project's name, hyphen, group's name
  }

  # An approval rule closes nothing to pushes, and CodeCommit has no policies of repositories.
  # https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-conditional-branch.html
  dynamic "statement" {
    for_each = var.closed_branches

    content {
      sid    = "DenyPushesTo${replace(title(statement.key), "-", "")}"
      effect = "Deny"
      actions = [
        "codecommit:CreateCommit",
        "codecommit:DeleteBranch",
        "codecommit:DeleteFile",
        "codecommit:GitPush",
        "codecommit:MergeBranchesByFastForward",
        "codecommit:MergeBranchesBySquash",
        "codecommit:MergeBranchesByThreeWay",
        "codecommit:PutFile",
      ]
      resources = [replace(local.names.repositories, local.names.every, "${var.environment}-${statement.key}")]

      condition {
        test     = "StringEqualsIfExists"
        variable = "codecommit:References"
        values   = ["refs/heads/${statement.value}"]
      }

      # A push has a first part that names no branch yet and must not be denied.
      condition {
        test     = "Null"
        variable = "codecommit:References"
        values   = ["false"]
      }
    }
  }

  # A statement of its own: this action tells no branch, so that one on a branch would never deny it.
  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodecommit.html
  dynamic "statement" {
    for_each = length(var.closed_branches) > 0 ? ["DenyMergesWithoutApproval"] : []

    content {
      sid       = statement.value
      effect    = "Deny"
      actions   = ["codecommit:OverridePullRequestApprovalRules"]
      resources = [for service in keys(var.closed_branches) : replace(local.names.repositories, local.names.every, "${var.environment}-${service}")]
    }
  }
}

resource "aws_iam_policy" "developer" {
  name        = local.names.developer_policy.name
  description = "Pushes to the repository of the service in the tag `service` and reads its logs and pipeline"
  policy      = data.aws_iam_policy_document.developer.json
}
