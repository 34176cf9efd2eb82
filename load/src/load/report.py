"""What the person at the terminal reads: the plan, a line of progress, the summary; and the summary as JSON."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from load.cost import PRICES_AS_OF
from load.model import BURST_S, READ_UNIT_BYTES
from load.phases import Course, Outcome
from load.plan import Plan
from load.replies import Reply, Tally, percentile

type Row = tuple[str, str]


def _table(rows: Iterable[Row]) -> str:
    rows = list(rows)
    width = max(len(label) for label, _ in rows)
    return "\n".join(f"  {label:<{width}}  {value}" for label, value in rows)


def plan_rows(plan: Plan) -> list[Row]:
    """The demand of a plan and its prediction."""
    bucket, read = plan.bucket, plan.read
    consistency = "strongly" if read.consistent else "eventually"
    size = f"an item of {read.item_bytes} bytes" if read.item_bytes else "no item"
    rows = [
        ("capacity", f"{bucket.capacity_units_per_s:g} read units/s"),
        ("burst", f"{bucket.level_units:.0f} of {bucket.size_units:.0f} units ({bucket.fill:.0%} full), by estimate"),
        ("request", f"{read.units:g} units: {consistency} consistent, {size}, in blocks of {READ_UNIT_BYTES} bytes"),
        ("demand", f"{plan.demand_units_per_s:g} units/s = {plan.rate_per_s:g} requests/s"),
    ]
    if math.isinf(plan.predicted_s):
        return [*rows, ("throttles", "never")]
    return [
        *rows,
        ("throttles", f"after {plan.predicted_s:.1f} s, {plan.requests_to_throttle:.0f} requests"),
        ("cost on AWS", f"about {plan.usd(plan.predicted_s):.4f} USD until then, {plan.usd(60):.4f} USD a minute"),
    ]


ASSUMPTIONS = f"""\
Assumes that the table was full {BURST_S} s ago and that nothing else reads it; AWS does not publish the level of the
bucket, and gives burst capacity by best effort. List prices of us-east-1 as of {PRICES_AS_OF}, without a free tier."""


def plan_text(plan: Plan) -> str:
    """A plan for a person, with its warning and assumptions."""
    parts = [f"Plan for table {plan.table}", _table(plan_rows(plan))]
    if math.isinf(plan.predicted_s):
        parts.append(
            f"warning: the capacity of {plan.bucket.capacity_units_per_s:g} units/s serves this demand for ever; "
            "raise --demand"
        )
    return "\n".join([*parts, ASSUMPTIONS])


def _latencies(latencies_s: list[float]) -> str:
    if not latencies_s:
        return "p50 -  p99 -"
    return "  ".join(f"p{share * 100:.0f} {1000 * percentile(latencies_s, share):.0f} ms" for share in (0.5, 0.99))


class Progress:
    """Lines of progress; rates and latencies are those since the line before."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._at_s = 0.0
        self._started = 0
        self._answered = 0

    def line(self, course: Course, at_s: float) -> str:
        """A line for the instant `at_s`, in seconds since the drill began."""
        tally = self._tally
        rate_per_s = (tally.started - self._started) / max(at_s - self._at_s, 1e-9)
        recent = tally.latencies_s[self._answered :]
        self._at_s, self._started, self._answered = at_s, tally.started, len(tally.latencies_s)
        replies = "  ".join(f"{reply} {tally.replies[reply]}" for reply in Reply)
        return (
            f"{at_s:4.0f} s  {course.phase:<14}  {rate_per_s:6.1f}/s  {_latencies(recent):<22}  {replies}"
            f"  alarm {course.alarm or '-'}"
        )


