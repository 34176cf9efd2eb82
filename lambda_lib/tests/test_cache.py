"""The cache of authentication: bounded, and nothing outlives its time."""

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
