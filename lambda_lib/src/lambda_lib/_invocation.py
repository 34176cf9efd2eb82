"""What belongs to the invocation in progress and is needed far from its handler: deadline, correlation id, calls."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


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


@dataclass(frozen=True, slots=True)
class Invocation:
    """The invocation in progress.

    Attributes:
        correlation_id: Goes with every call this invocation makes; None outside of one.
        deadline_s: When Lambda ends it, on the clock of `time.monotonic`; None outside of one.
        calls: The calls it made so far.
    """

    correlation_id: str | None = None
    deadline_s: float | None = None
    calls: list[Call] = field(default_factory=list)

    def remaining_s(self, clock: Callable[[], float] = time.monotonic) -> float | None:
        """Seconds until Lambda ends the invocation; None outside of one."""
        return None if self.deadline_s is None else self.deadline_s - clock()


_CURRENT: ContextVar[Invocation | None] = ContextVar("invocation", default=None)


def current_invocation() -> Invocation:
    """The invocation in progress, or an empty one outside of any."""
    return _CURRENT.get() or Invocation()


@contextmanager
def invocation(current: Invocation) -> Iterator[None]:
    """Make `current` the invocation in progress within the block."""
    token = _CURRENT.set(current)
    try:
        yield
    finally:
        _CURRENT.reset(token)
