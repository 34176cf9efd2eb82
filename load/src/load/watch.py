"""Looks at alarm and tables while a drill runs, in the background, so that a slow answer delays no limit."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import gevent
from botocore.exceptions import BotoCoreError, ClientError

from load.alarms import alarm_state, watched_tables
from load.errors import LoadError
from load.metrics import first_throttles
from load.phases import AlarmState

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

ALARM_EVERY_S = 2.0
TABLES_EVERY_S = 5.0


class Watch:
    """The latest state of an alarm and the first throttles of the other tables.

    Args:
        cloudwatch: Client with the load operator's rights.
        alarm: Name of the alarm.
        table: The drilled table, which is not among the others.
        environment: Its alarms tell which tables there are.

    Raises:
        PreconditionError: There is no such alarm.
    """

    def __init__(self, cloudwatch: CloudWatchClient, *, alarm: str, table: str, environment: str) -> None:
        self._cloudwatch = cloudwatch
        self._alarm = alarm
        self.state: AlarmState = alarm_state(cloudwatch, alarm)
        self.others = watched_tables(cloudwatch, environment) - {table}
        self.first_throttles: dict[str, float] = {}
        self.load_began_at: float | None = None
        """When the load began, seconds since the epoch; the other tables are looked at from then on."""
        self._error: LoadError | BotoCoreError | ClientError | None = None
        self._greenlets = [
            gevent.spawn(self._repeat, self._look_at_alarm, ALARM_EVERY_S),
            gevent.spawn(self._repeat, self._look_at_tables, TABLES_EVERY_S),
        ]

    def _repeat(self, look: Callable[[], None], every_s: float) -> None:
        try:
            while True:
                gevent.sleep(every_s)
                look()
        except (LoadError, BotoCoreError, ClientError) as error:
            self._error = error

    def _look_at_alarm(self) -> None:
        self.state = alarm_state(self._cloudwatch, self._alarm)

    def _look_at_tables(self) -> None:
        if self.load_began_at is not None and self.others:
            self.first_throttles = first_throttles(
                self._cloudwatch, self.others, start=self.load_began_at, now=time.time()
            )

    def check(self) -> None:
        """Raises the LoadError, BotoCoreError or ClientError that ended the looking, if one did."""
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """Stops looking."""
        gevent.killall(self._greenlets)
