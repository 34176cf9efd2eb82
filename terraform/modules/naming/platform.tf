locals {
  account = "${var.region}:${var.account_id}"
  iam     = "arn:aws:iam::${var.account_id}"
  bucket  = "${var.account_id}-${var.region}-${var.environment}-artifacts"

  platform = {
    artifact_bucket = {
      name = local.bucket
      arn  = "arn:aws:s3:::${local.bucket}"
    }
    alarm_topic = {
      name = "${var.environment}-alarms"
      arn  = "arn:aws:sns:${local.account}:${var.environment}-alarms"
    }
    load_operator = {
      name = "${var.environment}-load-operator"
      arn  = "${local.iam}:role/${var.environment}-load-operator"
    }
    api_logs_role = {
      name = "${var.environment}-api-gateway-logs"
      arn  = "${local.iam}:role/${var.environment}-api-gateway-logs"
    }
    account_principal = "${local.iam}:root"
    # What a caller of any service's API may be allowed: the API's id, which only AWS knows, is left open.
    apis = "arn:aws:execute-api:${local.account}:*/${local.stage}"
    # Resources of every service of the environment.
    tables         = "arn:aws:dynamodb:${local.account}:table/${var.environment}-*"
    url_parameters = "arn:aws:ssm:${local.account}:parameter/${var.environment}/*/url"
    # Every alarm of the account and region: a list of alarms, by prefix too, is authorized on this ARN and no narrower one.
    alarms = "arn:aws:cloudwatch:${local.account}:alarm:*"
  }
}
