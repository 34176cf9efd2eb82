"""A small cache whose entries expire."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock


class ExpiringCache[K: Hashable, V]:
    """Keeps at most so many entries, each until its own time; the entry used longest ago goes first.

    A clock that is set back makes no entry live longer: one that was put in at a later time than it is now is gone.
    Threads may share it.

    Args:
        max_entries: Number of entries.
        clock: Seconds on the clock that `expires_at` is on.
    """

    def __init__(self, *, max_entries: int, clock: Callable[[], float]) -> None:
        self._max_entries = max_entries
        self._clock = clock
        self._entries: OrderedDict[K, tuple[V, float, float]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K) -> V | None:
        """The value of a key that is there and has not expired."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            value, put_at, expires_at = entry
            if not put_at <= self._clock() < expires_at:
                del self._entries[key]
                return None
            self._entries.move_to_end(key)
            return value

    def put(self, key: K, value: V, *, expires_at: float) -> None:
        """Keep a value until `expires_at`, seconds on the cache's clock."""
        with self._lock:
            self._entries[key] = (value, self._clock(), expires_at)
            self._entries.move_to_end(key)
            if len(self._entries) > self._max_entries:
                self._entries.popitem(last=False)
