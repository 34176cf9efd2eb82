"""CloudWatch Logs in memory: groups of streams of events, bounded, with embedded metrics extracted.

Everything here belongs to one thread: write and read from the event loop only.
"""

import itertools
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from sandbox.declaration import LogGroup
from sandbox.monitoring.emf import EmbeddedMetricError, extract
from sandbox.monitoring.metrics import Metrics

EVENTS_PER_GROUP = 20_000
"""A group keeps its newest events only, so that the logs of a load test fit in memory."""

CHARACTERS_PER_GROUP = 32 * 1024 * 1024
"""As well, for a function that writes without end."""

EVENT_OVERHEAD_BYTES = 26
"""What CloudWatch Logs adds to the length of a message when it counts stored bytes."""


@dataclass(frozen=True, slots=True)
class Event:
    """A log event. `id` grows in the order of writing; `at` is seconds since the epoch."""

    id: int
    stream: str
    message: str
    at: float


@dataclass(slots=True)
class Stream:
    """A log stream; its events are in its group. Times are seconds since the epoch, None while it has no event."""

    name: str
    created_at: float
    first_at: float | None = None
    last_at: float | None = None


@dataclass(slots=True)
class Group:
    """A log group, its events in the order of writing.

    `retention_days` is shown as declared; the bound on the number of events acts long before it.
    """

    name: str
    arn: str
    retention_days: int | None
    created_at: float
    streams: dict[str, Stream] = field(default_factory=dict)
    events: deque[Event] = field(default_factory=deque)
    stored_bytes: int = 0
    _kept: int = 0

    def append(self, event: Event) -> None:
        """Keep an event, and forget the oldest where there are too many or too large ones."""
        self.events.append(event)
        self.stored_bytes += len(event.message) + EVENT_OVERHEAD_BYTES
        self._kept += len(event.message)
        while len(self.events) > EVENTS_PER_GROUP or self._kept > CHARACTERS_PER_GROUP:
            self._kept -= len(self.events.popleft().message)

    def stream(self, name: str, at: float) -> Stream:
        """The stream `name`, made at `at` where there is none."""
        stream = self.streams.get(name)
        if stream is None:
            stream = self.streams[name] = Stream(name, at)
        return stream


class Logs:
    """All log groups of the sandbox: those declared, and those made by writing to them."""

    def __init__(self, *, metrics: Metrics, account_id: str, region: str) -> None:
        self._metrics = metrics
        self._arn_prefix = f"arn:aws:logs:{region}:{account_id}:log-group:"
        self._ids = itertools.count()
        self.groups: dict[str, Group] = {}

    def declare(self, groups: Iterable[LogGroup], at: float) -> None:
        """Make the declared log groups."""
        for group in groups:
            self.group(group.name, at).retention_days = group.retention_days

    def group(self, name: str, at: float) -> Group:
        """The group `name`, made at `at` without an expiry where there is none."""
        group = self.groups.get(name)
        if group is None:
            group = self.groups[name] = Group(name, self._arn_prefix + name, None, at)
        return group

    def write(self, group: str, stream: str, message: str, at: float) -> None:
        """Write one event at `at`, in seconds since the epoch, and record the metrics embedded in it.

        A line in a broken embedded metric format is kept as a log event, gives no metric, and is counted in
        namespace AWS/Logs, as on AWS.
        """
        log_group = self.group(group, at)
        log_stream = log_group.stream(stream, at)
        log_stream.first_at = at if log_stream.first_at is None else log_stream.first_at
        log_stream.last_at = at
        log_group.append(Event(next(self._ids), stream, message, at))
        try:
            for value in extract(message):
                self._metrics.record(value.namespace, value.name, value.dimensions, value.value, value.unit, value.at)
        except EmbeddedMetricError as error:
            self._metrics.record("AWS/Logs", error.counted_as, {"LogGroupName": group}, 1, "Count", at)
