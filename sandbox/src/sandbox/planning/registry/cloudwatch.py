"""CloudWatch: alarms and log groups run; dashboards and saved queries are checked for what they read."""

from sandbox.planning.registry.row import RUN, CheckedRow, Default, NotEmulated, Row, Run, RunRow

ROWS: dict[str, Row] = {
    "aws_cloudwatch_composite_alarm": RunRow(
        source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm.html",
        attributes={
            "actions_enabled": Run(only=(True,)),
            "alarm_actions": RUN,
            "alarm_description": RUN,
            "alarm_name": RUN,
            "alarm_rule": RUN,
            "insufficient_data_actions": RUN,
            "ok_actions": RUN,
        },
    ),
    # Drawn by the console: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html
    "aws_cloudwatch_dashboard": CheckedRow("a dashboard is drawn by the console; what it reads is checked"),
    "aws_cloudwatch_log_group": RunRow(
        source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
        attributes={
            "log_group_class": Default("STANDARD"),
            "name": RUN,
            "retention_in_days": RUN,
            "skip_destroy": NotEmulated("nothing is destroyed but the whole sandbox"),
        },
    ),
    "aws_cloudwatch_metric_alarm": RunRow(
        source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html",
        attributes={
            "actions_enabled": Run(only=(True,)),
            "alarm_actions": RUN,
            "alarm_description": RUN,
            "alarm_name": RUN,
            "comparison_operator": RUN,
            "datapoints_to_alarm": RUN,
            "dimensions": RUN,
            "evaluation_periods": RUN,
            "extended_statistic": RUN,
            "insufficient_data_actions": RUN,
            "metric_name": RUN,
            "metric_query.expression": RUN,
            "metric_query.id": RUN,
            "metric_query.label": NotEmulated("a label names a line in a graph"),
            "metric_query.metric.dimensions": RUN,
            "metric_query.metric.metric_name": RUN,
            "metric_query.metric.namespace": RUN,
            "metric_query.metric.period": RUN,
            "metric_query.metric.stat": RUN,
            "metric_query.return_data": RUN,
            "namespace": RUN,
            "ok_actions": RUN,
            "period": RUN,
            "statistic": RUN,
            "threshold": RUN,
            "treat_missing_data": RUN,
        },
    ),
    # Run by the console: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_Insights-Saving-Queries.html
    "aws_cloudwatch_query_definition": CheckedRow("a saved query is run by the console; its log groups are checked"),
}
