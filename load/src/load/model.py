"""How long a table in provisioned mode withstands a demand: pure, and this project's own reading of DynamoDB.

A table of R units per second keeps up to 300 s of what it did not use, 300 R units, and adds R every second. A demand
of C > R units per second empties a level of L units in L / (C - R) seconds; then requests are throttled. Sources:

- burst: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html (best effort)
- units: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

BURST_S = 300
"""Seconds of unused capacity that a table keeps."""

READ_UNIT_BYTES = 4096
"""Bytes of an item that one strongly consistent read unit covers."""


def read_units(item_bytes: int, *, consistent: bool) -> float:
    """Read units of one GetItem.

    Args:
        item_bytes: Size of the item, names and values of its attributes; 0 for an item that does not exist, which costs
            as much as a small one.
        consistent: Strongly consistent; an eventually consistent read costs half.
    """
    blocks = max(1, math.ceil(item_bytes / READ_UNIT_BYTES))
    return float(blocks) if consistent else blocks / 2


@dataclass(frozen=True, slots=True)
class Bucket:
    """The read capacity of a table and what it holds at one instant.

    Attributes:
        capacity_units_per_s: Provisioned capacity.
        level_units: Units that can be taken at once, at most 300 s of capacity.
    """

    capacity_units_per_s: float
    level_units: float

    @property
    def size_units(self) -> float:
        """Units in a full bucket."""
        return BURST_S * self.capacity_units_per_s

    @property
    def fill(self) -> float:
        """Share of the bucket that is full, from 0 to 1."""
        return self.level_units / self.size_units

    def after(self, seconds: float, consumed_units: float = 0.0) -> Self:
        """The bucket when `seconds` have passed in which `consumed_units` were taken."""
        level = self.level_units + seconds * self.capacity_units_per_s - consumed_units
        return replace(self, level_units=min(self.size_units, max(0.0, level)))

    def seconds_to_throttle(self, demand_units_per_s: float) -> float:
        """Seconds until a constant demand is throttled; infinite when the capacity serves it for ever."""
        excess = demand_units_per_s - self.capacity_units_per_s
        return self.level_units / excess if excess > 0 else math.inf


def full_bucket(capacity_units_per_s: float) -> Bucket:
    """The bucket of a table that was not used for 300 s."""
    return Bucket(capacity_units_per_s, BURST_S * capacity_units_per_s)


def estimated_bucket(capacity_units_per_s: float, history: Iterable[tuple[float, float]]) -> Bucket:
    """The bucket after a history of consumption, if it was full before.

    AWS does not publish the level of the bucket. A table that was idle for 300 s is full whatever came before. After a
    burst in this time the estimate may be too high: by what was missing at the start of the history, and by a period of
    capacity, since a period tells how much was consumed in it, but not when.

    Args:
        capacity_units_per_s: Provisioned capacity.
        history: Seconds of each period and units consumed in it, oldest first.
    """
    bucket = full_bucket(capacity_units_per_s)
    for seconds, consumed_units in history:
        bucket = bucket.after(seconds, consumed_units)
    return bucket


def demand_to_throttle(capacity_units_per_s: float, target_s: float) -> float:
    """The constant demand, in units per second, that empties a full bucket in `target_s` seconds."""
    return capacity_units_per_s * (1 + BURST_S / target_s)
