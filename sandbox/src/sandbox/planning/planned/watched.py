"""Refuses what could never have data or never act: alarms, dashboards and saved queries that watch nothing."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sandbox.declaration import Alarm, CheckedResource, CompositeAlarm, Declaration, Metric
from sandbox.errors import PlanError
from sandbox.monitoring.alarms.composite import rule_of
from sandbox.monitoring.watched import Watched, World, faults, not_emitted_here
from sandbox.planning.plan import Plan
from sandbox.planning.planned import cloudwatch
from sandbox.planning.planned.item import Item, Items


def check(items: Items, declaration: Declaration, plans: Sequence[Plan]) -> tuple[CheckedResource, ...]:
    """Check everything that reads a metric, the state of an alarm or a log group.

    Returns:
        The alarms that AWS would evaluate on data that no sandbox has.

    Raises:
        PlanError: something watches what is not there; the message lists each fault by its address.
    """
    world = _world(items, declaration, plans)
    alarms = [(item, cloudwatch.alarm(item)) for item in items.of("aws_cloudwatch_metric_alarm")]
    watched = [one for item, alarm in alarms for one in _of_alarm(item, alarm)]
    found = [
        *faults(watched, world),
        *_composite_faults(items, declaration),
        *(fault for item in items.of("aws_cloudwatch_dashboard") for fault in _of_dashboard(item, world, declaration)),
        *_query_faults(items, declaration),
    ]
    if found:
        raise PlanError(f"this declaration watches what has no data: {'; '.join(found)}")
    reasons = {one.where: reason for one in watched if (reason := not_emitted_here(one.metric))}
    kind = "aws_cloudwatch_metric_alarm"
    return tuple(CheckedResource(where, kind, f"has no data here: {why}") for where, why in reasons.items())


def _world(items: Items, declaration: Declaration, plans: Sequence[Plan]) -> World:
    emitted = {plan.name: frozenset(plan.outputs.get("metrics", ())) for plan in plans}
    own: dict[str, dict[str, frozenset[str]]] = {}
    for item in items.of("aws_lambda_function"):
        variables = item.block("environment").get("variables") or {}
        namespace, service = (variables.get(f"POWERTOOLS_{name}") for name in ("METRICS_NAMESPACE", "SERVICE_NAME"))
        if namespace and service:
            own.setdefault(namespace, {})[service] = emitted[item.resource.root]
    return World(
        tables={table.name: frozenset(index.name for index in table.indexes) for table in declaration.tables},
        functions={function.name: frozenset(function.aliases) for function in declaration.functions},
        apis={api.name: frozenset(stage.name for stage in api.stages) for api in declaration.apis},
        rules=frozenset(item["name"] for item in items.of("aws_cloudwatch_event_rule")),
        pipelines=frozenset(item["name"] for item in items.of("aws_codepipeline")),
        own=own,
    )


def _of_alarm(item: Item, alarm: Alarm) -> Iterator[Watched]:
    for query in alarm.queries:
        if query.metric is not None:
            yield Watched(item.address, query.metric, str(query.statistic), alarm.period_s)


def _composite_faults(items: Items, declaration: Declaration) -> Iterator[str]:
    names = {alarm.name for alarm in _alarms(declaration)}
    addresses = {item["alarm_name"]: item.address for item in items.of("aws_cloudwatch_composite_alarm")}
    for alarm in declaration.composite_alarms:
        try:
            rule_of(alarm, names)
        except PlanError as error:
            yield f"{addresses[alarm.name]}: {error}"


def _query_faults(items: Items, declaration: Declaration) -> Iterator[str]:
    groups = {group.name for group in declaration.log_groups}
    for item in items.of("aws_cloudwatch_query_definition"):
        for group in item.get("log_group_names", ()):
            if group not in groups:
                yield f"{item.address}: no plan declares the log group {group}"


def _of_dashboard(item: Item, world: World, declaration: Declaration) -> Iterator[str]:
    """The faults of a dashboard.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
    """
    arns = {alarm.arn for alarm in _alarms(declaration)}
    for widget in (item.document("dashboard_body") or {}).get("widgets", ()):
        properties = widget.get("properties", {})
        match widget["type"]:
            case "metric":
                yield from faults(_of_widget(item, properties), world)
            case "alarm":
                missing = sorted(set(properties["alarms"]) - arns)
                yield from (f"{item.address}: no plan declares the alarm {arn} that it shows" for arn in missing)
            case "text":
                pass
            case kind:
                yield f"{item.address}: what a widget of type {kind} reads is not checked; take metric, alarm or text"


def _of_widget(item: Item, properties: Mapping[str, Any]) -> Iterator[Watched]:
    for entry in properties.get("metrics", ()):
        options = entry[-1] if isinstance(entry[-1], dict) else {}
        if "expression" in options:
            continue
        texts = [part for part in entry if isinstance(part, str)]
        if any(part.strip(".") == "" for part in texts):
            raise PlanError(f"{item.address}: {json.dumps(entry)}: write the metric out instead of repeating by dots")
        namespace, name, *rest = texts
        yield Watched(
            where=f"{item.address}: graph {properties.get('title', '')!r}",
            metric=Metric(namespace, name, tuple(sorted(zip(rest[::2], rest[1::2], strict=True)))),
            statistic=options.get("stat", properties.get("stat", "Average")),
            period_s=options.get("period", properties.get("period", 300)),
        )


def _alarms(declaration: Declaration) -> tuple[Alarm | CompositeAlarm, ...]:
    return (*declaration.alarms, *declaration.composite_alarms)
