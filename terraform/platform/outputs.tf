output "load_operator_role_arn" {
  description = "ARN of the role that `load` assumes."
  value       = local.names.load_operator.arn
}

output "alarm_topic_arn" {
  description = "ARN of the topic that every alarm of the environment notifies."
  value       = local.names.alarm_topic.arn
}

output "artifact_bucket" {
  description = "Name of the bucket that holds the pipelines' artifacts."
  value       = aws_s3_bucket.artifacts.bucket
}
