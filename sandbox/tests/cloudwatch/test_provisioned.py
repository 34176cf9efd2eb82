import asyncio

import pytest

from sandbox.declaration import Index, Metric, Table
from sandbox.monitoring.metrics import Metrics
from sandbox.monitoring.provisioned import report

INDEX = Index("by_owner", "owner", None, "ALL", (), 3, 4)
TABLE = Table("dev-location", "arn:of:table", "user_id", None, {"user_id": "S", "owner": "S"}, 1, 2, (INDEX,))


@pytest.mark.parametrize(
    ("name", "dimensions", "units"),
    [
        ("ProvisionedReadCapacityUnits", (("TableName", "dev-location"),), 1),
        ("ProvisionedWriteCapacityUnits", (("TableName", "dev-location"),), 2),
        ("ProvisionedReadCapacityUnits", (("GlobalSecondaryIndexName", "by_owner"), ("TableName", "dev-location")), 3),
        ("ProvisionedWriteCapacityUnits", (("GlobalSecondaryIndexName", "by_owner"), ("TableName", "dev-location")), 4),
    ],
)
def test_capacity_of_table_and_index_is_there_at_once_and_then_every_five_minutes(name, dimensions, units):
    metrics, now = Metrics(), [1_000.0]

    async def sleep(seconds: float) -> None:
        now[0] += seconds
        if now[0] > 1_500:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(report([TABLE], metrics, clock=lambda: now[0], sleep=sleep))
    points = metrics.statistic(Metric("AWS/DynamoDB", name, dimensions), "Average", 300, 0, 10_000)
    assert points == [(900, units), (1_200, units), (1_500, units)]
