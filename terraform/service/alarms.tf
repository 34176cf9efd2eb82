module "alarms" {
  source = "../modules/alarms"

  prefix        = local.names.alarms.prefix
  topic_arn     = local.platform.alarm_topic.arn
  thresholds    = var.alarm_thresholds
  table_name    = module.table.name
  function_name = module.function.name
  api           = { name = module.api.name, stage = module.api.stage }
}
