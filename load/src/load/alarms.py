"""What a drill reads from CloudWatch's alarms: the state of one, and the tables that the environment watches.

The tables of an environment are found through its alarms, so that the load operator needs no right to list tables; a
table without any alarm is not watched.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from load.errors import PreconditionError
from load.metrics import NAMESPACE
from load.phases import AlarmState

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricAlarmTypeDef


def alarm_state(cloudwatch: CloudWatchClient, name: str) -> AlarmState:
    """The state of a metric alarm; PreconditionError when there is none of this name."""
    alarms = cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm"])["MetricAlarms"]
    if not alarms:
        raise PreconditionError(f"there is no alarm {name}: apply the service's Terraform first")
    return AlarmState(alarms[0]["StateValue"])


def watched_tables(cloudwatch: CloudWatchClient, environment: str) -> set[str]:
    """The tables that the alarms of an environment look at, by metric or by metric math."""
    prefix = f"{environment}-"
    pages = cloudwatch.get_paginator("describe_alarms").paginate(AlarmNamePrefix=prefix, AlarmTypes=["MetricAlarm"])
    tables = {table for page in pages for alarm in page["MetricAlarms"] for table in _tables(alarm)}
    return {table for table in tables if table.startswith(prefix)}


def _tables(alarm: MetricAlarmTypeDef) -> Iterator[str]:
    metrics = [query["MetricStat"]["Metric"] for query in alarm.get("Metrics", []) if "MetricStat" in query]
    looked_at = [(metric.get("Namespace"), metric.get("Dimensions", [])) for metric in metrics]
    for namespace, dimensions in [(alarm.get("Namespace"), alarm.get("Dimensions", [])), *looked_at]:
        if namespace == NAMESPACE:
            yield from (dimension["Value"] for dimension in dimensions if dimension["Name"] == "TableName")
