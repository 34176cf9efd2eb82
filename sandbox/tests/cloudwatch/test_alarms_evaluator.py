import asyncio
import json
from dataclasses import replace

import pytest

from sandbox.declaration import Metric, MetricQuery
from sandbox.errors import PlanError, SandboxError
from sandbox.monitoring.alarms import AlarmEvaluator, State, validate
from sandbox.monitoring.alarms.evaluator import LAG_S
from sandbox.monitoring.metrics import Metrics

READINGS = ("configured", "dynamodb-ignored")
MINUTE = 60


def an_evaluator(*alarms, metrics=None, changes=None, **options):
    async def remember(transition):
        if changes is not None:
            changes.append(transition)

    return AlarmEvaluator(alarms, metrics=metrics or Metrics(), on_change=remember, created_at=0.0, **options)


def throttle(metrics, at, namespace="AWS/DynamoDB"):
    metrics.record(namespace, "ReadThrottleEvents", {"TableName": "dev-location"}, 1.0, "Count", at)


def states(evaluator, boundaries):
    """The state of the only alarm after the evaluation at each of `boundaries`."""
    (status,) = evaluator.statuses.values()
    seen = []
    for boundary in boundaries:
        evaluator.evaluate(boundary)
        seen.append(status.state.value)
    return seen


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("expression", ["FILL(throttles, 0)", "MAX([throttles, TIME_SERIES(0)])"])
def test_a_filled_alarm_on_throttles_fires_and_recovers_without_any_data_before_or_after(an_alarm, expression, reading):
    metrics = Metrics()
    evaluator = an_evaluator(
        an_alarm(expression=expression, namespace="AWS/DynamoDB"), metrics=metrics, missing_data=reading
    )
    idle = states(evaluator, [1 * MINUTE, 2 * MINUTE])
    throttle(metrics, 2.5 * MINUTE)
    throttle(metrics, 3.5 * MINUTE)
    throttled = states(evaluator, [3 * MINUTE, 4 * MINUTE])
    idle_again = states(evaluator, [minute * MINUTE for minute in range(5, 15)])

    assert (idle, throttled, idle_again) == (["OK"] * 2, ["ALARM"] * 2, ["OK"] * 10)


@pytest.mark.parametrize("reading", READINGS)
def test_a_filled_alarm_of_several_periods_sees_throttles_that_are_published_late(an_alarm, reading):
    alarm = an_alarm(expression="FILL(throttles, 0)", namespace="AWS/DynamoDB", evaluation_periods=3)
    metrics = Metrics()
    evaluator = an_evaluator(alarm, metrics=metrics, missing_data=reading)
    before = states(evaluator, [1 * MINUTE, 2 * MINUTE])
    throttle(metrics, 0.5 * MINUTE)

    assert before == ["OK", "OK"]
    assert states(evaluator, [3 * MINUTE, 4 * MINUTE, 5 * MINUTE]) == ["ALARM", "OK", "OK"]


def test_a_filled_alarm_of_one_period_misses_throttles_that_are_published_late(an_alarm):
    metrics = Metrics()
    evaluator = an_evaluator(an_alarm(expression="FILL(throttles, 0)", namespace="AWS/DynamoDB"), metrics=metrics)
    before = states(evaluator, [1 * MINUTE])
    throttle(metrics, 0.5 * MINUTE)

    assert before + states(evaluator, [2 * MINUTE, 3 * MINUTE]) == ["OK"] * 3


@pytest.mark.parametrize("expression", [None, "throttles", "FILL(throttles, 0) + 0 * consumed"])
@pytest.mark.parametrize(
    ("reading", "after"), [("configured", ["ALARM", "ALARM", "OK"]), ("dynamodb-ignored", ["ALARM"] * 3)]
)
def test_an_alarm_that_has_no_value_when_idle_recovers_late_or_never(an_alarm, expression, reading, after):
    consumed = Metric("AWS/DynamoDB", "ConsumedReadCapacityUnits", (("TableName", "dev-location"),))
    alarm = an_alarm(expression=expression, namespace="AWS/DynamoDB")
    queries = (*alarm.queries, MetricQuery("consumed", consumed, "Sum", None, return_data=False))
    metrics = Metrics()
    evaluator = an_evaluator(replace(alarm, queries=queries), metrics=metrics, missing_data=reading)
    throttle(metrics, 0.5 * MINUTE)
    metrics.record_many(consumed, 1.0, 1.0, "Count", 0.5 * MINUTE)

    assert states(evaluator, [1 * MINUTE]) == ["ALARM"]
    assert states(evaluator, [2 * MINUTE, 3 * MINUTE, 4 * MINUTE]) == after


def test_an_alarm_begins_without_data_and_says_so(an_alarm):
    (status,) = an_evaluator(an_alarm()).statuses.values()

    assert (status.state, status.reason) == (State.INSUFFICIENT_DATA, "Unchecked: Initial alarm creation")
    assert [item.summary for item in status.history] == ['Alarm "dev-location-read-throttle" created']


def test_only_a_change_of_state_is_a_transition_and_it_names_its_actions(an_alarm):
    metrics = Metrics()
    evaluator = an_evaluator(an_alarm(alarm_actions=("arn:aws:sns:::a",), ok_actions=()), metrics=metrics)
    throttle(metrics, 70.0, "Services")

    transitions = [
        (transition.old, transition.new, transition.at, transition.actions)
        for boundary in (60, 120, 180)
        for transition in evaluator.evaluate(boundary)
    ]

    assert transitions == [
        (State.INSUFFICIENT_DATA, State.OK, 60 + LAG_S, ()),
        (State.OK, State.ALARM, 120 + LAG_S, ("arn:aws:sns:::a",)),
    ]


