locals {
  alarms = concat(
    values(aws_cloudwatch_metric_alarm.throttle),
    values(aws_cloudwatch_metric_alarm.throttle_cause),
    values(aws_cloudwatch_metric_alarm.capacity),
    values(aws_cloudwatch_metric_alarm.function),
    values(aws_cloudwatch_metric_alarm.slo_burn),
    values(aws_cloudwatch_metric_alarm.failed_introspections),
    [
      aws_cloudwatch_metric_alarm.function_duration,
      aws_cloudwatch_metric_alarm.api_5xx,
      aws_cloudwatch_metric_alarm.api_latency,
      aws_cloudwatch_metric_alarm.server_errors,
      aws_cloudwatch_metric_alarm.release_rollback,
    ],
  )
}

output "names" {
  description = "Names of all alarms, the composite first."
  value       = concat([aws_cloudwatch_composite_alarm.unhealthy.alarm_name], sort(local.alarms[*].alarm_name))
}

output "rollback" {
  description = "Names of the alarms that roll a release back: those that a bad release sets off, and demand does not. At most ten (https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-LambdaDeploy.html), and none holds its state without traffic."
  value = [
    aws_cloudwatch_metric_alarm.function["function-errors"].alarm_name,
    aws_cloudwatch_metric_alarm.server_errors.alarm_name,
  ]
}
