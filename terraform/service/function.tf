module "function" {
  source = "../modules/function"

  name               = local.names.function.name
  alias              = local.names.function.alias
  role               = local.names.function.role
  log_group          = local.names.function.log_group
  log_retention_days = var.log_retention_days
  handler            = var.handler
  runtime            = var.runtime
  architecture       = var.architecture
  memory_mb          = var.memory_mb
  timeout_s          = var.timeout_s

  environment = {
    ENVIRONMENT                  = var.environment
    TABLE_NAME                   = local.names.table.name
    POWERTOOLS_SERVICE_NAME      = var.service
    POWERTOOLS_METRICS_NAMESPACE = "Services"
    POWERTOOLS_LOG_LEVEL         = var.log_level
  }

  table = { arn = local.names.table.arn, actions = var.table.actions }

  calls = flatten([
    for routes in values(var.calls) : [
      for route in routes : "${local.platform.apis}/${replace(replace(route, " ", ""), "/{[^}]+}/", "*")}"
    ]
  ])

  url_parameters = [for callee in keys(var.calls) : module.naming.services[callee].url_parameter.arn]
}
