"""The cache of authentication: bounded, and nothing outlives its time."""

import sys
from concurrent.futures import ThreadPoolExecutor

from lambda_lib._cache import ExpiringCache


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_value_is_there_until_its_time() -> None:
    clock = Clock()
    cache = ExpiringCache[str, int](max_entries=2, clock=clock)
    cache.put("a", 1, expires_at=10)
    clock.now = 9.9
    assert cache.get("a") == 1
    clock.now = 10
    assert cache.get("a") is None


def test_a_value_from_before_the_clock_was_set_back_is_gone() -> None:
    clock = Clock()
    cache = ExpiringCache[str, int](max_entries=2, clock=clock)
    clock.now = 5
    cache.put("a", 1, expires_at=10)
    assert cache.get("a") == 1
    clock.now = 4.9
    assert cache.get("a") is None


def test_the_entry_used_longest_ago_goes_first() -> None:
    cache = ExpiringCache[str, int](max_entries=2, clock=Clock())
    cache.put("a", 1, expires_at=10)
    cache.put("b", 2, expires_at=10)
    cache.get("a")
    cache.put("c", 3, expires_at=10)
    assert [cache.get(key) for key in "abc"] == [1, None, 3]


def test_putting_a_key_again_replaces_it() -> None:
    cache = ExpiringCache[str, int](max_entries=1, clock=Clock())
    cache.put("a", 1, expires_at=10)
    cache.put("a", 2, expires_at=20)
    assert cache.get("a") == 2


def test_threads_may_share_it() -> None:
    clock = Clock()
    cache = ExpiringCache[int, int](max_entries=4, clock=clock)

    def use(_: int) -> None:
        for number in range(3000):
            key = number % 9
            clock.now += 0.5
            cache.put(key, key, expires_at=clock.now + 1)
            assert cache.get(number % 7) in {None, number % 7}

    interval_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(use, range(4)))
    finally:
        sys.setswitchinterval(interval_s)
