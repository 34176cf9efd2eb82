# Starts the pipeline on a push to the branch.
# https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html
resource "aws_cloudwatch_event_rule" "push" {
  count = local.connected ? 0 : 1

  name        = var.names.push.name
  description = "Push to ${var.repository.branch} of ${var.repository.name}"

  event_pattern = jsonencode({
    source        = ["aws.codecommit"]
    "detail-type" = ["CodeCommit Repository State Change"]
    resources     = [var.repository.arn]
    detail = {
      event         = ["referenceCreated", "referenceUpdated"]
      referenceType = ["branch"]
      referenceName = [var.repository.branch]
    }
  })
}

resource "aws_cloudwatch_event_target" "pipeline" {
  count = local.connected ? 0 : 1

  rule     = aws_cloudwatch_event_rule.push[0].name
  arn      = var.names.pipeline.arn
  role_arn = var.names.push.role.arn

  depends_on = [aws_codepipeline.this, aws_iam_role_policy.push] # their ARNs come from the names
}
