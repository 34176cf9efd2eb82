# CodePipeline's own metric counts failed executions, a red test among them. A release that failed, rolled back or not let in by
# its contract, is an event of its stage: the rule that matches it needs no target, since EventBridge counts what it matches.
# https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
resource "aws_cloudwatch_event_rule" "release_failed" {
  name        = "${var.prefix}-release-rollback"
  description = "A release of pipeline ${var.pipeline.name} failed: counted for the alarm of this name"

  event_pattern = jsonencode({
    source        = ["aws.codepipeline"]
    "detail-type" = ["CodePipeline Stage Execution State Change"]
    detail = {
      pipeline = [var.pipeline.name]
      stage    = [var.pipeline.release_stage]
      state    = ["FAILED"]
    }
  })
}

resource "aws_cloudwatch_metric_alarm" "release_rollback" {
  alarm_name          = "${var.prefix}-release-rollback"
  alarm_description   = "A release of pipeline ${var.pipeline.name} failed and was rolled back. Runbook: ${var.runbooks}/release-rollback.md"
  namespace           = "AWS/Events"
  metric_name         = "MatchedEvents"
  dimensions          = { RuleName = aws_cloudwatch_event_rule.release_failed.name }
  statistic           = "Sum"
  period              = 300
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  treat_missing_data  = "notBreaching" # no failed release, no data
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}
