"""SNS topics and the SSM Parameter Store."""

from sandbox.planning.registry.row import RUN, CheckedRow, Default, NotEmulated, Row, Run, RunRow

ROWS: dict[str, Row] = {
    "aws_sns_topic": RunRow(
        source="https://docs.aws.amazon.com/sns/latest/dg/sns-create-topic.html",
        attributes={
            "display_name": NotEmulated("a name for mail and SMS"),
            "kms_master_key_id": NotEmulated("messages are in memory only"),
            "name": RUN,
        },
    ),
    # An alarm publishes by this policy, a mail goes to who has confirmed the address:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
    # https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
    "aws_sns_topic_policy": CheckedRow("alarms publish here whatever a topic's policy says"),
    "aws_sns_topic_subscription": CheckedRow("no mail is sent from this machine"),
    "aws_ssm_parameter": RunRow(
        source="https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-parameter-store.html",
        attributes={
            "description": NotEmulated("a description has no effect"),
            "name": RUN,
            "tier": Default("Standard"),
            "type": Run(only=("String",)),
            "value": RUN,
        },
    ),
}
