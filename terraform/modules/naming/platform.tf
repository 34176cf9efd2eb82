locals {
  account = "${var.region}:${var.account_id}"
  iam     = "arn:aws:iam::${var.account_id}"
  bucket  = "${var.account_id}-${var.region}-${var.environment}"
  # Everything of the environment that is named after a service.
  every = "${var.environment}-*"

  platform = {
    state_bucket = {
      name = "${local.bucket}-state"
      arn  = "arn:aws:s3:::${local.bucket}-state"
    }
    artifact_bucket = {
      name = "${local.bucket}-artifacts"
      arn  = "arn:aws:s3:::${local.bucket}-artifacts"
      # A key is named by its alias: only AWS knows its id.
      key = {
        alias = "alias/${var.environment}-artifacts"
        arn   = "arn:aws:kms:${local.account}:alias/${var.environment}-artifacts"
      }
    }
    alarm_topic = {
      name = "${var.environment}-alarms"
      arn  = "arn:aws:sns:${local.account}:${var.environment}-alarms"
    }
    failure_rule = {
      name = "${var.environment}-pipeline-failures"
      arn  = "arn:aws:events:${local.account}:rule/${var.environment}-pipeline-failures"
    }
    budget = {
      name = "${var.environment}-monthly-cost"
    }
    load_operator = {
      name = "${var.environment}-load-operator"
      arn  = "${local.roles}/${var.environment}-load-operator"
    }
    api_logs_role = {
      name = "${var.environment}-api-gateway-logs"
      arn  = "${local.roles}/${var.environment}-api-gateway-logs"
    }
    permissions_boundary = {
      name = "${var.environment}-permissions-boundary"
      arn  = "${local.policies}/${var.environment}-permissions-boundary"
    }
    developer_policy = {
      name = "${var.environment}-developer"
      arn  = "${local.policies}/${var.environment}-developer"
    }
    operator_policy = {
      name = "${var.environment}-operator"
      arn  = "${local.policies}/${var.environment}-operator"
    }
    package_reader_policy = {
      name = "${var.environment}-package-reader"
      arn  = "${local.policies}/${var.environment}-package-reader"
    }
    # In which `terraform apply` of a service runs.
    deployer = {
      name = "${var.environment}-deployer"
      arn  = "${local.roles}/${var.environment}-deployer"
      policies = {
        for topic in ["access", "delivery", "running", "watching"] : topic => {
          name = "${var.environment}-deployer-${topic}"
          arn  = "${local.policies}/${var.environment}-deployer-${topic}"
        }
      }
    }
    account_principal = "${local.iam}:root"

    packages = local.packages
    library  = local.delivery[local.library]

    # What a caller of any service's API may be allowed: the API's id, which only AWS knows, is left open.
    apis = "arn:aws:execute-api:${local.account}:*/${local.stage}"
    # Resources of every service of the environment, and the part of their names that stands for any.
    every          = local.every
    tables         = "arn:aws:dynamodb:${local.account}:table/${local.every}"
    functions      = "${local.functions}:${local.every}"
    repositories   = "arn:aws:codecommit:${local.account}:${local.every}"
    pipelines      = "arn:aws:codepipeline:${local.account}:${local.every}"
    builds         = "arn:aws:codebuild:${local.account}:project/${local.every}"
    reports        = "arn:aws:codebuild:${local.account}:report-group/${local.every}"
    url_parameters = "arn:aws:ssm:${local.account}:parameter/${var.environment}/*/url"
    service_rules  = [for kind in ["push", "release-rollback"] : "arn:aws:events:${local.account}:rule/${local.every}-${kind}"]
    dashboards     = "arn:aws:cloudwatch::${var.account_id}:dashboard/${local.every}"
    service_roles  = { for kind in ["function", "pipeline", "build", "release", "push"] : kind => "${local.roles}/${local.every}-${kind}" }
    log_groups     = { for kind, prefix in local.log_prefixes : kind => "${local.logs}:${prefix}${local.every}" }
    # The alarms of the environment, and every alarm of the account and region: a list of alarms, by prefix too, is
    # authorized on the latter ARN and no narrower one.
    own_alarms = "arn:aws:cloudwatch:${local.account}:alarm:${local.every}"
    alarms     = "arn:aws:cloudwatch:${local.account}:alarm:*"
    # Application Auto Scaling names its alarms after the table, and its targets by ids of its own.
    scaling_alarms         = "arn:aws:cloudwatch:${local.account}:alarm:TargetTracking-table/${local.every}"
    scalable_targets       = "arn:aws:application-autoscaling:${local.account}:scalable-target/*"
    table_scaling_role_arn = "${local.roles}/aws-service-role/dynamodb.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_DynamoDBTable"
  }
}
