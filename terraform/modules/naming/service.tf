locals {
  alias     = "live"
  stage     = "live"
  functions = "arn:aws:lambda:${local.account}:function"
  logs      = "arn:aws:logs:${local.account}:log-group"
  roles     = "${local.iam}:role"
  policies  = "${local.iam}:policy"

  names = { for service in var.services : service => "${var.environment}-${service}" }

  services = {
    for service, name in local.names : service => merge(local.delivery[service], {
      name = name

      function = {
        name      = name
        arn       = "${local.functions}:${name}"
        alias     = local.alias
        alias_arn = "${local.functions}:${name}:${local.alias}"
        # What API Gateway calls: the version that `live` points to, never $LATEST.
        integration_uri = "arn:aws:apigateway:${var.region}:lambda:path/2015-03-31/functions/${local.functions}:${name}:${local.alias}/invocations"
        role            = { name = "${name}-function", arn = "${local.roles}/${name}-function" }
        log_group       = { name = "${local.log_prefixes.function}${name}", arn = "${local.logs}:${local.log_prefixes.function}${name}" }
      }

      table = {
        name = name
        arn  = "arn:aws:dynamodb:${local.account}:table/${name}"
      }

      api = {
        name             = name
        stage            = local.stage
        access_log_group = { name = "${local.log_prefixes.api}${name}", arn = "${local.logs}:${local.log_prefixes.api}${name}" }
      }

      url_parameter = {
        name = "/${var.environment}/${service}/url"
        arn  = "arn:aws:ssm:${local.account}:parameter/${var.environment}/${service}/url"
      }

      alarms = {
        prefix = name
        arn    = "arn:aws:cloudwatch:${local.account}:alarm:${name}-*"
      }
    })
  }
}
