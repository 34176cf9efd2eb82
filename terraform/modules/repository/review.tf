# Pull requests to a branch need approvals. The rule closes nothing to pushes: `closed_branches` of terraform/platform does, in the
# policy of those who push.
resource "aws_codecommit_approval_rule_template" "review" {
  #checkov:skip=CKV_AWS_257:how many have to approve is for those to say who review
  count = length(var.review[*]) # not by branch: of another branch it is the same rule, whose name there can be but once

  name        = "${var.name}-review"
  description = "Pull requests to ${var.review.branch} of ${var.name}"
  # https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-create-template.html
  content = jsonencode({
    Version               = "2018-11-08"
    DestinationReferences = ["refs/heads/${var.review.branch}"]
    Statements = [merge(
      { Type = "Approvers", NumberOfApprovalsNeeded = var.review.approvals },
      length(var.review.approvers) == 0 ? {} : { ApprovalPoolMembers = sort(var.review.approvers) },
    )]
  })
}

resource "aws_codecommit_approval_rule_template_association" "review" {
  count = length(var.review[*])

  approval_rule_template_name = aws_codecommit_approval_rule_template.review[0].name
  repository_name             = aws_codecommit_repository.this.repository_name
}
