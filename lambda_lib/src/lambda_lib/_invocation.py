"""What belongs to the invocation in progress and is needed far from its handler: deadline, ids, calls, own fields."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """A call to another service, as the log line of the invocation tells it.

    Attributes:
        service: Name of the service.
        route: Method and template.
        outcome: HTTP status of the reply, or the name of what went wrong.
        attempts: Requests made.
        duration_ms: Time until the last attempt ended.
    """

    service: str
    route: str
    outcome: int | str
    attempts: int
    duration_ms: float


@dataclass(slots=True)
class Metric:
    """A metric of the service's own.

    Attributes:
        name: Name in CloudWatch.
        unit: CloudWatch's name of the unit, `Count` for example.
        values: What was measured, one number for each time.
    """

    name: str
    unit: str
    values: list[float]


def no_secrets() -> Iterable[str]:
    """Outside of a request there is none to tell."""
    return ()


class Invocation:
    """The invocation in progress.

    One is made for each request: a plain class, since a frozen dataclass takes five times as long to make, and what
    few requests need is made when it is asked for.

    Args:
        correlation_id: Goes with every call this invocation makes; None outside of one.
        deadline_s: When Lambda ends it, on the clock of `time.monotonic`; None outside of one.
        request_id: Lambda's id of the invocation; None outside of one.
        secrets: Tells what the request carried that must not reach a log or a trace; it is asked only when there is a
            text that might hold one.
    """

    __slots__ = ("_calls", "_fields", "_metrics", "correlation_id", "deadline_s", "request_id", "secrets")

    def __init__(
        self,
        correlation_id: str | None = None,
        deadline_s: float | None = None,
        request_id: str | None = None,
        secrets: Callable[[], Iterable[str]] = no_secrets,
    ) -> None:
        self.correlation_id = correlation_id
        self.deadline_s = deadline_s
        self.request_id = request_id
        self.secrets = secrets
        self._calls: list[Call] | None = None
        self._fields: dict[str, object] | None = None
        self._metrics: dict[str, Metric] | None = None

    @property
    def calls(self) -> list[Call]:
        """The calls it made so far."""
        if self._calls is None:
            self._calls = []
        return self._calls

    @property
    def fields(self) -> dict[str, object]:
        """Further fields of its log line."""
        if self._fields is None:
            self._fields = {}
        return self._fields

    @property
    def metrics(self) -> dict[str, Metric]:
        """Further metrics of its document, by name."""
        if self._metrics is None:
            self._metrics = {}
        return self._metrics

    @property
    def is_plain(self) -> bool:
        """Whether it made no call and has no further fields and metrics: asked of each request, it makes nothing."""
        return self._calls is None and self._fields is None and self._metrics is None

    def remaining_s(self, clock: Callable[[], float] = time.monotonic) -> float | None:
        """Seconds until Lambda ends the invocation; None outside of one."""
        return None if self.deadline_s is None else self.deadline_s - clock()


# For the handler itself: `token = CURRENT.set(invocation)` and `CURRENT.reset(token)` cost a tenth of a `with` block
# that is a generator. All others ask `current_invocation()`.
CURRENT: ContextVar[Invocation | None] = ContextVar("invocation", default=None)


def current_invocation() -> Invocation:
    """The invocation in progress, or an empty one outside of any."""
    return CURRENT.get() or Invocation()


@contextmanager
def invocation(current: Invocation) -> Iterator[None]:
    """Make `current` the invocation in progress within the block."""
    token = CURRENT.set(current)
    try:
        yield
    finally:
        CURRENT.reset(token)
