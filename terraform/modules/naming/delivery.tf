# What brings code from a repository to its release: for each service, and for the library that all of them use.
locals {
  log_prefixes = {
    function = "/aws/lambda/"
    api      = "/aws/apigateway/"
    build    = "/aws/codebuild/"
    pipeline = "/${var.region}/codepipeline/"
  }

  delivery = {
    for subject, name in merge(local.names, { (local.library) = "${var.environment}-${local.library}" }) : subject => {
      repository = {
        name = name
        arn  = "arn:aws:codecommit:${local.account}:${name}"
      }

      pipeline = {
        name      = name
        arn       = "arn:aws:codepipeline:${local.account}:${name}"
        role      = { name = "${name}-pipeline", arn = "${local.roles}/${name}-pipeline" }
        log_group = { name = "${local.log_prefixes.pipeline}${name}", arn = "${local.logs}:${local.log_prefixes.pipeline}${name}" }
      }

      build = {
        name      = name
        arn       = "arn:aws:codebuild:${local.account}:project/${name}"
        role      = { name = "${name}-build", arn = "${local.roles}/${name}-build" }
        log_group = { name = "${local.log_prefixes.build}${name}", arn = "${local.logs}:${local.log_prefixes.build}${name}" }
      }

      push = {
        name = "${name}-push"
        arn  = "arn:aws:events:${local.account}:rule/${name}-push"
        role = { name = "${name}-push", arn = "${local.roles}/${name}-push" }
      }
    }
  }
}
