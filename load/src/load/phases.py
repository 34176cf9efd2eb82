"""The course of a drill as a pure state machine: observations go in, the phase, its outcome and a timeline come out.

AWAIT_OK → WARM_UP → DRIVE → AWAIT_ALARM → AWAIT_RECOVERY → DONE. The load runs in DRIVE and AWAIT_ALARM only. Before
it, a few requests have the functions started, whose cold starts would hold the load up. While OK is awaited, a trickle
within the capacity gives the table the data that one in use has: without any, an alarm may keep its state.
All times are seconds since the drill began, on a monotonic clock.
"""

import math
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from typing import Self


class AlarmState(StrEnum):
    """The states of a CloudWatch alarm."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


class Phase(StrEnum):
    """Where a drill is."""

    AWAIT_OK = "await OK"
    WARM_UP = "warm up"
    DRIVE = "drive"
    AWAIT_ALARM = "await ALARM"
    AWAIT_RECOVERY = "await recovery"
    DONE = "done"


class Outcome(Enum):
    """How a drill ended: the exit code and one line for the person at the terminal."""

    PASSED = (0, "the alarm fired and recovered, and no other table throttled first")
    UNREACHABLE = (4, "AWS or the service is unreachable")
    NOT_READY = (5, "the alarm was not OK before the drill, and did not become so in time")
    NEVER_THROTTLED = (6, "no reply was throttled")
    NEVER_FIRED = (7, "replies were throttled, but the alarm never fired")
    NEVER_RECOVERED = (8, "the alarm fired, but never recovered")
    OTHER_TABLE_FIRST = (9, "another table throttled first")
    TIME_LIMIT = (10, "the time limit was reached")
    INTERRUPTED = (130, "interrupted")

    def __init__(self, exit_code: int, line: str) -> None:
        self.exit_code = exit_code
        self.line = line


@dataclass(frozen=True, slots=True)
class Limits:
    """How long each phase may last, in seconds.

    The alarm needs a whole period and CloudWatch a minute or two to see it, hence minutes where the load needs seconds.

    Attributes:
        total_s: The whole drill.
        throttle_s: From the start of the load to the first throttled reply.
        ready_s: For the alarm to be OK before the drill.
        fire_s: From the first throttled reply to ALARM.
        recover_s: From the end of the load to OK.
        warm_s: For the service to answer steadily, before the load.
    """

    total_s: float
    throttle_s: float
    ready_s: float = 300.0
    fire_s: float = 240.0
    recover_s: float = 480.0
    warm_s: float = 20.0

    @property
    def load_s(self) -> float:
        """The longest time that the load can run, which bounds what it costs."""
        return min(self.total_s, self.warm_s + self.throttle_s + self.fire_s)


def limits_for(target_s: float, total_s: float) -> Limits:
    """The limits of a drill that should throttle after `target_s`; it gives up after three times that, or a minute."""
    return Limits(total_s=total_s, throttle_s=max(60.0, 3 * target_s))


@dataclass(frozen=True, slots=True)
class Observation:
    """What is known at one instant.

    Attributes:
        at_s: The instant.
        alarm: State of the alarm.
        first_throttled_s: When the first throttled reply came; None before.
        steady: The service answers the warm-up steadily.
        failure: The most frequent failure of the warm-up; empty when there is none.
        other_table: A table that throttled before the drilled one; empty when there is none.
    """

    at_s: float
    alarm: AlarmState
    first_throttled_s: float | None = None
    steady: bool = False
    failure: str = ""
    other_table: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the timeline."""

    at_s: float
    what: str


@dataclass(frozen=True, slots=True)
class Course:
    """Where a drill is and how it came there."""

    phase: Phase = Phase.AWAIT_OK
    since_s: float = 0.0
    outcome: Outcome | None = None
    alarm: AlarmState | None = None
    timeline: tuple[Event, ...] = ()

    def enter(self, phase: Phase, at_s: float, what: str) -> Self:
        """The course in another phase, with an event that says why."""
        return replace(self, phase=phase, since_s=at_s, timeline=(*self.timeline, Event(at_s, what)))

    def end(self, outcome: Outcome, at_s: float, detail: str = "") -> Self:
        """The course ended by `outcome`."""
        what = f"{outcome.line}: {detail}" if detail else outcome.line
        return replace(self.enter(Phase.DONE, at_s, what), outcome=outcome)


