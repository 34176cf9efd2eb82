# For those who release the services of the environment and take a release back: what `make release`, `version`, `rollback`,
# `freeze` and `unfreeze` call (terraform/operate.py; tests/test_operator.py compares the two), and what the runbook of a failed
# release has them do by hand.
data "aws_iam_policy_document" "operator" {
  statement {
    sid = "RunPipelines"
    actions = [
      "codepipeline:GetPipelineExecution",
      "codepipeline:GetPipelineState",
      "codepipeline:ListActionExecutions",
      "codepipeline:ListPipelineExecutions",
      "codepipeline:StartPipelineExecution",
      "codepipeline:StopPipelineExecution",
    ]
    resources = [local.names.pipelines]
  }

  # A transition is authorized on the stage that it leads into, and so is a stage that is tried again.
  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodepipeline.html
  statement {
    sid = "HoldOrRepeatARelease"
    actions = [
      "codepipeline:DisableStageTransition",
      "codepipeline:EnableStageTransition",
      "codepipeline:RetryStageExecution",
    ]
    resources = ["${local.names.pipelines}/Release", "${local.names.library.pipeline.arn}/Build"]
  }

  statement {
    sid = "MoveAliases"
    actions = [
      "lambda:GetAlias",
      "lambda:GetFunctionConfiguration",
      "lambda:ListVersionsByFunction",
      "lambda:UpdateAlias",
    ]
    resources = [local.names.functions]
  }

  statement {
    sid       = "WatchAlarms"
    actions   = ["cloudwatch:DescribeAlarmHistory", "cloudwatch:DescribeAlarms"]
    resources = [local.names.alarms]
  }
}

resource "aws_iam_policy" "operator" {
  name        = local.names.operator_policy.name
  description = "Releases services, takes releases back and freezes pipelines"
  policy      = data.aws_iam_policy_document.operator.json
}
