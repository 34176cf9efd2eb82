module "api" {
  source = "../modules/api"

  name               = local.names.api.name
  stage              = local.names.api.stage
  contract           = file("${path.root}/${var.services_dir}/${var.service}/openapi.json")
  apis_arn           = local.platform.apis
  signed_routes      = { for route, callers in var.signed_routes : route => [for caller in callers : module.naming.principals[caller]] }
  throttle           = var.throttle
  method_throttles   = var.method_throttles
  tracing            = var.tracing
  detailed_metrics   = var.detailed_metrics
  access_log_group   = local.names.api.access_log_group
  log_retention_days = var.log_retention_days

  integration = {
    uri      = local.names.function.integration_uri
    function = module.function.name
    alias    = module.function.alias
  }
}

# Where callers find this service: no root reads another's state.
resource "aws_ssm_parameter" "url" {
  #checkov:skip=CKV2_AWS_34:a URL is no secret
  name        = local.names.url_parameter.name
  description = "URL of service ${var.service}"
  type        = "String"
  value       = module.api.url
}
