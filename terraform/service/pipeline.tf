module "repository" {
  source = "../modules/repository"

  name        = local.names.repository.name
  description = "Service ${var.service} in ${var.environment}"
}

module "pipeline" {
  source = "../modules/pipeline"

  names                = { pipeline = local.names.pipeline, build = local.names.build, push = local.names.push }
  repository           = { name = module.repository.name, arn = local.names.repository.arn, branch = var.branch }
  artifact_bucket      = local.platform.artifact_bucket
  permissions_boundary = local.platform.permissions_boundary.arn
  packages             = local.platform.packages
  function             = { name = module.function.name, arn = local.names.function.arn, alias = module.function.alias, architecture = var.architecture }
  rollback_alarms      = { names = module.alarms.rollback, arn = local.names.alarms.arn }
  log_retention_days   = var.log_retention_days
}
