output "rollback" {
  description = "Names of the alarms that roll a release back: those that a bad release sets off. The throttle alarms are not among them: they tell of demand, and might hold. Throttled replies are 5XX too, so that a release under overload may be rolled back all the same."
  value       = [aws_cloudwatch_metric_alarm.function_errors.alarm_name, aws_cloudwatch_metric_alarm.api_5xx.alarm_name]
}
