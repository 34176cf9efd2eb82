"""DescribeAlarms and its kin, DescribeAlarmHistory, SetAlarmState and the switch of alarm actions."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.aws.cloudwatch.metrics import dimensions_of, metric_of
from sandbox.aws.cloudwatch.operation import Operation, Parameters, seconds, time
from sandbox.aws.wire import ApiError
from sandbox.declaration import Alarm, CompositeAlarm, MetricQuery
from sandbox.monitoring.alarms.evaluator import AlarmEvaluator
from sandbox.monitoring.alarms.state import State
from sandbox.monitoring.alarms.status import AlarmStatus, CompositeStatus, Status
from sandbox.monitoring.metrics import STATISTICS

_TYPES = {Alarm: "MetricAlarm", CompositeAlarm: "CompositeAlarm"}


class AlarmOperations:
    """The operations on alarms. `clock` gives seconds since the epoch."""

    def __init__(self, *, alarms: AlarmEvaluator, clock: Callable[[], float]) -> None:
        self._alarms = alarms
        self._clock = clock

    def operations(self) -> Mapping[str, Operation]:
        """The operations by name. Those that make or delete alarms are refused, since Terraform declares them."""
        return {
            "DeleteAlarms": self._refuse,
            "DescribeAlarmHistory": self._describe_alarm_history,
            "DescribeAlarms": self._describe_alarms,
            "DescribeAlarmsForMetric": self._describe_alarms_for_metric,
            "DisableAlarmActions": self._disable_alarm_actions,
            "EnableAlarmActions": self._enable_alarm_actions,
            "PutCompositeAlarm": self._refuse,
            "PutMetricAlarm": self._refuse,
            "SetAlarmState": self._set_alarm_state,
        }

    async def _refuse(self, _: Parameters) -> Parameters:
        raise ApiError("ValidationError", "The sandbox has the alarms that Terraform declares, and no others.")

    async def _describe_alarms(self, parameters: Parameters) -> Parameters:
        names = parameters.get("AlarmNames")
        state = parameters.get("StateValue")
        # Only metric alarms, where the types are not named:
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
        types = parameters.get("AlarmTypes", ["MetricAlarm"])

        def wanted(status: Status[Any]) -> bool:
            name = status.alarm.name
            named = name in names if names is not None else name.startswith(parameters.get("AlarmNamePrefix", ""))
            return named and state in (None, status.state)

        metric_alarms = sorted(self._alarms.statuses.items()) if "MetricAlarm" in types else ()
        composites = sorted(self._alarms.composites.items()) if "CompositeAlarm" in types else ()
        return {
            "MetricAlarms": [_described(status) for _, status in metric_alarms if wanted(status)],
            "CompositeAlarms": [_described_composite(status) for _, status in composites if wanted(status)],
        }

    async def _describe_alarms_for_metric(self, parameters: Parameters) -> Parameters:
        metric = metric_of(parameters["Namespace"], parameters["MetricName"], parameters.get("Dimensions", ()))
        statistic = parameters.get("Statistic") or parameters.get("ExtendedStatistic")
        return {
            "MetricAlarms": [
                _described(status)
                for status in self._alarms.statuses.values()
                if (query := _only_metric(status.alarm))
                and query.metric == metric
                and statistic in (None, query.statistic)
                and parameters.get("Period", status.alarm.period_s) == status.alarm.period_s
            ]
        }

    async def _describe_alarm_history(self, parameters: Parameters) -> Parameters:
        name = parameters.get("AlarmName")
        start = seconds(parameters["StartDate"]) if "StartDate" in parameters else 0.0
        end = seconds(parameters["EndDate"]) if "EndDate" in parameters else self._clock() + 1
        kind = parameters.get("HistoryItemType")
        types = parameters.get("AlarmTypes", ["MetricAlarm"])  # as above
        items = [
            (item, status.alarm)
            for status in self._alarms.every.values()
            for item in status.history
            if name in (None, status.alarm.name)
            and _TYPES[type(status.alarm)] in types
            and kind in (None, item.type)
            and start <= item.at <= end
        ]
        newest_first = parameters.get("ScanBy", "TimestampDescending") == "TimestampDescending"
        items.sort(key=lambda pair: pair[0].at, reverse=newest_first)
        return {
            "AlarmHistoryItems": [
                {
                    "AlarmName": alarm.name,
                    "AlarmType": _TYPES[type(alarm)],
                    "Timestamp": time(item.at),
                    "HistoryItemType": item.type,
                    "HistorySummary": item.summary,
                    "HistoryData": item.data,
                }
                for item, alarm in items[: parameters.get("MaxRecords", 100)]
            ]
        }

    async def _set_alarm_state(self, parameters: Parameters) -> Parameters:
        name = parameters["AlarmName"]
        self._status(name)
        if parameters["StateValue"] not in list(State):
            raise ApiError("ValidationError", f"StateValue must be one of {', '.join(State)}.")
        data = parameters.get("StateReasonData", "{}")
        try:
            json.loads(data)
        except ValueError as error:
            raise ApiError("InvalidFormat", f"StateReasonData is not JSON: {error}") from error
        await self._alarms.set_state(
            name, State(parameters["StateValue"]), parameters["StateReason"], data, self._clock()
        )
        return {}

    async def _enable_alarm_actions(self, parameters: Parameters) -> Parameters:
        for name in parameters["AlarmNames"]:
            self._status(name).actions_enabled = True
        return {}

    async def _disable_alarm_actions(self, parameters: Parameters) -> Parameters:
        for name in parameters["AlarmNames"]:
            self._status(name).actions_enabled = False
        return {}

    def _status(self, name: str) -> AlarmStatus | CompositeStatus:
        if name not in self._alarms.every:
            raise ApiError("ResourceNotFound", f"There is no alarm {name}.", status=404)
        return self._alarms.every[name]


def _described_composite(status: CompositeStatus) -> dict[str, Any]:
    return _common(status) | {"AlarmRule": status.alarm.rule}


def _common(status: AlarmStatus | CompositeStatus) -> dict[str, Any]:
    alarm = status.alarm
    return {
        "AlarmName": alarm.name,
        "AlarmArn": alarm.arn,
        "AlarmDescription": alarm.description,
        "ActionsEnabled": status.actions_enabled,
        "OKActions": list(alarm.ok_actions),
        "AlarmActions": list(alarm.alarm_actions),
        "InsufficientDataActions": list(alarm.insufficient_data_actions),
        "StateValue": status.state.value,
        "StateReason": status.reason,
        "StateReasonData": status.reason_data,
        "StateUpdatedTimestamp": time(status.updated_at),
        "StateTransitionedTimestamp": time(status.transitioned_at),
    }


def _described(status: AlarmStatus) -> dict[str, Any]:
    alarm = status.alarm
    described = _common(status) | {
        "EvaluationPeriods": alarm.evaluation_periods,
        "DatapointsToAlarm": alarm.datapoints_to_alarm,
        "Threshold": alarm.threshold,
        "ComparisonOperator": alarm.comparison,
        "TreatMissingData": alarm.treat_missing_data,
    }
    query = _only_metric(alarm)
    if query is None or query.metric is None:
        return described | {"Metrics": [_query(alarm, query) for query in alarm.queries]}
    kind = "Statistic" if query.statistic in STATISTICS else "ExtendedStatistic"
    return described | {
        "Namespace": query.metric.namespace,
        "MetricName": query.metric.name,
        "Dimensions": dimensions_of(query.metric),
        "Period": alarm.period_s,
        kind: query.statistic,
    }


def _only_metric(alarm: Alarm) -> MetricQuery | None:
    """The query of an alarm on one plain metric."""
    return alarm.queries[0] if len(alarm.queries) == 1 else None


def _query(alarm: Alarm, query: MetricQuery) -> dict[str, Any]:
    described: dict[str, Any] = {"Id": query.id, "ReturnData": query.return_data}
    if query.metric is None:
        return described | {"Expression": query.expression}
    metric = {
        "Namespace": query.metric.namespace,
        "MetricName": query.metric.name,
        "Dimensions": dimensions_of(query.metric),
    }
    return described | {"MetricStat": {"Metric": metric, "Period": alarm.period_s, "Stat": query.statistic}}
