# None where pushes come by a connection.
module "repository" {
  source = "../modules/repository"
  count  = var.connection == null ? 1 : 0

  name        = local.names.repository.name
  description = "Service ${var.service} in ${var.environment}"
  review      = var.review == null ? null : merge(var.review, { branch = var.branch })
}

module "pipeline" {
  source = "../modules/pipeline"

  names = {
    pipeline = local.names.pipeline
    build    = local.names.build
    release  = local.names.release
    push     = local.names.push
  }
  repository = (
    var.connection == null
    ? { name = module.repository[0].name, arn = local.names.repository.arn, branch = var.branch, connection_arn = null }
    : { name = var.connection.repository, arn = null, branch = var.branch, connection_arn = var.connection.arn }
  )
  artifact_bucket      = local.platform.artifact_bucket
  permissions_boundary = local.platform.permissions_boundary.arn
  packages             = local.platform.packages
  function             = { name = module.function.name, arn = local.names.function.arn, alias = module.function.alias, architecture = var.architecture }
  rollback_alarms      = { names = module.alarms.rollback, arn = local.names.alarms.arn }
  log_retention_days   = var.log_retention_days

  contract = {
    api_name           = module.api.name
    url_parameter      = local.names.url_parameter
    integration_uri    = local.names.function.integration_uri
    lambda_lib_version = var.lambda_lib_version
  }
}
