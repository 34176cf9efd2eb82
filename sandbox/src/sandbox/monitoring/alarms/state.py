"""The state machine of a metric alarm. Pure: the points of the evaluation range in, a state with its reason out.

Source, where nothing else is cited: "Configuring how CloudWatch alarms treat missing data" (the page),
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from sandbox.declaration import Alarm

MissingData = Literal["configured", "dynamodb-ignored"]
"""Two documented readings of missing data in alarms on metrics of AWS/DynamoDB.

`configured`: as the alarm says; the page has it that such alarms "default to ignore missing data. You can override
this". `dynamodb-ignored`: "Alarms that evaluate metrics in the AWS/DynamoDB namespace always ignore missing data even
if you choose a different option for TreatMissingData", as the reference of PutMetricAlarm has it
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html).
"""

EXTRA_PERIODS = 2
"""The evaluation range is longer than the evaluation periods, by a number that AWS does not give; in the examples of
the page, an alarm of 3 periods has a range of 5."""

COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
"""The comparison operators of a static threshold."""


class State(StrEnum):
    """The states of an alarm."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


@dataclass(frozen=True, slots=True)
class Point:
    """The value of one period, None where it is missing; `at` is its start in seconds since the epoch."""

    at: float
    value: float | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one evaluation: the state, and the points it rests on, each oldest first.

    Where there are fewer points than evaluation periods, the others were missing and `treated` as this.
    """

    state: State
    breaching: tuple[Point, ...]
    within: tuple[Point, ...]
    treated: str


def evaluation_range(alarm: Alarm) -> int:
    """The number of periods that an evaluation looks at."""
    return alarm.evaluation_periods + EXTRA_PERIODS


def treatment(alarm: Alarm, reading: MissingData) -> str:
    """How `alarm` treats missing data in a `reading` of the documentation."""
    on_dynamodb = any(query.metric and query.metric.namespace == "AWS/DynamoDB" for query in alarm.queries)
    return "ignore" if reading == "dynamodb-ignored" and on_dynamodb else alarm.treat_missing_data


def evaluate(alarm: Alarm, points: Sequence[Point], reading: MissingData = "configured") -> Verdict | None:
    """Evaluate `alarm` over `points`: its evaluation range, oldest first.

    Returns:
        The verdict, or None where missing data is ignored and the alarm stays as it is.
    """
    real = [point for point in points if point.value is not None][-alarm.evaluation_periods :]
    breaching = tuple(point for point in real if _breaches(alarm, point))
    within = tuple(point for point in real if not _breaches(alarm, point))
    treated = treatment(alarm, reading)
    state = _decide(alarm, points, len(breaching), len(within), treated)
    return None if state is None else Verdict(state, breaching, within, treated)


def _breaches(alarm: Alarm, point: Point) -> bool:
    return point.value is not None and COMPARISONS[alarm.comparison](point.value, alarm.threshold)


def _decide(alarm: Alarm, points: Sequence[Point], breaching: int, within: int, treated: str) -> State | None:
    needed = alarm.datapoints_to_alarm
    missing = alarm.evaluation_periods - breaching - within
    if breaching >= needed:
        return State.ALARM
    if missing == 0 or treated == "notBreaching":
        return State.OK
    if treated == "breaching":
        return State.ALARM if breaching + missing >= needed else State.OK
    if within:  # as in the rows `0 - - - -` and `0 - X - -` of the page
        return State.OK
    if treated == "ignore":
        return None
    # "If the oldest breaching data point during the evaluation range is at least as old as the value of Datapoints to
    # Alarm, and all of the more recent data points are either breaching or missing, the alarm goes into ALARM state".
    ages = range(len(points), 0, -1)
    oldest = next((age for age, point in zip(ages, points, strict=True) if point.value is not None), 0)
    # Of a younger one the page says only that the alarm "does not go immediately into ALARM state"; its edition of
    # 2019 had a row `- - - - X` with this state.
    return State.ALARM if oldest >= needed else State.INSUFFICIENT_DATA
