"""The border of the service: a DynamoDB table in moto, and the events of API Gateway."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

import pytest
from botocore.session import Session
from moto import mock_aws

from lambda_lib.testing import Context, an_event

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
    """Sends a request to a handler as API Gateway does; returns the handler's reply."""

    def send(
        handler: Callable[[Mapping[str, Any], Context], dict[str, Any]],
        route: str,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: object = None,
        caller: str | None = "arn:aws:sts::123456789012:assumed-role/dev-location-function/dev-location",
    ) -> dict[str, Any]:
        method, resource = route.split(" ")
        target = resource.format_map(path or {}) + (f"?{urlencode(query)}" if query else "")
        event = an_event(
            method, target, resource=resource, path_parameters=path, headers=headers, body=body, caller=caller
        )
        return handler(event, Context())

    return send
