# Tells the alarm topic of every pipeline of the environment that fails: one rule, whatever services there are. A release
# that its alarms rolled back is a failure too.
# https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
resource "aws_cloudwatch_event_rule" "failures" {
  name        = local.names.failure_rule.name
  description = "A pipeline of ${var.environment} failed"

  event_pattern = jsonencode({
    source        = ["aws.codepipeline"]
    "detail-type" = ["CodePipeline Pipeline Execution State Change"]
    detail = {
      pipeline = [{ prefix = "${var.environment}-" }]
      state    = ["FAILED"]
    }
  })
}

resource "aws_cloudwatch_event_target" "failures" {
  rule = aws_cloudwatch_event_rule.failures.name
  arn  = local.names.alarm_topic.arn

  input_transformer {
    input_paths = {
      pipeline  = "$.detail.pipeline"
      execution = "$.detail.execution-id"
      region    = "$.region"
    }
    input_template = jsonencode("Pipeline <pipeline> failed: https://<region>.console.aws.amazon.com/codesuite/codepipeline/pipelines/<pipeline>/executions/<execution>/timeline")
  }

  depends_on = [aws_sns_topic_policy.alarms] # its ARN comes from the names
}
