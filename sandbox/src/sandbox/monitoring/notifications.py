"""SNS actions of alarms: AWS's message of a transition, published to the topics."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from botocore.loaders import create_loader
from moto.sns.exceptions import SNSException
from moto.sns.models import sns_backends

from sandbox.aws.moto_backend import Moto
from sandbox.declaration import Alarm, CompositeAlarm, Metric
from sandbox.monitoring.alarms import Transition
from sandbox.monitoring.metrics import STATISTICS

_logger = logging.getLogger(__name__)


class Notifications:
    """Publishes transitions of alarms to SNS topics, as moto keeps them with their subscriptions.

    Args:
        moto: The SNS behind the sandbox.
        account_id: The account of the alarms and the topics.
        region: Their region, such as us-east-1.
    """

    def __init__(self, *, moto: Moto, account_id: str, region: str) -> None:
        self._moto = moto
        self._account_id = account_id
        self._region = region
        self._region_name = _region_name(region)

    async def on_change(self, transition: Transition) -> None:
        """Publish `transition` to each topic among its actions. An action that fails does not fail the alarm."""
        subject = f'{transition.new}: "{transition.alarm.name}" in {self._region_name}'
        message = json.dumps(alarm_message(transition, self._account_id, self._region_name))
        for topic_arn in transition.actions:
            try:
                await self._moto.run(self._publish, topic_arn, subject, message)
            except SNSException as refusal:
                _logger.warning("alarm %s could not notify %s: %s", transition.alarm.name, topic_arn, refusal)

    def _publish(self, topic_arn: str, subject: str, message: str) -> None:
        sns_backends[self._account_id][self._region].get_topic(topic_arn).publish(message, subject)


def alarm_message(transition: Transition, account_id: str, region_name: str) -> dict[str, Any]:
    """The message that SNS subscribers get of a transition of an alarm, as AWS makes it."""
    alarm = transition.alarm
    message = {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": account_id,
        "NewStateValue": transition.new.value,
        "NewStateReason": transition.reason,
        "StateChangeTime": datetime.fromtimestamp(transition.at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000",
        "Region": region_name,
        "AlarmArn": alarm.arn,
        "OldStateValue": transition.old.value,
        "OKActions": list(alarm.ok_actions),
        "AlarmActions": list(alarm.alarm_actions),
        "InsufficientDataActions": list(alarm.insufficient_data_actions),
    }
    if isinstance(alarm, CompositeAlarm):
        return message | {"AlarmRule": alarm.rule, "TriggeringChildren": _children(transition)}
    return message | {"Trigger": _trigger(alarm)}


def _children(transition: Transition) -> list[dict[str, Any]]:
    children = json.loads(transition.reason_data).get("triggeringAlarms", [])
    return [
        {"Arn": child["arn"], "State": {"Value": child["state"]["value"], "Timestamp": child["state"]["timestamp"]}}
        for child in children
    ]


def _trigger(alarm: Alarm) -> dict[str, Any]:
    trigger: dict[str, Any] = {
        "Period": alarm.period_s,
        "EvaluationPeriods": alarm.evaluation_periods,
        "DatapointsToAlarm": alarm.datapoints_to_alarm,
        "ComparisonOperator": alarm.comparison,
        "Threshold": float(alarm.threshold),
        "TreatMissingData": alarm.treat_missing_data,
        "EvaluateLowSampleCountPercentile": "",
    }
    query = alarm.queries[0]
    if len(alarm.queries) == 1 and query.metric is not None:
        name = str(query.statistic)
        kind, value = ("Statistic", name.upper()) if name in STATISTICS else ("ExtendedStatistic", name)
        return _metric(query.metric) | {"StatisticType": kind, kind: value, "Unit": None} | trigger
    trigger["Metrics"] = [
        {"Id": query.id, "ReturnData": query.return_data}
        | (
            {"Expression": query.expression}
            if query.metric is None
            else {"MetricStat": {"Metric": _metric(query.metric), "Period": alarm.period_s, "Stat": query.statistic}}
        )
        for query in alarm.queries
    ]
    return trigger


def _metric(metric: Metric) -> dict[str, Any]:
    # Unlike in the API, the names of these members are in lower case.
    dimensions = [{"value": value, "name": name} for name, value in metric.dimensions]
    return {"MetricName": metric.name, "Namespace": metric.namespace, "Dimensions": dimensions}


def _region_name(region: str) -> str:
    """The name by which messages call a region, such as `US East (N. Virginia)`."""
    partitions = create_loader().load_data("partitions")["partitions"]
    names = {code: data["description"] for partition in partitions for code, data in partition["regions"].items()}
    return str(names.get(region, region))
