# What the services' own root does not declare, and the sandbox runs: planned by the tests with the real provider.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}

variable "account_id" {
  type    = string
  default = "123456789012"
}

variable "region" {
  type    = string
  default = "us-east-1"
}

variable "environment" {
  type    = string
  default = "dev"
}

provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account_id]
}

resource "aws_iam_policy" "read" {
  name   = "read"
  path   = "/managed/"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "dynamodb:GetItem", Resource = "*" }] })
}

resource "aws_iam_policy" "boundary" {
  name   = "boundary"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "dynamodb:*", Resource = "*" }] })
}

resource "aws_iam_role" "reader" {
  name                 = "reader"
  path                 = "/people/"
  permissions_boundary = aws_iam_policy.boundary.arn
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "*" } }] })
}

resource "aws_iam_role_policy_attachment" "read" {
  role       = aws_iam_role.reader.name
  policy_arn = aws_iam_policy.read.arn
}

resource "aws_dynamodb_table" "places" {
  name           = "places"
  billing_mode   = "PROVISIONED"
  hash_key       = "country"
  range_key      = "town"
  read_capacity  = 5
  write_capacity = 3

  attribute {
    name = "country"
    type = "S"
  }
  attribute {
    name = "town"
    type = "S"
  }
  attribute {
    name = "people"
    type = "N"
  }

  global_secondary_index {
    name               = "by_people"
    hash_key           = "country"
    range_key          = "people"
    projection_type    = "INCLUDE"
    non_key_attributes = ["mayor"]
    read_capacity      = 2
    write_capacity     = 1
  }
}

resource "aws_appautoscaling_target" "places" {
  service_namespace  = "dynamodb"
  resource_id        = "table/${aws_dynamodb_table.places.name}"
  scalable_dimension = "dynamodb:table:ReadCapacityUnits"
  min_capacity       = 5
  max_capacity       = 50
}

# count, for_each and plain calls of a module whose outputs are unknown before apply
module "counted" {
  source = "./stack"
  count  = 2
  name   = "counted-${count.index}"
  role   = aws_iam_role.reader.arn
}

module "keyed" {
  source     = "./stack"
  for_each   = { "a.b" = "keyed-dotted", c = "keyed-c" }
  name       = each.value
  role       = aws_iam_role.reader.arn
  log_format = "Text"
}

resource "aws_ssm_parameter" "counted" {
  name  = "/counted"
  type  = "String"
  value = module.counted[1].url
}

resource "aws_ssm_parameter" "keyed" {
  name  = "/keyed"
  type  = "String"
  value = "see ${module.keyed["c"].url}/things and ${module.counted[0].url}"
}

resource "aws_sns_topic" "numbered" {
  count = 2
  name  = "numbered-${count.index}"
}

resource "aws_cloudwatch_metric_alarm" "plain" {
  alarm_name                = "plain"
  alarm_description         = "A plain metric, two of three periods."
  namespace                 = "AWS/Lambda"
  metric_name               = "Errors"
  statistic                 = "Sum"
  period                    = 60
  comparison_operator       = "GreaterThanThreshold"
  threshold                 = 0.5
  evaluation_periods        = 3
  datapoints_to_alarm       = 2
  insufficient_data_actions = [aws_sns_topic.numbered[1].arn]
}

resource "aws_cloudwatch_composite_alarm" "both" {
  alarm_name                = "both"
  alarm_description         = "An alarm on another."
  alarm_rule                = "ALARM(${aws_cloudwatch_metric_alarm.plain.alarm_name}) AND NOT OK(${aws_cloudwatch_metric_alarm.plain.alarm_name})"
  alarm_actions             = [aws_sns_topic.numbered[1].arn]
  ok_actions                = [aws_sns_topic.numbered[1].arn]
  insufficient_data_actions = [aws_sns_topic.numbered[1].arn]
}

# What no service of this repository asks for: a branch that is closed to pushes.
resource "aws_codecommit_repository" "protected" {
  repository_name = "protected"
}

resource "aws_codecommit_approval_rule_template" "protected" {
  name = "protected"
  content = jsonencode({
    Version    = "2018-11-08"
    Statements = [{ Type = "Approvers", NumberOfApprovalsNeeded = 1 }]
  })
}

resource "aws_codecommit_approval_rule_template_association" "protected" {
  approval_rule_template_name = aws_codecommit_approval_rule_template.protected.name
  repository_name             = aws_codecommit_repository.protected.repository_name
}
