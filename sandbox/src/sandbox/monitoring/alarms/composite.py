"""Composite alarms: evaluated whenever an alarm that they refer to has changed, each after those that it refers to.

"When this operation creates an alarm, the alarm state is immediately set to INSUFFICIENT_DATA. The alarm is then
evaluated and its state is set appropriately"; a cycle stops the evaluation, and is refused here.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from graphlib import CycleError, TopologicalSorter

from sandbox.declaration import CompositeAlarm
from sandbox.errors import PlanError
from sandbox.monitoring.alarms.rule import Rule, RuleError, parse
from sandbox.monitoring.alarms.state import State
from sandbox.monitoring.alarms.status import AlarmStatus, CompositeStatus, Status, Transition

MAX_NAMES = 100
"""The most alarms that one rule refers to, by the page above."""


def rule_of(alarm: CompositeAlarm, names: Iterable[str]) -> Rule:
    """The rule of `alarm`, where there are the alarms of `names`.

    Raises:
        PlanError: It is no rule, or refers to an alarm that is not there.
    """
    try:
        rule = parse(alarm.rule)
    except RuleError as error:
        raise PlanError(f"alarm {alarm.name}: alarm_rule: {error}") from None
    if missing := sorted(rule.names - set(names)):
        raise PlanError(f"alarm {alarm.name}: no plan declares the alarm {', '.join(missing)} of its alarm_rule")
    if len(rule.names) > MAX_NAMES:
        raise PlanError(f"alarm {alarm.name}: its alarm_rule refers to more than {MAX_NAMES} alarms")
    return rule


class Composites:
    """The composite alarms over metric alarms, whose statuses are shared.

    Raises:
        PlanError: A rule is none, refers to an alarm that is not there, or to itself.
    """

    def __init__(
        self, alarms: Iterable[CompositeAlarm], metric_alarms: Mapping[str, AlarmStatus], *, created_at: float
    ) -> None:
        declared = {alarm.name: alarm for alarm in alarms}
        rules = {name: rule_of(alarm, {*metric_alarms, *declared}) for name, alarm in declared.items()}
        try:
            order = [*TopologicalSorter({name: rule.names for name, rule in rules.items()}).static_order()]
        except CycleError as error:
            raise PlanError(f"alarm {error.args[1][0]}: its alarm_rule refers to itself") from None
        self.statuses = {
            name: CompositeStatus(alarm=declared[name], created_at=created_at, rule=rules[name])
            for name in order
            if name in declared
        }
        self._all: Mapping[str, Status[CompositeAlarm] | AlarmStatus] = {**metric_alarms, **self.statuses}

    def evaluate(self, at: float) -> list[Transition]:
        """Evaluate every composite alarm, in the order of what they refer to."""
        transitions = []
        for status in self.statuses.values():
            held = status.rule.holds({name: self._all[name].state for name in status.rule.names})
            new = State.ALARM if held else State.OK
            if new is not status.state and (transition := status.change(new, *self._reason(status), at)):
                transitions.append(transition)
        return transitions

    def _reason(self, status: CompositeStatus) -> tuple[str, str]:
        """Why, in CloudWatch's words and data: the child that changed last.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
        """
        children = [self._all[name] for name in sorted(status.rule.names)]
        if not children:
            return "The alarm rule is constant", "{}"
        last = max(children, key=lambda child: child.transitioned_at)
        at = datetime.fromtimestamp(last.transitioned_at, UTC)
        timestamp = at.isoformat(timespec="milliseconds").replace("+00:00", "+0000")
        triggering = {"arn": last.alarm.arn, "state": {"value": last.state, "timestamp": timestamp}}
        words = f"{last.alarm.arn} transitioned to {last.state} at {at:%A %d %B, %Y %H:%M:%S} UTC"
        return words, json.dumps({"triggeringAlarms": [triggering]})
