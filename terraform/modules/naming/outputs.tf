output "platform" {
  description = "Names and ARNs that are there once per environment, and ARN patterns that cover all of its services."
  value       = local.platform
}

output "services" {
  description = "Names and ARNs of each service in `services`, by service."
  value       = local.services
}

output "principals" {
  description = "ARN of the role in which each caller signs its requests, by caller: the services in `services`, and load-operator."
  value = merge(
    { for service, names in local.services : service => names.function.role.arn },
    { load-operator = local.platform.load_operator.arn },
  )
}