@dataclass(frozen=True, slots=True)
class Summary:
    """A drill that ended.

    Attributes:
        title: Drill, service and environment.
        alarm: Name of the alarm.
        outcome: How it ended.
        plan: What was predicted.
        course: What happened.
        tally: The load.
        load_s: How long the load ran; 0 when it did not.
        trickle: The reads within the capacity that followed it.
        began_at: When the drill began, seconds since the epoch.
    """

    title: str
    alarm: str
    outcome: Outcome
    plan: Plan
    course: Course
    tally: Tally
    load_s: float
    trickle: Tally
    began_at: float

    @property
    def seen_to_predicted(self) -> float | None:
        """Seen by predicted seconds to the first throttled reply; None when there was none."""
        seen_s = self.tally.first_throttled_s
        return None if seen_s is None or not self.plan.predicted_s else seen_s / self.plan.predicted_s

    def _clock(self, at_s: float) -> datetime:
        return datetime.fromtimestamp(self.began_at + at_s, UTC)

    def text(self) -> str:
        """For a person."""
        tally, seen_s = self.tally, self.tally.first_throttled_s
        ratio = self.seen_to_predicted
        seen = "not seen" if seen_s is None else f"seen after {seen_s:.1f} s"
        predicted = f"predicted {self.plan.predicted_s:.1f} s" + (
            "" if ratio is None else f" (seen/predicted {ratio:.2f})"
        )
        worst_ms = 1000 * tally.worst_lateness_s
        failures = ", ".join(f"{what}: {times}" for what, times in tally.failures.most_common(5))
        rows = [
            *(row for row in plan_rows(self.plan) if row[0] in {"capacity", "burst", "request", "demand"}),
            ("first throttled", f"{seen}, {predicted}"),
            ("replies", ", ".join(f"{tally.replies[reply]} {reply}" for reply in Reply)),
            *([("failures", failures)] if failures else []),
            ("arrivals", f"{tally.started} in {self.load_s:.1f} s, {tally.late} late (worst {worst_ms:.0f} ms)"),
            ("latency", f"{_latencies(tally.latencies_s)}, from the scheduled instant"),
            ("afterwards", f"{self.trickle.answered} reads, {self.trickle.replies[Reply.THROTTLED]} of them throttled"),
            ("cost on AWS", f"about {self.plan.usd(self.load_s):.4f} USD (list prices as of {PRICES_AS_OF})"),
        ]
        timeline = [
            (f"{self._clock(event.at_s):%H:%M:%S}Z", f"{event.at_s:6.1f} s  {event.what}")
            for event in self.course.timeline
        ]
        return "\n".join([self.title, _table(rows), f"Timeline ({self.alarm})", _table(timeline or [("-", "")])])

    def document(self) -> dict[str, Any]:
        """For a program; times in seconds, instants in ISO 8601."""
        plan, tally = self.plan, self.tally
        return {
            "drill": self.title,
            "outcome": self.outcome.name.lower(),
            "exit_code": self.outcome.exit_code,
            "alarm": self.alarm,
            "table": plan.table,
            "capacity_units_per_s": plan.bucket.capacity_units_per_s,
            "level_units": plan.bucket.level_units,
            "units_per_request": plan.read.units,
            "demand_units_per_s": plan.demand_units_per_s,
            "rate_per_s": plan.rate_per_s,
            "predicted_s": plan.predicted_s,
            "first_throttled_s": tally.first_throttled_s,
            "seen_to_predicted": self.seen_to_predicted,
            "replies": {reply.value: tally.replies[reply] for reply in Reply},
            "failures": dict(tally.failures),
            "arrivals": tally.started,
            "late_arrivals": tally.late,
            "worst_lateness_s": tally.worst_lateness_s,
            "load_s": self.load_s,
            "replies_afterwards": {reply.value: self.trickle.replies[reply] for reply in Reply},
            "latency_s": {
                f"p{share * 100:g}": percentile(tally.latencies_s, share)
                for share in (0.5, 0.9, 0.99)
                if tally.latencies_s
            },
            "cost_usd": plan.usd(self.load_s),
            "timeline": [
                {"at": self._clock(event.at_s).isoformat(), "at_s": event.at_s, "what": event.what}
                for event in self.course.timeline
            ],
        }
