"""What the service answered: the kinds of reply and their count."""

import json
import math
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum


class Reply(StrEnum):
    """The kinds of reply that a drill tells apart."""

    FOUND = "found"
    NOT_FOUND = "not found"
    THROTTLED = "throttled"
    FAILED = "failed"


def classify(status: int, body: bytes) -> tuple[Reply, str]:
    """The kind of a reply and, for a failure, what it was.

    A reply is throttled when it is a 503 whose problem document (RFC 9457) has the code `throttled`: the database
    refused the read. A 404 is a read like any other. A 429 comes from the gateway, before any read, and is a failure.

    Args:
        status: HTTP status; 0 when there was no reply.
        body: The body as received.
    """
    match status:
        case 200:
            return Reply.FOUND, ""
        case 404:
            return Reply.NOT_FOUND, ""
        case 0:
            return Reply.FAILED, "no reply"
    code = _problem_code(body)
    if status == 503 and code == "throttled":  # noqa: PLR2004 - the status is the contract
        return Reply.THROTTLED, ""
    return Reply.FAILED, f"HTTP {status} {code}".rstrip()


def _problem_code(body: bytes) -> str:
    try:
        problem = json.loads(body)
    except ValueError:
        return ""
    return str(problem.get("code", "")) if isinstance(problem, dict) else ""


STEADY_S = 1.0
"""A reply within this time shows that no function had to be started for it."""

LATE_AFTER_S = 0.05
"""An arrival that starts later than this after its scheduled instant is counted as late."""


class Tally:
    """The count of a running load. Times are seconds since the first scheduled arrival.

    Latencies run from the scheduled instant of a request, not from when it could be sent, so that a stall of the
    service shows in them (no coordinated omission).
    """

    def __init__(self) -> None:
        self.replies: Counter[Reply] = Counter()
        self.failures: Counter[str] = Counter()
        self.started = 0
        self.late = 0
        self.worst_lateness_s = 0.0
        self.first_throttled_s: float | None = None
        self.steady = 0
        """The latest replies in a row that were no failure and came within `STEADY_S`."""
        self.latencies_s: list[float] = []

    @property
    def answered(self) -> int:
        """Replies, failures included."""
        return self.replies.total()

    @property
    def usable(self) -> int:
        """Replies without the failures: reads that reached the table."""
        return self.answered - self.replies[Reply.FAILED]

    def arrive(self, *, scheduled_s: float, now_s: float) -> None:
        """A request starts."""
        lateness_s = now_s - scheduled_s
        self.started += 1
        self.late += lateness_s > LATE_AFTER_S
        self.worst_lateness_s = max(self.worst_lateness_s, lateness_s)

    def answer(self, reply: Reply, failure: str, *, scheduled_s: float, now_s: float) -> None:
        """A request ended."""
        self.replies[reply] += 1
        latency_s = now_s - scheduled_s
        self.latencies_s.append(latency_s)
        self.steady = self.steady + 1 if reply is not Reply.FAILED and latency_s <= STEADY_S else 0
        if reply is Reply.THROTTLED and self.first_throttled_s is None:
            self.first_throttled_s = now_s
        if reply is Reply.FAILED:
            self.failures[failure] += 1


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1] of the values do not exceed; NaN of no values."""
    if not values:
        return math.nan
    return sorted(values)[math.ceil(share * len(values)) - 1]
