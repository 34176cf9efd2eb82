"""A drill under way: feeds observations to the state machine, and starts and stops the load as it says.

Needs gevent's monkey patches, see `load.arrivals`.
"""

import signal
import time
from collections.abc import Callable
from dataclasses import replace

import gevent
from botocore.exceptions import BotoCoreError, ClientError

from load.arrivals import Load
from load.errors import LoadError
from load.phases import Course, Limits, Observation, Outcome, Phase, step, throttled_before
from load.plan import Plan
from load.report import Progress
from load.schedule import Schedule, bursts, constant, warm_up_size
from load.watch import Watch

TICK_S = 0.25
WARM_UP_EVERY_S = 2.0
TRICKLE_PER_S = 1.0
TRICKLE_DELAY_S = 5.0
"""Before the trickle begins: the bucket is empty when the load stops, and must not be exceeded again."""


class Drive:
    """One run of a load under watch.

    Args:
        plan: The demand; its bucket is the one of now.
        limits: How long each phase may last.
        load: Makes a load of a schedule.
        watch: Looks at the alarms.
        say: Takes a line of progress.
        say_every_s: Time between two lines.

    Attributes:
        plan: The demand; once the load has begun, with the bucket from which it began.
        course: What has happened.
        load: The load.
        trickle: The reads within the capacity that follow it.
        began_at: When the drill began, seconds since the epoch.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        limits: Limits,
        load: Callable[[Schedule], Load],
        watch: Watch,
        say: Callable[[str], None],
        say_every_s: float,
    ) -> None:
        self.plan = plan
        self.course = Course()
        self.load = load(constant(plan.rate_per_s))
        within_capacity_per_s = plan.bucket.capacity_units_per_s / plan.read.units / 2
        trickle_per_s = min(TRICKLE_PER_S, within_capacity_per_s)
        self.trickle = load(constant(trickle_per_s, after_s=TRICKLE_DELAY_S))
        self._trickle_before = load(constant(trickle_per_s))
        self.began_at = time.time()
        self._began = time.monotonic()
        self._warm_up_size = warm_up_size(plan.rate_per_s)
        self._warm_up = load(bursts(self._warm_up_size, WARM_UP_EVERY_S))
        self._running: Load | None = None
        self._bucket_at_s = 0.0
        self._limits = limits
        self._watch = watch
        self._progress = Progress(self.load.tally)
        self._say = say
        self._say_every_s = say_every_s

    def run(self) -> Outcome:
        """Runs to the end; an interrupt (SIGINT, SIGTERM) stops the load at once and ends the course as interrupted."""
        # gevent would deliver a signal to whichever greenlet runs; only this one can end the drill in order.
        to_this = (gevent.kill, gevent.getcurrent(), KeyboardInterrupt)
        handlers = [gevent.signal_handler(number, *to_this) for number in (signal.SIGINT, signal.SIGTERM)]
        try:
            return self._until_done()
        except KeyboardInterrupt:
            return self._end(Outcome.INTERRUPTED)
        except (LoadError, BotoCoreError, ClientError) as error:
            return self._end(Outcome.UNREACHABLE, " ".join(str(error).split()))
        finally:
            self._run_only(None)
            self._watch.stop()
            for handler in handlers:
                handler.cancel()

    def _until_done(self) -> Outcome:
        said_s = 0.0
        while self.course.outcome is None:
            gevent.sleep(TICK_S)
            self._watch.check()
            self.course = step(self.course, self._observe(), self._limits)
            self._follow()
            if self._now_s() - said_s >= self._say_every_s:
                said_s = self._now_s()
                self._say(self._progress.line(self.course, said_s))
        return self.course.outcome

    def _end(self, outcome: Outcome, detail: str = "") -> Outcome:
        self.course = self.course.end(outcome, self._now_s(), detail)
        return outcome

    def _now_s(self) -> float:
        return time.monotonic() - self._began

    def _follow(self) -> None:
        """Has the load of the phase run, and no other."""
        match self.course.phase:
            case Phase.AWAIT_OK:
                self._run_only(self._trickle_before)
            case Phase.WARM_UP if self._running is not self._warm_up:
                self._advance_bucket(self._trickle_before.tally.usable * self.plan.read.units)
                self._run_only(self._warm_up)
            case Phase.DRIVE if self._running is not self.load:
                self._advance_bucket(self._warm_up.tally.usable * self.plan.read.units)
                self._watch.load_began_at = time.time()
                self._run_only(self.load)
            case Phase.AWAIT_RECOVERY:
                self._run_only(self.trickle)
            case Phase.DONE:
                self._run_only(None)

    def _advance_bucket(self, consumed_units: float) -> None:
        """Brings the bucket of the plan to now: it filled on, and the phase before took from it."""
        now_s = self._now_s()
        bucket = self.plan.bucket.after(now_s - self._bucket_at_s, consumed_units)
        self.plan = replace(self.plan, bucket=bucket)
        self._bucket_at_s = now_s

    def _run_only(self, load: Load | None) -> None:
        if load is not self._running:
            if self._running is not None:
                self._running.quit()
            self._running = load
            if load is not None:
                load.start()

    def _observe(self) -> Observation:
        tally, started_at = self.load.tally, self.load.started_at
        throttled_s = None
        if started_at is not None and tally.first_throttled_s is not None:
            throttled_s = started_at - self._began + tally.first_throttled_s
        failures = self._warm_up.tally.failures.most_common(1)
        return Observation(
            at_s=self._now_s(),
            alarm=self._watch.state,
            first_throttled_s=throttled_s,
            steady=self._warm_up.tally.steady >= self._warm_up_size,
            failure=failures[0][0] if failures else "",
            other_table=throttled_before(
                self._watch.first_throttles, None if throttled_s is None else self.began_at + throttled_s
            ),
        )
