"""The capacity of a table, and the level of its bucket as far as its metrics tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from load.errors import PreconditionError
from load.metrics import consumed_read_units
from load.model import Bucket, estimated_bucket

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def read_capacity(dynamodb: DynamoDBClient, table: str) -> float:
    """Provisioned read units per second; PreconditionError when there is no such table or no such capacity."""
    try:
        description = dynamodb.describe_table(TableName=table)["Table"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            raise PreconditionError(f"there is no table {table}") from error
        raise
    capacity = description.get("ProvisionedThroughput", {}).get("ReadCapacityUnits", 0)
    if not capacity:
        # DescribeTable shows 0 units for a table in on-demand mode.
        raise PreconditionError(f"table {table} is in on-demand mode: it has no provisioned capacity to exceed")
    return float(capacity)


def read_bucket(session: boto3.Session, table: str, *, now: float) -> Bucket:
    """The bucket of a table by its capacity and its consumption of the last five minutes."""
    capacity = read_capacity(session.client("dynamodb"), table)
    return estimated_bucket(capacity, consumed_read_units(session.client("cloudwatch"), table, now=now))
