"""Why an alarm is in its state, in CloudWatch's words, as notifications and DescribeAlarms show it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from sandbox.declaration import Alarm
from sandbox.monitoring.alarms.state import Point, State, Verdict

INITIAL = "Unchecked: Initial alarm creation"

_WORDS = {
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "GreaterThanThreshold": "greater than",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}
_TREATED = {"breaching": "Breaching", "notBreaching": "NonBreaching"}


def reason(alarm: Alarm, current: State, verdict: Verdict) -> str:
    """The sentence for `verdict` on `alarm`, which was in state `current`."""
    periods = alarm.evaluation_periods
    missing = periods - len(verdict.breaching) - len(verdict.within)
    if verdict.state is State.INSUFFICIENT_DATA:
        return f"Insufficient Data: {_counted(missing, 'datapoint')} unknown."
    filled = f"{_counted(missing, 'missing datapoint')} treated as [{_TREATED.get(verdict.treated, 'Missing')}]"
    if missing == periods:
        return f"Threshold Crossed: no datapoints were received for {_count(periods, 'period')} and {filled}."
    alarming = verdict.state is State.ALARM
    shown = (verdict.breaching or verdict.within) if alarming else (verdict.within or verdict.breaching)
    verb = "was" if len(shown) == 1 else "were"
    negated = "not " if shown is verdict.within else ""
    needed = alarm.datapoints_to_alarm if alarming else periods - alarm.datapoints_to_alarm + 1
    return (
        f"Threshold Crossed: {len(shown)} out of the last {_count(periods, 'datapoint')} [{_listed(shown)}] {verb} "
        f"{negated}{_WORDS[alarm.comparison]} the threshold ({float(alarm.threshold)})"
        f"{f' and {filled}' if missing else ''} "
        f"(minimum {_count(needed, 'datapoint')} for {current} -> {verdict.state} transition)."
    )


def reason_data(alarm: Alarm, points: Sequence[Point], at: float) -> str:
    """The JSON of StateReasonData for an evaluation at `at` over `points`, oldest first."""
    known = [point for point in points if point.value is not None]
    data = {
        "version": "1.0",
        "queryDate": _date(at),
        "startDate": _date(points[0].at),
        "period": alarm.period_s,
        "recentDatapoints": [point.value for point in known],
        "threshold": float(alarm.threshold),
        "evaluatedDatapoints": [
            {"timestamp": _date(point.at), "value": point.value} for point in known[-alarm.evaluation_periods :][::-1]
        ],
    }
    return json.dumps(data)


def _listed(points: Sequence[Point]) -> str:
    return ", ".join(
        f"{point.value} ({datetime.fromtimestamp(point.at, UTC):%d/%m/%y %H:%M:%S})" for point in points[::-1]
    )


def _date(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _counted(number: int, noun: str) -> str:
    return f"{_count(number, noun)} {'was' if number == 1 else 'were'}"
