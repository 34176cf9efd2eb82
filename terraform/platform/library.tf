# lambda_lib, which every service is built with: a repository and a pipeline as a service has, which publishes a package.
module "library_repository" {
  source = "../modules/repository"

  name        = local.names.library.repository.name
  description = "lambda_lib in ${var.environment}"
}

module "library_pipeline" {
  source = "../modules/pipeline"

  names      = { pipeline = local.names.library.pipeline, build = local.names.library.build, release = local.names.library.release, push = local.names.library.push }
  repository = { name = module.library_repository.name, arn = local.names.library.repository.arn }

  # ARNs made of names that are known in the plan, of resources that have to be there first.
  artifact_bucket = {
    name = module.artifacts.name
    arn  = local.names.artifact_bucket.arn
    key  = { arn = "arn:aws:kms:${var.region}:${var.account_id}:${aws_kms_alias.artifacts.name}" }
  }
  permissions_boundary = "arn:aws:iam::${var.account_id}:policy/${aws_iam_policy.permissions_boundary.name}"

  packages           = local.names.packages
  package_arn        = local.names.packages.own.library_arn
  log_retention_days = var.log_retention_days
}
