"""How much of the invocation's time a call to another service may take."""

import time
from collections.abc import Callable

from lambda_lib._invocation import current_invocation
from lambda_lib.errors import ServiceUnavailable

_RESERVE_S = 0.2  # for our own reply


class DeadlineExceeded(ServiceUnavailable):
    """The invocation has no time left for the call. This tells nothing of the service that was to be called."""


def time_left_s(clock: Callable[[], float] = time.monotonic) -> float | None:
    """Seconds that a call may take so that the invocation still ends in time; None outside of an invocation.

    Args:
        clock: Seconds on the clock of `time.monotonic`.
    """
    remaining_s = current_invocation().remaining_s(clock)
    return None if remaining_s is None else remaining_s - _RESERVE_S
