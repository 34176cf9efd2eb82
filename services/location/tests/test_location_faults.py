"""What a caller sees while something is wrong, and that no write that was acknowledged is lost."""

from functools import partial

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError
from botocore.stub import Stubber

from lambda_lib import Handler
from lambda_lib.testing import FakeAuthentication, Send, Table, assert_problem, body_of
from location_service.handler import Resources, routes
from location_service.store import LocationStore

PUT, GET, DELETE = (f"{method} /locations/{{user_id}}" for method in ("PUT", "GET", "DELETE"))
HERE, THERE = {"latitude": 1.0, "longitude": 1.0}, {"latitude": 2.0, "longitude": 2.0}
OPERATIONS = pytest.mark.parametrize(
    ("route", "body", "operation"),
    [(PUT, THERE, "put_item"), (GET, None, "get_item"), (DELETE, None, "delete_item")],
    ids=["put", "get", "delete"],
)


@pytest.fixture
def send(table: Table, authentication: FakeAuthentication, signed_caller: Send) -> Send:
    """Sends a request about Alice's location, which has been put and acknowledged."""
    authentication.sign_in("alice", token="alices-token")
    resources = Resources(LocationStore(table.client, table.name))
    handler = Handler(routes, resources=resources, authenticate=authentication)
    send = partial(signed_caller, handler, path={"user_id": "alice"}, headers={"X-User-Token": "alices-token"})
    assert send(PUT, body=HERE)["statusCode"] == 204
    return send


def latitude(send: Send) -> float:
    degrees: float = body_of(send(GET, query={"consistent": "true"}))["latitude"]
    return degrees


@OPERATIONS
def test_a_throttled_caller_is_told_when_to_come_back(
    route: str, body: object, operation: str, send: Send, table: Table
) -> None:
    with Stubber(table.client) as stub:
        stub.add_client_error(operation, "ProvisionedThroughputExceededException", http_status_code=400)
        reply = send(route, body=body)

    assert_problem(reply, 503, "throttled")
    assert int(reply["headers"]["Retry-After"]) >= 1
    assert latitude(send) == 1


@OPERATIONS
@pytest.mark.parametrize("error", [EndpointConnectionError, ConnectTimeoutError])
def test_a_database_that_cannot_be_reached_is_a_503(
    route: str,
    body: object,
    operation: str,
    error: type[EndpointConnectionError | ConnectTimeoutError],
    send: Send,
    table: Table,
) -> None:
    def fail(**_: object) -> None:
        raise error(endpoint_url="https://dynamodb.us-east-1.amazonaws.com")

    name = "before-call.dynamodb." + "".join(map(str.title, operation.split("_")))
    table.client.meta.events.register(name, fail)
    reply = send(route, body=body)
    table.client.meta.events.unregister(name, fail)

    assert_problem(reply, 503, "service_unavailable")
    assert latitude(send) == 1


@OPERATIONS
def test_a_table_that_is_gone_is_a_500_that_tells_nothing(
    route: str, body: object, operation: str, send: Send, table: Table
) -> None:
    del operation
    table.client.delete_table(TableName=table.name)

    problem = assert_problem(send(route, body=body), 500, "internal_error")

    assert table.name not in str(problem)


def test_a_write_whose_answer_was_lost_is_done_once_more_without_harm(send: Send, table: Table) -> None:
    def lose(**_: object) -> None:
        raise ConnectTimeoutError(endpoint_url="https://dynamodb.us-east-1.amazonaws.com")

    table.client.meta.events.register("after-call.dynamodb.PutItem", lose)
    assert_problem(send(PUT, body=THERE), 503, "service_unavailable")
    table.client.meta.events.unregister("after-call.dynamodb.PutItem", lose)

    assert send(PUT, body=THERE)["statusCode"] == 204
    assert latitude(send) == 2


@pytest.mark.parametrize(("route", "body"), [(PUT, THERE), (DELETE, None)], ids=["put", "delete"])
def test_without_authentication_nobody_writes_and_everybody_reads(
    route: str, body: object, send: Send, authentication: FakeAuthentication
) -> None:
    authentication.available = False

    assert_problem(send(route, body=body), 503, "service_unavailable")
    assert latitude(send) == 1
