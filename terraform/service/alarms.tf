locals {
  # What lambda_lib writes for requests: a test compares the names with the library's.
  metrics = setunion(var.own_metrics, [
    "ClientErrors", "ColdStart", "Duration", "Requests", "ServerErrors", "Throttled", "ThrottledByCapacity", "ThrottledByHotKey",
  ])

  # Of an autoscaled table the capacity to come near to is the most that it grows to.
  most = { for kind in ["read", "write"] : kind => var.table.autoscaling == null ? null : var.table.autoscaling[kind].max }

  most_capacity = {
    read_capacity  = coalesce(local.most.read, var.table.read_capacity)
    write_capacity = coalesce(local.most.write, var.table.write_capacity)
    indexes = {
      for name, index in var.table.indexes : name => {
        read_capacity  = coalesce(local.most.read, index.read_capacity)
        write_capacity = coalesce(local.most.write, index.write_capacity)
      }
    }
  }
}

module "alarms" {
  source = "../modules/alarms"

  prefix      = local.names.alarms.prefix
  topic_arn   = local.platform.alarm_topic.arn
  thresholds  = var.alarm_thresholds
  slo_percent = var.slo_percent
  pipeline    = { name = local.names.pipeline.name, release_stage = "Release" }
  api         = { name = module.api.name, stage = module.api.stage }
  service     = { namespace = "Services", name = var.service, metrics = local.metrics }

  # Without a concurrency of its own a function shares the account's, 1000 unless that was raised:
  # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html. A service that is stopped (0) runs nothing.
  function = {
    name              = module.function.name
    timeout_s         = var.timeout_s
    concurrency_limit = var.reserved_concurrency == null ? 1000 : max(1, var.reserved_concurrency)
  }

  table = merge({ name = module.table.name }, local.most_capacity)
}
