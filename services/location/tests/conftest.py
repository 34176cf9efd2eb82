"""The border of the service: AWS as moto has it, the APIs of other services, and the events of API Gateway."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.session import Session
from moto import mock_aws

from lambda_lib import testing
from lambda_lib.testing import FakeService

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ssm import SSMClient


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
            TableName="dev-location",
            AttributeDefinitions=[{"AttributeName": "user_id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "user_id", "KeyType": "HASH"}],
            ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
        )
        yield client


@pytest.fixture
def authentication(aws: Session, dynamodb: "DynamoDBClient") -> Iterator[FakeService]:  # noqa: ARG001  within moto's account
    """The API of the authentication service, found by its parameter."""
    with FakeService() as api:
        ssm = cast("SSMClient", aws.create_client("ssm", region_name="us-east-1"))
        ssm.put_parameter(Name="/dev/authentication/url", Value=api.url, Type="String")
        yield api


@pytest.fixture
def send() -> Callable[..., dict[str, Any]]:
    """Sends a request to a handler, signed by profile unless a test says otherwise."""
    return partial(testing.send, caller="arn:aws:sts::123456789012:assumed-role/dev-profile-function/dev-profile")
