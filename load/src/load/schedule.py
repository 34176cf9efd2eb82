"""When requests are due: pure functions from the number of a request to seconds from the start of a load."""

import math
from collections.abc import Callable

type Schedule = Callable[[int], float]
"""The instant at which the n-th request is due, n from 0."""

WARM_REPLY_S = 0.25
"""A function is assumed to be busy for at most this long with a request, which tells how many the demand needs."""

MOST_WARM = 10
"""The concurrent functions of a new account: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""


def constant(rate_per_s: float, *, after_s: float = 0.0) -> Schedule:
    """A constant rate, the first request after `after_s`."""
    return lambda number: after_s + number / rate_per_s


def bursts(size: int, every_s: float) -> Schedule:
    """So many requests at once, again and again."""
    return lambda number: number // size * every_s


def warm_up_size(rate_per_s: float) -> int:
    """How many requests at once have the functions started that a rate needs."""
    return max(1, min(MOST_WARM, math.ceil(rate_per_s * WARM_REPLY_S)))
