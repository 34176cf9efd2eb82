# Not encrypted with the AWS managed key: its policy lets no alarm publish, and alarms carry no secrets.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
resource "aws_sns_topic" "alarms" {
  name         = local.names.alarm_topic.name
  display_name = "Alarms of ${var.environment}"
}
