"""Evaluates the alarms at the boundaries of their periods, and composite alarms when one of them has changed."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable

from sandbox.declaration import Alarm, CompositeAlarm, Metric
from sandbox.errors import SandboxError
from sandbox.monitoring.alarms.composite import Composites
from sandbox.monitoring.alarms.reasons import INITIAL, reason, reason_data
from sandbox.monitoring.alarms.series import Series
from sandbox.monitoring.alarms.state import MissingData, Point, State, evaluate, evaluation_range
from sandbox.monitoring.alarms.status import AlarmStatus, CompositeStatus, Transition
from sandbox.monitoring.alarms.validation import HIGH_RESOLUTION_PERIODS_S, returned_id, validate
from sandbox.monitoring.metrics import RESOLUTION_S, Metrics

LAG_S = 1.0
"""An evaluation waits so long after its boundary, for values of the last moment to be recorded."""


class AlarmEvaluator:
    """The alarms of the sandbox.

    Args:
        alarms: What to evaluate; an alarm that cannot be evaluated is refused here.
        composites: The alarms on states of others.
        metrics: Where their metrics are read.
        on_change: Awaited with each transition, and with nothing else.
        period_factor: Every period is shorter by this factor, so that a drill takes less than minutes.
        missing_data: The reading of the documentation to follow for metrics of AWS/DynamoDB.
        created_at: When the alarms come to be, in seconds since the epoch.
        clock: Gives the time, in seconds since the epoch.
        sleep: Waits for a number of seconds.

    Raises:
        PlanError: An alarm cannot be evaluated.
        SandboxError: `period_factor` makes a period that is not a whole number of seconds.
    """

    def __init__(  # noqa: PLR0913  # all but the alarms by keyword
        self,
        alarms: Iterable[Alarm],
        *,
        composites: Iterable[CompositeAlarm] = (),
        metrics: Metrics,
        on_change: Callable[[Transition], Awaitable[None]],
        period_factor: float = 1.0,
        missing_data: MissingData = "configured",
        created_at: float,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._metrics = metrics
        self._clock = clock
        self._sleep = sleep
        self._on_change = on_change
        self._missing_data = missing_data
        self.statuses = {alarm.name: _status(alarm, period_factor, created_at) for alarm in alarms}
        self._composites = Composites(composites, self.statuses, created_at=created_at)

    @property
    def composites(self) -> dict[str, CompositeStatus]:
        """The composite alarms, by name."""
        return self._composites.statuses

    @property
    def every(self) -> dict[str, AlarmStatus | CompositeStatus]:
        """The alarms of both kinds, by name."""
        return {**self.statuses, **self.composites}

    async def run(self) -> None:
        """Evaluate each alarm now and at its boundaries, until cancelled."""
        for transition in self.evaluate_new():
            await self._on_change(transition)
        if not self.statuses:
            return
        interval_s = min(status.interval_s for status in self.statuses.values())
        boundary = 0
        while True:
            boundary = max(boundary, int((self._clock() - LAG_S) // interval_s) * interval_s) + interval_s
            await self._sleep(boundary + LAG_S - self._clock())
            for transition in self.evaluate(boundary):
                await self._on_change(transition)

    def evaluate_new(self) -> list[Transition]:
        """Evaluate every alarm as of its last boundary.

        "When this operation creates an alarm, the alarm state is immediately set to INSUFFICIENT_DATA. The alarm is
        then evaluated and its state is set appropriately."
        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
        """
        now = self._clock()
        transitions = [
            self._evaluate(status, int((now - LAG_S) // status.interval_s) * status.interval_s, now)
            for status in self.statuses.values()
        ]
        return [*(transition for transition in transitions if transition), *self._composites.evaluate(now)]

    def evaluate(self, boundary: int) -> list[Transition]:
        """Evaluate the alarms that are due at `boundary`, in whole seconds since the epoch.

        Returns:
            The transitions, as of `LAG_S` after the boundary.
        """
        due = [status for status in self.statuses.values() if boundary % status.interval_s == 0]
        at = boundary + LAG_S
        transitions = [transition for status in due if (transition := self._evaluate(status, boundary, at))]
        return [*transitions, *self._composites.evaluate(at)] if transitions else []

    def _evaluate(self, status: AlarmStatus, boundary: int, at: float) -> Transition | None:
        length = evaluation_range(status.alarm)

        def fetch(metric: Metric, statistic: str) -> Series:
            return self._metrics.latest(metric, statistic, status.period_s, boundary, length)

        values = status.queries.evaluate(fetch, length)[returned_id(status.alarm)]
        first = boundary - length * status.period_s
        points = [Point(first + index * status.period_s, value) for index, value in enumerate(values)]
        verdict = evaluate(status.alarm, points, self._missing_data)
        if verdict is None:
            return None
        told = verdict.state is status.state and status.reason != INITIAL
        words = status.reason if told else reason(status.alarm, status.state, verdict)
        return status.change(verdict.state, words, reason_data(status.alarm, points, at), at)

    async def set_state(self, name: str, state: State, reason: str, reason_data: str, at: float) -> None:
        """Set the state of alarm `name` until its next evaluation, acting on the transition, as SetAlarmState does.

        Raises:
            KeyError: There is no such alarm.
        """
        if transition := self.every[name].change(state, reason, reason_data, at):
            await self._on_change(transition)
            for further in self._composites.evaluate(at) if name in self.statuses else ():
                await self._on_change(further)


def _status(alarm: Alarm, period_factor: float, created_at: float) -> AlarmStatus:
    queries = validate(alarm)
    # "For any period of one minute or longer, an alarm is evaluated every minute [...] If the alarm period is 10
    # seconds, 20 seconds, or 30 seconds, the alarm is evaluated every 10 seconds."
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
    interval_s = 10 if alarm.period_s in HIGH_RESOLUTION_PERIODS_S else 60
    return AlarmStatus(
        alarm=alarm,
        created_at=created_at,
        queries=queries,
        period_s=_shorter(alarm, alarm.period_s, period_factor),
        interval_s=_shorter(alarm, interval_s, period_factor),
    )


def _shorter(alarm: Alarm, seconds: int, factor: float) -> int:
    shorter = seconds / factor
    if shorter < RESOLUTION_S or not shorter.is_integer():
        raise SandboxError(
            f"alarm {alarm.name}: {seconds} s / {factor:g} = {shorter:g} s is not a whole number of seconds; "
            "choose another alarm period factor"
        )
    return int(shorter)
