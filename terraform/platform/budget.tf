# Of the whole account: a filter by tag counts nothing until somebody activates the tag for cost allocation, and is silent
# about that. https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html
resource "aws_budgets_budget" "this" {
  name         = local.names.budget.name
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = format("%.1f", var.monthly_budget_usd) # as AWS gives it back
  limit_unit   = "USD"

  dynamic "notification" {
    for_each = [
      { type = "ACTUAL", percent = 80 },
      { type = "ACTUAL", percent = 100 },
      { type = "FORECASTED", percent = 100 },
    ]

    content {
      comparison_operator       = "GREATER_THAN"
      notification_type         = notification.value.type
      threshold                 = notification.value.percent
      threshold_type            = "PERCENTAGE"
      subscriber_sns_topic_arns = [local.names.alarm_topic.arn]
    }
  }

  depends_on = [aws_sns_topic_policy.alarms] # Budgets publishes a test message when it is told of the topic
}
