# Who may assume each role, and for what: EventBridge and CodeBuild say for which rule or project they act. CodePipeline is
# not documented to, and a condition on a key that is not there would refuse it; only who may pass the role, in this
# account, can hand it the role.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html
# https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html
data "aws_iam_policy_document" "trust" {
  for_each = {
    pipeline = { service = "codepipeline.amazonaws.com", sources = [] }
    build    = { service = "codebuild.amazonaws.com", sources = [var.names.build.arn] }
    release  = { service = "codebuild.amazonaws.com", sources = [var.names.release.arn] }
    push     = { service = "events.amazonaws.com", sources = [var.names.push.arn] }
  }

  statement {
    sid     = "ServiceAssumesRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [each.value.service]
    }

    dynamic "condition" {
      for_each = each.value.sources

      content {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = [condition.value]
      }
    }
  }
}

resource "aws_iam_role" "pipeline" {
  name                 = var.names.pipeline.role.name
  description          = "Pipeline ${var.names.pipeline.name}"
  assume_role_policy   = data.aws_iam_policy_document.trust["pipeline"].json
  permissions_boundary = var.permissions_boundary
}

resource "aws_iam_role" "build" {
  name                 = var.names.build.role.name
  description          = "Builds of ${var.names.build.name}"
  assume_role_policy   = data.aws_iam_policy_document.trust["build"].json
  permissions_boundary = var.permissions_boundary
}

resource "aws_iam_role" "push" {
  count = local.connected ? 0 : 1

  name                 = var.names.push.role.name
  description          = "Starts pipeline ${var.names.pipeline.name} on a push"
  assume_role_policy   = data.aws_iam_policy_document.trust["push"].json
  permissions_boundary = var.permissions_boundary
}
