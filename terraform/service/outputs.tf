output "url" {
  description = "URL of the service's stage, known after the first apply."
  value       = module.api.url
}

output "pipeline" {
  description = "Name of the service's pipeline: the service's own unless that is longer than 20 characters."
  value       = module.pipeline.name
}

output "takes_effect_with_next_release" {
  description = "What this root changes without effect until the pipeline releases again."
  value = {
    "function ${local.names.function.name}" = "configuration of the function: `live` keeps the version that it points to"
    "API ${local.names.api.name}"           = "resource policy of the API: the stage keeps its deployment"
  }
}

output "metrics" {
  description = "Names of the metrics that the service's code emits by its log; namespace and dimension are in the environment of the function."
  value       = local.metrics
}
