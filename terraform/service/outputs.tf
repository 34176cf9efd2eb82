output "url" {
  description = "URL of the service's stage, known after the first apply."
  value       = module.api.url
}

output "takes_effect_with_next_release" {
  description = "What this root changes without effect until the pipeline releases again."
  value = {
    "function ${local.names.function.name}" = "configuration of the function: `live` keeps the version that it points to"
    "API ${local.names.api.name}"           = "resource policy of the API: the stage keeps its deployment"
  }
}
