"""The provisioned capacity of tables and indexes, which DynamoDB reports at five-minute intervals.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence

from sandbox.declaration import Index, Metric, Table
from sandbox.monitoring.metrics import Metrics

INTERVAL_S = 300


async def report(
    tables: Sequence[Table],
    metrics: Metrics,
    *,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Record the capacity of every table and index now and at each interval's start, until cancelled."""
    while True:
        now = clock()
        for metric, units in _provisioned(tables):
            metrics.record_many(metric, units, 1.0, "Count", now)
        await sleep(INTERVAL_S - now % INTERVAL_S)


def _provisioned(tables: Sequence[Table]) -> Iterator[tuple[Metric, float]]:
    for table in tables:
        dimension = ("TableName", table.name)
        yield from _of(table, (dimension,))
        for index in table.indexes:
            yield from _of(index, (("GlobalSecondaryIndexName", index.name), dimension))


def _of(resource: Table | Index, dimensions: tuple[tuple[str, str], ...]) -> Iterator[tuple[Metric, float]]:
    for kind, units in (("Read", resource.read_capacity), ("Write", resource.write_capacity)):
        yield Metric("AWS/DynamoDB", f"Provisioned{kind}CapacityUnits", dimensions), float(units)
