"""What an operation consumes from a table and its global secondary indexes. Pure.

Writes to an index follow
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.aws.dynamodb.capacity import BURST_S, Bucket, Item, item_size, read_units, write_units
from sandbox.declaration import Index, Table


@dataclass(frozen=True, slots=True)
class Resource:
    """What has capacity of its own: a table, or one of its indexes, for reads or for writes."""

    table: str
    index: str | None
    kind: Literal["Read", "Write"]


@dataclass(frozen=True, slots=True)
class Charge:
    """Capacity units consumed from a resource."""

    resource: Resource
    units: float


@dataclass(frozen=True, slots=True)
class Level:
    """What a resource has left of its capacity.

    Attributes:
        rate_per_s: Provisioned units per second.
        units: Units that can be consumed at once.
        limit: The most that `units` can be.
    """

    resource: Resource
    rate_per_s: float
    units: float
    limit: float


class Ledger:
    """The buckets of all tables and indexes, each full at the start."""

    def __init__(self, tables: Iterable[Table], *, now: float) -> None:
        self._buckets: dict[Resource, Bucket] = {}
        for table in tables:
            parts: tuple[Table | Index, ...] = (table, *table.indexes)
            for part in parts:
                index = part.name if isinstance(part, Index) else None
                self._buckets[Resource(table.name, index, "Read")] = Bucket(rate_per_s=part.read_capacity, now=now)
                self._buckets[Resource(table.name, index, "Write")] = Bucket(rate_per_s=part.write_capacity, now=now)

    def take(self, charges: Iterable[Charge], now: float) -> list[Resource]:
        """Consumes all charges, or none where a resource does not hold its own: these are returned."""
        units: dict[Resource, float] = {}
        for charge in charges:
            units[charge.resource] = units.get(charge.resource, 0.0) + charge.units
        short = [resource for resource, needed in units.items() if not self._buckets[resource].holds(needed, now)]
        if not short:
            for resource, needed in units.items():
                self._buckets[resource].take(needed, now)
        return short

    def levels(self, now: float) -> Iterator[Level]:
        """What each resource has left."""
        for resource, bucket in self._buckets.items():
            yield Level(resource, bucket.rate_per_s, bucket.level(now), bucket.rate_per_s * BURST_S)


def read_charge(
    table: Table, items: Iterable[Item], *, consistent: bool, index: Index | None = None, factor: int = 1
) -> Charge:
    """The cost of reading items together, as a query does; of an index's entries where there is one.

    Args:
        table: The table that is read.
        items: Everything that was looked at, whole.
        consistent: Strongly consistent.
        index: The index that is read instead of the table.
        factor: 2 in a transaction.
    """
    size = sum(item_size(item if index is None else _projection(table, index, item)) for item in items)
    resource = Resource(table.name, index.name if index else None, "Read")
    return Charge(resource, factor * read_units(size, consistent=consistent))


def write_charges(table: Table, old: Item | None, new: Item | None, *, factor: int = 1) -> list[Charge]:
    """The cost of replacing an item by another, for the table and for each index that it appears in.

    Args:
        table: The table that is written.
        old: The item before; None where there was none.
        new: The item afterwards; None where it is deleted.
        factor: 2 in a transaction.
    """
    size = max(item_size(old or {}), item_size(new or {}))
    charges = [Charge(Resource(table.name, None, "Write"), factor * write_units(size))]
    for index in table.indexes:
        units = _index_units(table, index, _entry(table, index, old), _entry(table, index, new))
        if units:
            charges.append(Charge(Resource(table.name, index.name, "Write"), factor * units))
    return charges


def refused_condition_charge(table: Table, old: Item | None, *, factor: int = 1) -> Charge:
    """The cost of a write whose condition is not met: that of the existing item, at least 1 unit.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html#WorkingWithItems.ConditionalUpdate
    """
    return Charge(Resource(table.name, None, "Write"), factor * write_units(item_size(old or {})))


def consumed_capacity(charges: Iterable[Charge], detail: str) -> list[dict[str, Any]]:
    """What was consumed, a `ConsumedCapacity` structure for each table.

    Args:
        charges: What was consumed.
        detail: The parameter `ReturnConsumedCapacity`: `NONE`, `TOTAL`, or `INDEXES` to tell the indexes apart.
    """
    if detail == "NONE":
        return []
    tables: dict[str, dict[str, Any]] = {}
    for charge in charges:
        name, index = charge.resource.table, charge.resource.index
        entry = tables.setdefault(name, {"TableName": name, "CapacityUnits": 0.0})
        entry["CapacityUnits"] += charge.units
        if detail == "INDEXES":
            part = (
                entry.setdefault("Table", {"CapacityUnits": 0.0})
                if index is None
                else entry.setdefault("GlobalSecondaryIndexes", {}).setdefault(index, {"CapacityUnits": 0.0})
            )
            part["CapacityUnits"] += charge.units
    return list(tables.values())


def key_of(table: Table, item: Item) -> Item | None:
    """The primary key of an item; None where the item lacks a part of it."""
    names = [table.hash_key] if table.range_key is None else [table.hash_key, table.range_key]
    return {name: item[name] for name in names} if all(name in item for name in names) else None


def _index_units(table: Table, index: Index, old: Item | None, new: Item | None) -> float:
    if old == new:
        return 0.0
    if old is None or new is None:
        return write_units(item_size(old or new or {}))
    keys = _key_names(table, index)
    if all(old[key] == new[key] for key in keys):
        return write_units(max(item_size(old), item_size(new)))
    # A changed key moves the entry: it is deleted at one place and put at another.
    return write_units(item_size(old)) + write_units(item_size(new))


def _entry(table: Table, index: Index, item: Item | None) -> Item | None:
    if item is None or not all(key in item for key in _key_names(table, index)):
        return None
    return _projection(table, index, item)


def _projection(table: Table, index: Index, item: Item) -> Item:
    if index.projection_type == "ALL":
        return item
    names = _key_names(table, index) | set(index.non_key_attributes)
    return {name: value for name, value in item.items() if name in names}


def _key_names(table: Table, index: Index) -> set[str]:
    return {key for key in (table.hash_key, table.range_key, index.hash_key, index.range_key) if key is not None}
