"""When requests are due: pure functions from the number of a request to seconds from the start of a load."""

import math
from collections.abc import Callable

type Schedule = Callable[[int], float]
"""The instant at which the n-th request is due, n from 0."""


def constant(rate_per_s: float, *, after_s: float = 0.0) -> Schedule:
    """A constant rate, the first request after `after_s`."""
    return lambda number: after_s + number / rate_per_s


def rising(from_per_s: float, to_per_s: float) -> Schedule:
    """A rate that doubles every second from one value to another and is constant from then on.

    By the time t of the rise, from_per_s (2^t - 1) / ln 2 requests are due.
    """
    rise_s = max(0.0, math.log2(to_per_s / from_per_s))
    rise_requests = from_per_s * (2**rise_s - 1) / math.log(2)

    def due_s(number: int) -> float:
        if number < rise_requests:
            return math.log2(1 + number * math.log(2) / from_per_s)
        return rise_s + (number - rise_requests) / to_per_s

    return due_s
