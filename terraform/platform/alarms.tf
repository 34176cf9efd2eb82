# Not encrypted with the AWS managed key: its policy lets no alarm publish, and alarms carry no secrets.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
resource "aws_sns_topic" "alarms" {
  #checkov:skip=CKV_AWS_26:the policy of the AWS managed key lets no alarm publish, and alarms carry no secrets
  name         = local.names.alarm_topic.name
  display_name = "Alarms of ${var.environment}"
}

# Each address gets a mail with a link that its owner has to follow; until then nothing is sent there.
# https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
resource "aws_sns_topic_subscription" "alarms" {
  for_each = var.alarm_emails

  topic_arn = local.names.alarm_topic.arn
  protocol  = "email"
  endpoint  = each.value

  depends_on = [aws_sns_topic.alarms] # its ARN comes from the names
}

# Who may publish: three services, each for what is the environment's own.
data "aws_iam_policy_document" "alarm_topic" {
  dynamic "statement" {
    for_each = {
      PublishAlarms = { service = "cloudwatch.amazonaws.com", source = local.names.own_alarms }
      # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
      PublishPipelineFailures = { service = "events.amazonaws.com", source = local.names.failure_rule.arn }
      # https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
      PublishBudget = { service = "budgets.amazonaws.com", source = "arn:aws:budgets::${var.account_id}:*" }
    }

    content {
      sid       = statement.key
      actions   = ["sns:Publish"]
      resources = [local.names.alarm_topic.arn]

      principals {
        type        = "Service"
        identifiers = [statement.value.service]
      }

      condition {
        test     = "ArnLike"
        variable = "aws:SourceArn"
        values   = [statement.value.source]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [var.account_id]
      }
    }
  }

  statement {
    sid       = "DenyPlainHttp"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [local.names.alarm_topic.arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sns_topic_policy" "alarms" {
  arn    = local.names.alarm_topic.arn
  policy = data.aws_iam_policy_document.alarm_topic.json

  depends_on = [aws_sns_topic.alarms] # its ARN comes from the names
}

check "somebody_hears_the_alarms" {
  assert {
    condition     = length(var.alarm_emails) > 0
    error_message = "alarm_emails names nobody: alarms, failed pipelines and the budget are told to no one."
  }
}
