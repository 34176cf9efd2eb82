"""A small cache whose entries expire."""

from collections import OrderedDict
from collections.abc import Callable, Hashable


class ExpiringCache[K: Hashable, V]:
    """Keeps at most so many entries, each until its own time; the entry used longest ago goes first.

    Args:
        max_entries: Number of entries.
        clock: Seconds on the clock that `expires_at` is on.
    """

    def __init__(self, *, max_entries: int, clock: Callable[[], float]) -> None:
        self._max_entries = max_entries
        self._clock = clock
        self._entries: OrderedDict[K, tuple[V, float]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """The value of a key that is there and has not expired."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        value, expires_at = entry
        if self._clock() >= expires_at:
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return value

    def put(self, key: K, value: V, *, expires_at: float) -> None:
        """Keep a value until `expires_at`, seconds on the cache's clock."""
        self._entries[key] = (value, expires_at)
        self._entries.move_to_end(key)
        if len(self._entries) > self._max_entries:
            self._entries.popitem(last=False)