def test_disabled_actions_are_not_acted_on(an_alarm):
    evaluator = an_evaluator(an_alarm())
    evaluator.statuses["dev-location-read-throttle"].actions_enabled = False

    (transition,) = evaluator.evaluate(60)

    assert (transition.new, transition.actions) == (State.OK, ())


def test_the_history_tells_the_states_and_reasons_of_a_transition(an_alarm):
    metrics = Metrics()
    throttle(metrics, 30.0, "Services")
    evaluator = an_evaluator(an_alarm(), metrics=metrics)
    evaluator.evaluate(60)

    item = evaluator.statuses["dev-location-read-throttle"].history[-1]
    data = json.loads(item.data)

    assert (item.type, item.summary) == ("StateUpdate", "Alarm updated from INSUFFICIENT_DATA to ALARM")
    assert data["oldState"]["stateReason"] == "Unchecked: Initial alarm creation"
    assert data["newState"]["stateReason"].startswith("Threshold Crossed: 1 out of the last 1 datapoint [1.0")
    assert data["newState"]["stateReasonData"]["recentDatapoints"] == [1.0]


def test_an_alarm_of_a_long_period_is_evaluated_every_minute_over_the_period_that_ends_there(an_alarm):
    metrics = Metrics()
    evaluator = an_evaluator(an_alarm(expression="FILL(throttles, 0)", period_s=300), metrics=metrics)
    throttle(metrics, 370.0, "Services")

    seen = states(evaluator, range(360, 361 + 7 * MINUTE, MINUTE))

    assert seen == ["OK", "ALARM", "ALARM", "ALARM", "ALARM", "ALARM", "OK", "OK"]


def test_an_alarm_of_a_short_period_is_evaluated_every_ten_seconds(an_alarm):
    metrics = Metrics()
    evaluator = an_evaluator(an_alarm(expression="FILL(throttles, 0)", period_s=20), metrics=metrics)
    throttle(metrics, 15.0, "Services")

    assert states(evaluator, [10, 15, 20, 30, 40]) == ["OK", "OK", "ALARM", "ALARM", "OK"]


def test_the_factor_makes_every_period_shorter(an_alarm):
    metrics = Metrics()
    evaluator = an_evaluator(an_alarm(expression="FILL(throttles, 0)"), metrics=metrics, period_factor=30.0)
    throttle(metrics, 3.0, "Services")

    assert states(evaluator, [2, 4, 6]) == ["OK", "ALARM", "OK"]


@pytest.mark.parametrize("factor", [7.0, 120.0])
def test_a_factor_that_does_not_divide_the_period_is_refused(an_alarm, factor):
    with pytest.raises(SandboxError, match="is not a whole number of seconds"):
        an_evaluator(an_alarm(), period_factor=factor)


def test_setting_a_state_acts_and_lasts_until_the_next_evaluation(an_alarm):
    changes = []
    evaluator = an_evaluator(an_alarm(), changes=changes)

    asyncio.run(evaluator.set_state("dev-location-read-throttle", State.ALARM, "a drill", "{}", 30.0))
    after = states(evaluator, [60])

    assert [(change.new, change.reason) for change in changes] == [(State.ALARM, "a drill")]
    assert after == ["OK"]


def test_running_evaluates_at_once_and_then_at_the_boundaries_of_the_clock_after_a_lag(an_alarm):
    now = [100.0]
    waits = []
    changes = []

    async def sleep(delay):
        waits.append(delay)
        now[0] += delay
        if len(waits) > 2:
            raise asyncio.CancelledError

    metrics = Metrics()
    throttle(metrics, 130.0, "Services")
    evaluator = an_evaluator(an_alarm(), metrics=metrics, changes=changes, clock=lambda: now[0], sleep=sleep)

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(evaluator.run())

    assert waits == [20 + LAG_S, 60, 60]
    assert [(change.new, change.at) for change in changes] == [(State.OK, 100), (State.ALARM, 180 + LAG_S)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"expression": "RATE(throttles)"}, "alarm dev-location-read-throttle: e: the sandbox does not evaluate RATE"),
        ({"comparison": "GreaterThanUpperThreshold"}, "does not evaluate the comparison GreaterThanUpperThreshold"),
        ({"period_s": 45}, "a period is 10, 20 or 30 seconds or a multiple of 60, not 45"),
        ({"datapoints_to_alarm": 2}, "2 of 1 datapoints cannot be evaluated"),
        ({"period_s": 3600, "evaluation_periods": 2}, "within the 3 hours for which metrics are kept"),
        ({"treat_missing_data": "maybe"}, "missing data cannot be treated as maybe"),
        ({"alarm_actions": ("arn:aws:automate:us-east-1:ec2:stop",)}, "acts on SNS topics only"),
        ({"queries": (MetricQuery("e", None, None, "TIME_SERIES(1)", return_data=True),)}, "must read a metric"),
        (
            {"queries": (MetricQuery("m", Metric("S", "N", ()), "Sum", None, return_data=False),)},
            "exactly one query must return data",
        ),
    ],
)
def test_what_cannot_be_evaluated_is_refused_before_it_is_evaluated(an_alarm, changes, message):
    with pytest.raises(PlanError, match=message):
        validate(an_alarm(**changes))
