# Pull requests to a branch need approvals. The rule closes nothing to pushes: `closed_branches` of terraform/platform does, in the
# policy of those who push.
resource "aws_codecommit_approval_rule_template" "review" {
  #checkov:skip=CKV_AWS_257:how many have to approve is for those to say who review
  for_each = local.reviewed

  name        = "${var.name}-review"
  description = "Pull requests to ${each.key} of ${var.name}"
  # https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-create-template.html
  content = jsonencode({
    Version               = "2018-11-08"
    DestinationReferences = ["refs/heads/${each.key}"]
    Statements = [merge(
      { Type = "Approvers", NumberOfApprovalsNeeded = each.value.approvals },
      length(each.value.approvers) == 0 ? {} : { ApprovalPoolMembers = sort(each.value.approvers) },
    )]
  })
}

resource "aws_codecommit_approval_rule_template_association" "review" {
  for_each = local.reviewed

  approval_rule_template_name = aws_codecommit_approval_rule_template.review[each.key].name
  repository_name             = aws_codecommit_repository.this.repository_name
}

locals {
  # By the branch's name; one or none.
  reviewed = { for review in var.review[*] : review.branch => review }
}
