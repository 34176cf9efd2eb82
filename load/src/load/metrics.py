"""What a drill reads from the tables' metrics: sums by the minute of the namespace AWS/DynamoDB.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import batched
from typing import TYPE_CHECKING

from load.model import BURST_S

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

NAMESPACE = "AWS/DynamoDB"
PERIOD_S = 60
QUERIES_PER_CALL = 500
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html"""

type Key = tuple[str, str]
"""A table and one of its metrics."""


def read_sums(
    cloudwatch: CloudWatchClient, keys: Iterable[Key], *, start: float, end: float
) -> dict[Key, dict[float, float]]:
    """The sums of metrics of tables from the minute of `start` on, by the start of each minute that has data."""
    sums: dict[Key, dict[float, float]] = {}
    paginator = cloudwatch.get_paginator("get_metric_data")
    for batch in batched(keys, QUERIES_PER_CALL, strict=False):
        names = {f"q{number}": key for number, key in enumerate(batch)}
        pages = paginator.paginate(
            MetricDataQueries=[
                {
                    "Id": name,
                    "MetricStat": {
                        "Metric": {
                            "Namespace": NAMESPACE,
                            "MetricName": metric,
                            "Dimensions": [{"Name": "TableName", "Value": table}],
                        },
                        "Period": PERIOD_S,
                        "Stat": "Sum",
                    },
                }
                for name, (table, metric) in names.items()
            ],
            StartTime=datetime.fromtimestamp(start - start % PERIOD_S, UTC),
            EndTime=datetime.fromtimestamp(end, UTC),
        )
        for page in pages:
            for result in page["MetricDataResults"]:
                minutes = sums.setdefault(names[result["Id"]], {})
                values = zip(result["Timestamps"], result["Values"], strict=True)
                minutes.update((at.timestamp(), value) for at, value in values)
    return sums


def consumed_read_units(cloudwatch: CloudWatchClient, table: str, *, now: float) -> list[tuple[float, float]]:
    """Seconds and consumed read units of each of the last five minutes, oldest first; no data counts as 0.

    The newest minute has lasted up to `now` only. CloudWatch shows a minute some time after it has passed, so what was
    consumed in the newest ones may still be missing.
    """
    minutes = BURST_S // PERIOD_S
    start = now - now % PERIOD_S - PERIOD_S * (minutes - 1)
    key = (table, "ConsumedReadCapacityUnits")
    sums = read_sums(cloudwatch, [key], start=start, end=now).get(key, {})
    begins = [start + PERIOD_S * number for number in range(minutes)]
    return [(min(PERIOD_S, now - begin), sums.get(begin, 0.0)) for begin in begins]


def first_throttles(
    cloudwatch: CloudWatchClient, tables: Iterable[str], *, start: float, now: float
) -> dict[str, float]:
    """The start of the first minute, from that of `start` on, in which each table throttled; only tables that did."""
    keys = [(table, metric) for table in tables for metric in ("ReadThrottleEvents", "WriteThrottleEvents")]
    first: dict[str, float] = {}
    for (table, _), minutes in read_sums(cloudwatch, keys, start=start, end=now).items():
        for at, value in minutes.items():
            if value > 0:
                first[table] = min(at, first.get(table, at))
    return first
