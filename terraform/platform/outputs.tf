output "load_operator_role_arn" {
  description = "ARN of the role that `load` assumes."
  value       = local.names.load_operator.arn
}

output "deployer_role_arn" {
  description = "ARN of the role in which Terraform is applied for services."
  value       = local.names.deployer.arn
}

output "alarm_topic_arn" {
  description = "ARN of the topic that every alarm of the environment notifies."
  value       = local.names.alarm_topic.arn
}

output "artifact_bucket" {
  description = "Name of the bucket that holds the pipelines' artifacts."
  value       = module.artifacts.name
}

output "package_indexes" {
  description = "URLs of the indexes of own packages and of PyPI's, for pip and uv."
  value       = { own = local.names.packages.own.index_url, public = local.names.packages.public.index_url }
}

output "policy_arns" {
  description = "ARNs of the policies to give to people: developer (with the tag `service`), operator and package reader."
  value       = { developer = local.names.developer_policy.arn, operator = local.names.operator_policy.arn, package_reader = local.names.package_reader_policy.arn }
}
