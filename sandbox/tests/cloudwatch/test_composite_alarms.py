"""Composite alarms: their rules, and how they follow the alarms that they refer to."""

import asyncio
import json

import pytest

from sandbox.errors import PlanError
from sandbox.monitoring.alarms import AlarmEvaluator, State
from sandbox.monitoring.alarms.rule import RuleError, parse
from sandbox.monitoring.metrics import Metrics

STATES = {"a": State.ALARM, "b": State.OK, "c": State.INSUFFICIENT_DATA, "a b": State.ALARM, "t/x": State.OK}
MINUTE = 60


@pytest.mark.parametrize(
    ("rule", "held"),
    [
        ('ALARM("a")', True),
        ("ALARM(a)", True),
        ("OK(a)", False),
        ("INSUFFICIENT_DATA(c)", True),
        ("ALARM(arn:aws:cloudwatch:us-east-1:123456789012:alarm:a)", True),
        ('OK("t/x") AND ALARM("a b")', True),
        ("TRUE", True),
        ("FALSE OR NOT FALSE", True),
        ("NOT ALARM(a)", False),
        ("NOT NOT ALARM(a)", True),
        # AND binds tighter than OR, and brackets tighter than both.
        ("ALARM(a) OR ALARM(b) AND ALARM(b)", True),
        ("(ALARM(a) OR ALARM(b)) AND ALARM(b)", False),
        ("NOT (ALARM(b) OR OK(a)) AND ( ALARM ( a ) )", True),
    ],
)
def test_a_rule_is_true_of_the_states_that_it_says(rule, held):
    assert parse(rule).holds(STATES) is held


def test_a_rule_names_the_alarms_that_it_refers_to():
    assert parse('ALARM("a") OR (OK(b) AND NOT ALARM("t/x"))').names == {"a", "b", "t/x"}


@pytest.mark.parametrize(
    "rule",
    ["", "ALARM", "ALARM()", "ALARM(a", "ALARM(a) ALARM(b)", "ALARM(a) AND", "AND ALARM(a)", "(ALARM(a)", "alarm(a)",
     "ALARM(a))", "ALARM(a) or ALARM(b)", "AT_LEAST(1, ALARM, (a, b))", "NOT"],
)  # fmt: skip
def test_what_is_no_rule_is_refused(rule):
    with pytest.raises(RuleError, match=r"expected .*, found "):
        parse(rule)


def an_evaluator(alarms, composites, metrics=None, changes=None):
    async def remember(transition):
        if changes is not None:
            changes.append((transition.alarm.name, transition.new.value))

    return AlarmEvaluator(
        alarms,
        composites=composites,
        metrics=metrics or Metrics(),
        on_change=remember,
        created_at=0.0,
        clock=lambda: MINUTE + 1.0,
    )


def test_a_composite_alarm_fires_and_recovers_with_an_alarm_of_its_rule(an_alarm, a_composite):
    metrics = Metrics()
    composite = a_composite('ALARM("dev-location-read-throttle")')
    evaluator = an_evaluator([an_alarm()], [composite], metrics)
    metrics.record("Services", "ReadThrottleEvents", {"TableName": "dev-location"}, 1.0, "Count", 90.0)

    seen = [
        [(transition.alarm.name, transition.new.value, transition.actions) for transition in transitions]
        for transitions in (evaluator.evaluate_new(), evaluator.evaluate(2 * MINUTE), evaluator.evaluate(6 * MINUTE))
    ]

    topic = composite.alarm_actions
    assert seen == [
        [("dev-location-read-throttle", state, topic), ("dev-location-unhealthy", state, topic)]
        for state in ("OK", "ALARM", "OK")
    ]


def test_a_composite_alarm_says_which_alarm_set_it_off(an_alarm, a_composite):
    evaluator = an_evaluator(
        [an_alarm(name="one"), an_alarm(name="other", arn="arn:of:other")],
        [a_composite("ALARM(one) OR ALARM(other)", "top")],
    )
    evaluator.evaluate_new()
    asyncio.run(evaluator.set_state("other", State.ALARM, "drill", "{}", 120.0))
    status = evaluator.composites["top"]

    assert status.state is State.ALARM
    assert status.reason == "arn:of:other transitioned to ALARM at Thursday 01 January, 1970 00:02:00 UTC"
    (child,) = json.loads(status.reason_data)["triggeringAlarms"]
    assert child == {"arn": "arn:of:other", "state": {"value": "ALARM", "timestamp": "1970-01-01T00:02:00.000+0000"}}
    assert [item.summary for item in status.history][-1] == "Alarm updated from OK to ALARM"


def test_composite_alarms_follow_each_other_whatever_the_order_in_which_they_are_declared(an_alarm, a_composite):
    changes = []
    evaluator = an_evaluator(
        [an_alarm(name="leaf")],
        [a_composite("ALARM(middle)", "top"), a_composite("ALARM(leaf)", "middle")],
        changes=changes,
    )
    evaluator.evaluate_new()
    asyncio.run(evaluator.set_state("leaf", State.ALARM, "drill", "{}", 120.0))

    assert changes == [("leaf", "ALARM"), ("middle", "ALARM"), ("top", "ALARM")]


def test_a_state_set_by_hand_lasts_until_an_alarm_of_the_rule_changes(an_alarm, a_composite):
    evaluator = an_evaluator([an_alarm(name="leaf")], [a_composite("ALARM(leaf)", "top")])
    evaluator.evaluate_new()
    asyncio.run(evaluator.set_state("top", State.ALARM, "drill", "{}", 61.0))
    evaluator.evaluate(2 * MINUTE)
    by_hand = evaluator.composites["top"].state
    asyncio.run(evaluator.set_state("leaf", State.INSUFFICIENT_DATA, "drill", "{}", 150.0))

    assert (by_hand, evaluator.composites["top"].state) == (State.ALARM, State.OK)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("ALARM(absent)", "alarm top: no plan declares the alarm absent of its alarm_rule"),
        ("ALARM(top)", "alarm top: its alarm_rule refers to itself"),
        ("ALARM leaf", "alarm top: alarm_rule: expected ALARM"),
        (" OR ".join(f"ALARM(leaf{number})" for number in range(101)), "refers to more than 100 alarms"),
    ],
)
def test_a_rule_that_cannot_be_evaluated_is_refused_when_the_alarms_are_made(an_alarm, a_composite, rule, message):
    alarms = [an_alarm(name="leaf"), *(an_alarm(name=f"leaf{number}") for number in range(101))]
    with pytest.raises(PlanError, match=message):
        an_evaluator(alarms, [a_composite(rule, "top")])
