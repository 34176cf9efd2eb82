"""A circuit breaker: a service that does not answer is left alone for a while."""

from collections.abc import Callable
from threading import Lock


class CircuitBreaker:
    """Opens after so many failures in a row, and then lets one call through from time to time, to see.

    Its state is this process's own: on Lambda a service is called by many execution environments, each of which finds
    out for itself at the price of `failures` calls. Powertools' circuit breaker shares its state through a DynamoDB
    table and brings boto3 with it (ADR 6).

    The call that is let through (half-open) needs no state of its own: the time until the next one starts with it, so
    one that never tells how it went keeps the circuit open for no longer than one that failed.

    Args:
        failures: Failures in a row that open it.
        open_s: Seconds until a call is let through.
        clock: Seconds on a monotonic clock.
    """

    def __init__(self, *, failures: int, open_s: float, clock: Callable[[], float]) -> None:
        self._limit = failures
        self._open_s = open_s
        self._clock = clock
        self._failures = 0
        self._next_at = 0.0
        self._lock = Lock()

    @property
    def is_open(self) -> bool:
        """Whether the service is left alone."""
        return self._failures >= self._limit

    def admit(self) -> float:
        """Asks for a call: 0 if it may be made, else the seconds until one may."""
        if not self.is_open:
            return 0.0
        with self._lock:
            now = self._clock()
            if now < self._next_at:
                return self._next_at - now
            self._next_at = now + self._open_s
            return 0.0

    def succeeded(self) -> None:
        """The service answered."""
        if self._failures:
            with self._lock:
                self._failures = 0

    def failed(self) -> None:
        """The service did not answer, or said that it cannot."""
        with self._lock:
            self._failures += 1
            if self.is_open:
                self._next_at = self._clock() + self._open_s
