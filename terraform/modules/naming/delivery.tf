# What brings code from a repository to its release: for each service, and for the library that all of them use.
locals {
  log_prefixes = {
    function = "/aws/lambda/"
    api      = "/aws/apigateway/"
    build    = "/aws/codebuild/"
    pipeline = "/${var.region}/codepipeline/"
  }

  delivered = merge(local.names, { (local.library) = "${var.environment}-${local.library}" })

  # CodePipeline keeps the artifacts of a pipeline under the first 20 characters of its name, and the pipeline's role may
  # read what is there: a longer name ends in a digest within those, so that no two pipelines share them.
  # https://repost.aws/questions/QUI91tw7A9SUOMohJurNqmgA/code-pipeline-truncates-folder-names-in-output-artifact-s-3-bucket
  pipeline_names = {
    for subject, name in local.delivered : subject => length(name) <= 20 ? name : "${substr(name, 0, 13)}-${substr(sha256(name), 0, 6)}"
  }

  delivery = {
    for subject, name in local.delivered : subject => {
      repository = {
        name = name
        arn  = "arn:aws:codecommit:${local.account}:${name}"
      }

      pipeline = {
        name = local.pipeline_names[subject]
        arn  = "arn:aws:codepipeline:${local.account}:${local.pipeline_names[subject]}"
        role = { name = "${name}-pipeline", arn = "${local.roles}/${name}-pipeline" }
        log_group = {
          name = "${local.log_prefixes.pipeline}${local.pipeline_names[subject]}"
          arn  = "${local.logs}:${local.log_prefixes.pipeline}${local.pipeline_names[subject]}"
        }
      }

      build = {
        name      = name
        arn       = "arn:aws:codebuild:${local.account}:project/${name}"
        role      = { name = "${name}-build", arn = "${local.roles}/${name}-build" }
        log_group = { name = "${local.log_prefixes.build}${name}", arn = "${local.logs}:${local.log_prefixes.build}${name}" }
      }

      # Its events are in the group of the builds.
      release = {
        name = "${name}-release"
        arn  = "arn:aws:codebuild:${local.account}:project/${name}-release"
        role = { name = "${name}-release", arn = "${local.roles}/${name}-release" }
      }

      push = {
        name = "${name}-push"
        arn  = "arn:aws:events:${local.account}:rule/${name}-push"
        role = { name = "${name}-push", arn = "${local.roles}/${name}-push" }
      }
    }
  }
}
