"""A clock that stands still."""

from dataclasses import dataclass


@dataclass(slots=True)
class FrozenClock:
    """A clock that stands still until it is set or told to go on; it fits every `clock=` of this library.

    Code that reads the clock by itself (botocore when it signs, moto's TTL) does not see it; there `time-machine` does.

    Attributes:
        now_s: The time (seconds; since the epoch, where that matters).
    """

    now_s: float = 1_800_000_000.0

    def __call__(self) -> float:
        """The time (seconds)."""
        return self.now_s

    def tick(self, seconds: float = 1.0) -> None:
        """Go on by some seconds."""
        self.now_s += seconds
