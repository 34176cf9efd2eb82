# For those who release the services of the environment and take a release back: what `make release`, `version`, `rollback`,
# `freeze` and `unfreeze` call (terraform/operate.py; tests/test_operator.py compares the two), and the state of alarms.
data "aws_iam_policy_document" "operator" {
  statement {
    sid       = "RunPipelines"
    actions   = ["codepipeline:GetPipelineExecution", "codepipeline:ListActionExecutions", "codepipeline:StartPipelineExecution"]
    resources = [local.names.pipelines]
  }

  # A transition is authorized on the stage that it leads into.
  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodepipeline.html
  statement {
    sid       = "CloseTheWayToARelease"
    actions   = ["codepipeline:DisableStageTransition", "codepipeline:EnableStageTransition"]
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
    actions   = ["cloudwatch:DescribeAlarms"]
    resources = [local.names.alarms]
  }
}

resource "aws_iam_policy" "operator" {
  name        = local.names.operator_policy.name
  description = "Releases services, takes releases back and freezes pipelines"
  policy      = data.aws_iam_policy_document.operator.json
}
