"""Work that several threads need at the same time, done once."""

from collections.abc import Callable, Hashable
from threading import Event, Lock

from lambda_lib._deadline import DeadlineExceeded


class _Flight[V]:
    """Work in progress, and how it ended."""

    __slots__ = ("error", "landed", "value")

    def __init__(self) -> None:
        self.landed = Event()
        self.value: V
        self.error: Exception | None = DeadlineExceeded()  # unless it ends otherwise


class SingleFlight[K: Hashable, V]:
    """Does the work for a key once at a time: who asks meanwhile waits for its result.

    The work runs in the thread that asked first; no thread is made, and no lock is held while it runs. Its error is
    shared too, since asking again at once helps no service that is in trouble. The one exception is that the first
    thread ran out of its invocation's time: then one of those that wait does the work in its own.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._flights: dict[K, _Flight[V]] = {}

    def do(self, key: K, work: Callable[[], V], *, time_left_s: Callable[[], float | None]) -> V:
        """The result of the work for a key.

        Args:
            key: What the work is for.
            work: The work.
            time_left_s: Seconds for which this thread may wait; None for as long as it takes.

        Raises:
            DeadlineExceeded: Another thread's work has not ended in time.
        """
        while True:
            with self._lock:
                flight = self._flights.get(key)
                if flight is None:
                    flight = self._flights[key] = _Flight()
                    break
            if not flight.landed.wait(time_left_s()):
                raise DeadlineExceeded
            if flight.error is None:
                return flight.value
            if not isinstance(flight.error, DeadlineExceeded):
                raise flight.error
        try:
            flight.value = work()
            flight.error = None
        except Exception as error:
            flight.error = error
            raise
        finally:
            with self._lock:
                del self._flights[key]
            flight.landed.set()
        return flight.value