def step(course: Course, seen: Observation, limits: Limits) -> Course:
    """The course after one more observation; a course that is done stays as it is."""
    if course.phase is Phase.DONE:
        return course
    if seen.alarm is not course.alarm:
        event = Event(seen.at_s, f"alarm {seen.alarm}")
        course = replace(course, alarm=seen.alarm, timeline=(*course.timeline, event))
    if seen.other_table:
        return course.end(Outcome.OTHER_TABLE_FIRST, seen.at_s, seen.other_table)
    if seen.at_s >= limits.total_s:
        return course.end(Outcome.TIME_LIMIT, seen.at_s, f"{limits.total_s:.0f} s, in phase {course.phase}")
    return _STEPS[course.phase](course, seen, limits)


def _await_ok(course: Course, seen: Observation, limits: Limits) -> Course:
    elapsed_s = seen.at_s - course.since_s
    if seen.alarm is AlarmState.OK:
        return course.enter(Phase.WARM_UP, seen.at_s, "warm-up started")
    if elapsed_s >= limits.ready_s:
        return course.end(Outcome.NOT_READY, seen.at_s, f"{seen.alarm} for {elapsed_s:.0f} s")
    return course


def _warm_up(course: Course, seen: Observation, limits: Limits) -> Course:
    elapsed_s = seen.at_s - course.since_s
    if seen.steady:
        return course.enter(Phase.DRIVE, seen.at_s, "load started")
    if elapsed_s >= limits.warm_s:
        what = seen.failure or "no steady replies"
        return course.end(Outcome.UNREACHABLE, seen.at_s, f"{what} in {elapsed_s:.0f} s of warm-up")
    return course


def _drive(course: Course, seen: Observation, limits: Limits) -> Course:
    elapsed_s = seen.at_s - course.since_s
    if seen.first_throttled_s is not None:
        return course.enter(Phase.AWAIT_ALARM, seen.first_throttled_s, "first throttled reply")
    if elapsed_s >= limits.throttle_s:
        return course.end(Outcome.NEVER_THROTTLED, seen.at_s, f"in {elapsed_s:.0f} s")
    return course


def _await_alarm(course: Course, seen: Observation, limits: Limits) -> Course:
    elapsed_s = seen.at_s - course.since_s
    if seen.alarm is AlarmState.ALARM:
        return course.enter(Phase.AWAIT_RECOVERY, seen.at_s, "load stopped")
    if elapsed_s >= limits.fire_s:
        return course.end(Outcome.NEVER_FIRED, seen.at_s, f"in {elapsed_s:.0f} s")
    return course


def _await_recovery(course: Course, seen: Observation, limits: Limits) -> Course:
    elapsed_s = seen.at_s - course.since_s
    if seen.alarm is AlarmState.OK:
        return course.end(Outcome.PASSED, seen.at_s)
    if elapsed_s >= limits.recover_s:
        return course.end(Outcome.NEVER_RECOVERED, seen.at_s, f"in {elapsed_s:.0f} s")
    return course


_STEPS = {
    Phase.AWAIT_OK: _await_ok,
    Phase.WARM_UP: _warm_up,
    Phase.DRIVE: _drive,
    Phase.AWAIT_ALARM: _await_alarm,
    Phase.AWAIT_RECOVERY: _await_recovery,
}

PERIOD_S = 60.0
"""The period of the throttle metrics: throttles are known by the minute."""


def throttled_before(others: dict[str, float], own_at: float | None) -> str:
    """The table that throttled before the drilled one, or in the same minute, which cannot be told apart.

    Args:
        others: For each other table that throttled since the load began, the start of its first such minute.
        own_at: When the drilled table first throttled; None when it has not, so that any other was first.

    Returns:
        The name of the earliest such table; empty when there is none.
    """
    own_minute = math.inf if own_at is None else own_at - own_at % PERIOD_S
    early = {table: at for table, at in others.items() if at <= own_minute}
    return min(early, key=early.__getitem__, default="")
