module "function" {
  source = "../modules/function"

  name                 = local.names.function.name
  alias                = local.names.function.alias
  role                 = local.names.function.role
  permissions_boundary = local.platform.permissions_boundary.arn
  log_group            = local.names.function.log_group
  log_retention_days   = var.log_retention_days
  handler              = var.handler
  runtime              = var.runtime
  architecture         = var.architecture
  memory_mb            = var.memory_mb
  timeout_s            = var.timeout_s
  snap_start           = var.snap_start
  tracing              = var.tracing
  reserved_concurrency = var.reserved_concurrency
  log_format           = var.log_format
  log_level            = var.log_level

  environment = {
    ENVIRONMENT                  = var.environment
    TABLE_NAME                   = local.names.table.name
    POWERTOOLS_SERVICE_NAME      = var.service
    POWERTOOLS_METRICS_NAMESPACE = "Services"
    POWERTOOLS_LOG_LEVEL         = var.log_level
    # A tracer would write a trace that a caller has begun, which the role may not.
    POWERTOOLS_TRACE_DISABLED = tostring(!var.tracing)
  }

  table = { arn = local.names.table.arn, actions = var.table.actions, indexes = keys(var.table.indexes) }

  calls = flatten([
    for routes in values(var.calls) : [
      for route in routes : "${local.platform.apis}/${replace(replace(route, " ", ""), "/{[^}]+}/", "*")}"
    ]
  ])

  url_parameters = [for callee in keys(var.calls) : module.naming.services[callee].url_parameter.arn]
}
