"""When requests are due: pure functions from the number of a request to seconds from the start of a load."""

from collections.abc import Callable

type Schedule = Callable[[int], float]
"""The instant at which the n-th request is due, n from 0."""


def constant(rate_per_s: float, *, after_s: float = 0.0) -> Schedule:
    """A constant rate, the first request after `after_s`."""
    return lambda number: after_s + number / rate_per_s


def bursts(size: int, every_s: float) -> Schedule:
    """So many requests at once, again and again."""
    return lambda number: number // size * every_s
