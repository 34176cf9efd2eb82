module "dashboard" {
  source = "../modules/dashboard"

  name       = local.names.name
  region     = var.region
  alarm_arns = [for name in module.alarms.names : "${trimsuffix(local.names.alarms.arn, "*")}${trimprefix(name, "${local.names.alarms.prefix}-")}"]
  table      = { name = module.table.name, indexes = keys(var.table.indexes) }
  function   = { name = module.function.name, log_group = local.names.function.log_group.name }
  api        = { name = module.api.name, stage = module.api.stage, access_log_group = local.names.api.access_log_group.name }
  service    = { namespace = "Services", name = var.service }
  queries    = "${var.environment}/${var.service}"
}
