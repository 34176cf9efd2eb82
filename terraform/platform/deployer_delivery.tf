# What the deployer may do with repositories, builds and pipelines.
data "aws_iam_policy_document" "deployer_delivery" {
  statement {
    sid = "KeepRepositories"
    actions = [
      "codecommit:AssociateApprovalRuleTemplateWithRepository",
      "codecommit:CreateRepository",
      "codecommit:DeleteRepository",
      "codecommit:DisassociateApprovalRuleTemplateFromRepository",
      "codecommit:GetRepository",
      "codecommit:ListAssociatedApprovalRuleTemplatesForRepository",
      "codecommit:ListTagsForResource",
      "codecommit:TagResource",
      "codecommit:UntagResource",
      "codecommit:UpdateRepositoryDescription",
    ]
    resources = [local.names.repositories]
  }

  statement {
    sid = "KeepApprovalRules"
    actions = [
      "codecommit:CreateApprovalRuleTemplate",
      "codecommit:DeleteApprovalRuleTemplate",
      "codecommit:GetApprovalRuleTemplate",
      "codecommit:UpdateApprovalRuleTemplateContent",
      "codecommit:UpdateApprovalRuleTemplateDescription",
      "codecommit:UpdateApprovalRuleTemplateName",
    ]
    resources = ["*"] # templates have no ARNs
  }

  statement {
    sid       = "KeepBuilds"
    actions   = ["codebuild:BatchGetProjects", "codebuild:CreateProject", "codebuild:DeleteProject", "codebuild:UpdateProject"]
    resources = [local.names.builds]
  }

  statement {
    sid = "KeepPipelines"
    actions = [
      "codepipeline:CreatePipeline",
      "codepipeline:DeletePipeline",
      "codepipeline:GetPipeline",
      "codepipeline:ListTagsForResource",
      "codepipeline:TagResource",
      "codepipeline:UntagResource",
      "codepipeline:UpdatePipeline",
    ]
    resources = [local.names.pipelines]
  }

  # https://docs.aws.amazon.com/dtconsole/latest/userguide/security-iam.html
  dynamic "statement" {
    for_each = local.connections

    content {
      sid       = "Pass${replace(title(replace(statement.key, "-", " ")), " ", "")}"
      actions   = ["${statement.key}:PassConnection"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "${statement.key}:PassedToService"
        values   = ["codepipeline.amazonaws.com"]
      }
    }
  }

  statement {
    sid = "KeepRules"
    actions = [
      "events:DeleteRule",
      "events:DescribeRule",
      "events:ListTagsForResource",
      "events:ListTargetsByRule",
      "events:PutRule",
      "events:PutTargets",
      "events:RemoveTargets",
      "events:TagResource",
      "events:UntagResource",
    ]
    resources = local.names.service_rules
  }
}
