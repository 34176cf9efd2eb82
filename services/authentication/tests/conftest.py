"""The border of the service: a DynamoDB table in moto, and the events of API Gateway."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.session import Session
from moto import mock_aws

from lambda_lib import testing

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture(scope="session")
def aws() -> Session:
    """One session for all tests: it keeps the service models that each client needs."""
    return Session()


@pytest.fixture
def dynamodb(aws: Session) -> "Iterator[DynamoDBClient]":
    """A DynamoDB client of a moto account that holds the service's table."""
    with mock_aws():
        client = cast("DynamoDBClient", aws.create_client("dynamodb", region_name="us-east-1"))
        client.create_table(
            TableName="dev-authentication",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
        )
        yield client


@pytest.fixture
def send() -> Callable[..., dict[str, Any]]:
    """Sends a request to a handler, signed by location unless a test says otherwise."""
    return partial(testing.send, caller="arn:aws:sts::123456789012:assumed-role/dev-location-function/dev-location")
