locals {
  alias     = "live"
  stage     = "live"
  functions = "arn:aws:lambda:${local.account}:function"
  logs      = "arn:aws:logs:${local.account}:log-group"
  roles     = "${local.iam}:role"

  names = { for service in var.services : service => "${var.environment}-${service}" }

  services = {
    for service, name in local.names : service => {
      name = name

      function = {
        name      = name
        arn       = "${local.functions}:${name}"
        alias     = local.alias
        alias_arn = "${local.functions}:${name}:${local.alias}"
        # What API Gateway calls: the version that `live` points to, never $LATEST.
        integration_uri = "arn:aws:apigateway:${var.region}:lambda:path/2015-03-31/functions/${local.functions}:${name}:${local.alias}/invocations"
        role            = { name = "${name}-function", arn = "${local.roles}/${name}-function" }
        log_group       = { name = "/aws/lambda/${name}", arn = "${local.logs}:/aws/lambda/${name}" }
      }

      table = {
        name = name
        arn  = "arn:aws:dynamodb:${local.account}:table/${name}"
      }

      api = {
        name             = name
        stage            = local.stage
        access_log_group = { name = "/aws/apigateway/${name}", arn = "${local.logs}:/aws/apigateway/${name}" }
      }

      url_parameter = {
        name = "/${var.environment}/${service}/url"
        arn  = "arn:aws:ssm:${local.account}:parameter/${var.environment}/${service}/url"
      }

      repository = {
        name = name
        arn  = "arn:aws:codecommit:${local.account}:${name}"
      }

      pipeline = {
        name      = name
        arn       = "arn:aws:codepipeline:${local.account}:${name}"
        role      = { name = "${name}-pipeline", arn = "${local.roles}/${name}-pipeline" }
        log_group = { name = "/${var.region}/codepipeline/${name}", arn = "${local.logs}:/${var.region}/codepipeline/${name}" }
      }

      build = {
        name      = name
        arn       = "arn:aws:codebuild:${local.account}:project/${name}"
        role      = { name = "${name}-build", arn = "${local.roles}/${name}-build" }
        log_group = { name = "/aws/codebuild/${name}", arn = "${local.logs}:/aws/codebuild/${name}" }
      }

      push = {
        name = "${name}-push"
        role = { name = "${name}-push", arn = "${local.roles}/${name}-push" }
      }

      alarms = {
        prefix = name
        arn    = "arn:aws:cloudwatch:${local.account}:alarm:${name}-*"
      }
    }
  }
}
