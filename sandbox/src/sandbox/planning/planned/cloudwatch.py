"""Reads alarms and log groups."""

from collections.abc import Mapping
from typing import Any

from sandbox.declaration import Alarm, CompositeAlarm, LogGroup, Metric, MetricQuery
from sandbox.errors import PlanError
from sandbox.planning.planned.item import Item, Items


def log_groups(items: Items) -> tuple[LogGroup, ...]:
    """Every log group; Terraform writes 0 days for "never expire"."""
    return tuple(
        LogGroup(name=item["name"], arn=item["arn"], retention_days=item.get("retention_in_days") or None)
        for item in items.of("aws_cloudwatch_log_group")
    )


def alarms(items: Items) -> tuple[Alarm, ...]:
    """Every metric alarm."""
    return tuple(alarm(item) for item in items.of("aws_cloudwatch_metric_alarm"))


def composite_alarms(items: Items) -> tuple[CompositeAlarm, ...]:
    """Every composite alarm."""
    return tuple(
        CompositeAlarm(
            name=item["alarm_name"],
            arn=item["arn"],
            description=item.get("alarm_description", ""),
            rule=item["alarm_rule"],
            alarm_actions=tuple(item.get("alarm_actions", ())),
            ok_actions=tuple(item.get("ok_actions", ())),
            insufficient_data_actions=tuple(item.get("insufficient_data_actions", ())),
        )
        for item in items.of("aws_cloudwatch_composite_alarm")
    )


def alarm(item: Item) -> Alarm:
    """One metric alarm."""
    queries, period_s = _queries(item)
    evaluation_periods = item["evaluation_periods"]
    return Alarm(
        name=item["alarm_name"],
        arn=item["arn"],
        description=item.get("alarm_description", ""),
        queries=queries,
        period_s=period_s,
        comparison=item["comparison_operator"],
        threshold=float(item["threshold"]),
        evaluation_periods=evaluation_periods,
        datapoints_to_alarm=item.get("datapoints_to_alarm") or evaluation_periods,
        treat_missing_data=item["treat_missing_data"],
        alarm_actions=tuple(item.get("alarm_actions", ())),
        ok_actions=tuple(item.get("ok_actions", ())),
        insufficient_data_actions=tuple(item.get("insufficient_data_actions", ())),
    )


def _queries(item: Item) -> tuple[tuple[MetricQuery, ...], int]:
    blocks = item.get("metric_query", [])
    if not blocks:
        metric = _metric(item["namespace"], item["metric_name"], item.get("dimensions"))
        statistic = item.get("statistic") or item["extended_statistic"]
        return (MetricQuery("m", metric, statistic, None, return_data=True),), item["period"]
    # The period of an expression is that of its metrics; the planned resources say it once in each.
    periods = {block["metric"][0]["period"] for block in blocks if block["metric"]}
    if len(periods) != 1:
        raise PlanError(f"{item.address}: its metrics have {len(periods)} periods, and the sandbox evaluates one")
    return tuple(_query(block) for block in blocks), periods.pop()


def _query(block: Mapping[str, Any]) -> MetricQuery:
    if not block["metric"]:
        return MetricQuery(block["id"], None, None, block["expression"], return_data=bool(block["return_data"]))
    metric = block["metric"][0]
    identity = _metric(metric["namespace"], metric["metric_name"], metric.get("dimensions"))
    return MetricQuery(block["id"], identity, metric["stat"], None, return_data=bool(block["return_data"]))


def _metric(namespace: str, name: str, dimensions: Mapping[str, str] | None) -> Metric:
    return Metric(namespace=namespace, name=name, dimensions=tuple(sorted((dimensions or {}).items())))
