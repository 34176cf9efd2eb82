"""Capacity of DynamoDB in provisioned mode: what an operation costs, and a bucket that holds 300 s of units. Pure.

Sizes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html.
Units: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html.
Burst: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html.
"""

import base64
from collections.abc import Mapping
from typing import Any

type Item = Mapping[str, Mapping[str, Any]]
"""An item as the API has it: `{name: {type: value}}`."""

BURST_S = 300
READ_UNIT_BYTES = 4096
WRITE_UNIT_BYTES = 1024


class Bucket:
    """A token bucket of capacity units, refilled at the provisioned rate, that holds what 300 s provide.

    Args:
        rate_per_s: Provisioned capacity, units per second.
        now: Seconds since the epoch.
        level: Units at the start; None is a full bucket.
    """

    def __init__(self, *, rate_per_s: float, now: float, level: float | None = None) -> None:
        self.rate_per_s = rate_per_s
        self._limit = rate_per_s * BURST_S
        self._level = self._limit if level is None else min(level, self._limit)
        self._at = now

    def level(self, now: float) -> float:
        """The units that can be consumed at a time."""
        elapsed_s = max(0.0, now - self._at)  # a clock that goes back does not refill
        self._level = min(self._limit, self._level + elapsed_s * self.rate_per_s)
        self._at = max(self._at, now)
        return self._level

    def holds(self, units: float, now: float) -> bool:
        """Whether a request of this cost is let through; one that costs more than fits in needs a full bucket."""
        return self.level(now) >= min(units, self._limit)

    def take(self, units: float, now: float) -> bool:
        """Consumes units; False, with nothing consumed, where the bucket does not hold them."""
        if not self.holds(units, now):
            return False
        self._level -= units
        return True


def read_units(size_bytes: int, *, consistent: bool) -> float:
    """Read capacity units of an item, or of all items of a query together.

    Args:
        size_bytes: Size before filter and projection; nothing found costs as much as the smallest item.
        consistent: Strongly consistent; an eventually consistent read costs half.
    """
    units = max(1, -(-size_bytes // READ_UNIT_BYTES))
    return float(units) if consistent else units / 2


def write_units(size_bytes: int) -> float:
    """Write capacity units of an item; of the larger one where it replaces another; at least 1."""
    return float(max(1, -(-size_bytes // WRITE_UNIT_BYTES)))


def item_size(item: Item) -> int:
    """The size of an item in bytes: names and values.

    Raises:
        ValueError: The item is not made of DynamoDB's attribute values.
    """
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: object) -> int:  # noqa: PLR0911 - one for each type
    match value:
        case {"S": str(text)}:
            return len(text.encode())
        case {"N": str(number)}:
            return _number_size(number)
        case {"B": str(encoded)}:
            return len(base64.b64decode(encoded))
        case {"BOOL": bool()} | {"NULL": bool()}:
            return 1
        case {"SS": list(members)}:
            return sum(_value_size({"S": member}) for member in members)
        case {"NS": list(members)}:
            return sum(_value_size({"N": member}) for member in members)
        case {"BS": list(members)}:
            return sum(_value_size({"B": member}) for member in members)
        case {"L": list(elements)}:
            return 3 + sum(1 + _value_size(element) for element in elements)
        case {"M": dict(entries)}:
            return 3 + sum(1 + len(name.encode()) + _value_size(entry) for name, entry in entries.items())
        case _:
            raise ValueError(f"not an attribute value: {value}")


def _number_size(number: str) -> int:
    # One byte for two significant digits, and one more; zeros at either end do not count.
    mantissa = number.lower().partition("e")[0]
    digits = "".join(c for c in mantissa if c.isdigit()).strip("0")
    return -(-len(digits) // 2) + 1
