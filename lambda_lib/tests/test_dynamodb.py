"""The DynamoDB client shows throttling at once, with its causes."""

import json
from io import BytesIO
from typing import Any

import pytest
import urllib3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError
from botocore.session import Session

from lambda_lib import Conflict, Throttled, dynamodb_client
from lambda_lib.problems import as_service_error


class Network:
    """Stands between botocore and the network: answers every request with the same error."""

    def __init__(self, status: int, document: dict[str, Any]) -> None:
        self.status = status
        self.body = json.dumps(document).encode()
        self.requests = 0

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        self.requests += 1
        raw = urllib3.HTTPResponse(body=BytesIO(self.body), preload_content=False)
        return AWSResponse(request.url, self.status, HTTPHeaders(), raw)


def fail(network: Network) -> ClientError:
    """The error of a request that goes through the network; DynamoDB words all of its operations' errors alike."""
    session = Session()
    session.set_credentials("AKIDEXAMPLE", "secret")
    client = dynamodb_client(region="us-east-1", session=session)
    client.meta.events.register("before-send.dynamodb", network)  # type: ignore[arg-type]  # what it returns is the reply
    with pytest.raises(ClientError) as caught:
        client.transact_write_items(TransactItems=[{"Delete": {"TableName": "dev-things", "Key": {"id": {"S": "a"}}}}])
    return caught.value


@pytest.mark.parametrize(
    ("kind", "member"),
    [
        ("com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException", "ThrottlingReasons"),
        ("com.amazonaws.dynamodb.v20120810#RequestLimitExceeded", "ThrottlingReasons"),
        ("com.amazon.coral.availability#ThrottlingException", "throttlingReasons"),
    ],
)
def test_throttling_is_not_tried_again_and_tells_its_cause(kind: str, member: str) -> None:
    reasons = [{"reason": "TableReadProvisionedThroughputExceeded", "resource": "arn:aws:dynamodb:::table/things"}]
    network = Network(400, {"__type": kind, "message": "slow down", member: reasons})
    error = as_service_error(fail(network))
    assert network.requests == 1
    assert isinstance(error, Throttled)
    assert error.causes == ("TableReadProvisionedThroughputExceeded",)


def test_a_failing_database_is_not_tried_again_and_unavailable() -> None:
    network = Network(500, {"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError", "message": "oops"})
    assert as_service_error(fail(network)).code == "service_unavailable"
    assert network.requests == 1


@pytest.mark.parametrize(
    "document",
    [
        {"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message": "failed"},
        {
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "CancellationReasons": [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Message": "failed"}],
        },
    ],
)
def test_a_failed_condition_is_not_tried_again_and_is_what_the_route_says(document: dict[str, Any]) -> None:
    network = Network(400, document)
    assert type(as_service_error(fail(network), Conflict)) is Conflict
    assert network.requests == 1


def test_no_wait_is_without_an_end() -> None:
    config: Any = dynamodb_client(region="us-east-1", connect_timeout_s=0.5, read_timeout_s=1.5).meta.config
    assert (config.connect_timeout, config.read_timeout) == (0.5, 1.5)
