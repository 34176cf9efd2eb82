"""What a caller sees while something is wrong, and that no write that was acknowledged is lost."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError
from botocore.session import Session
from botocore.stub import Stubber

from lambda_lib import Authenticator, Handler, ServiceClient
from lambda_lib.testing import Answer, FakeAuthentication, FakeService, Send, Table, assert_problem, body_of
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


@pytest.fixture
def slow_request(aws: Session, table: Table, signed_caller: Send, authentication_service: FakeService) -> Send:
    """The same, and authentication is asked over HTTP, for 0.3 s at most."""
    del authentication_service
    services = ServiceClient(environment="dev", region="us-east-1", session=aws, timeout_s=0.3, pause=lambda _: None)
    resources = Resources(LocationStore(table.client, table.name))
    handler = Handler(routes, resources=resources, authenticate=Authenticator(services))
    return partial(signed_caller, handler, path={"user_id": "alice"}, headers={"X-User-Token": "alices-token"})


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


@pytest.mark.parametrize("answer", [(503, {}), (403, {}), None], ids=repr)
@pytest.mark.parametrize(("route", "body"), [(PUT, THERE), (DELETE, None)], ids=["put", "delete"])
def test_a_write_while_authentication_is_dead_or_slow_is_a_503_and_nothing_is_changed(
    route: str, body: object, answer: Answer, send: Send, slow_request: Send, authentication_service: FakeService
) -> None:
    authentication_service.answers["POST /introspect"] = answer

    reply = slow_request(route, body=body)

    assert_problem(reply, 503, "service_unavailable")
    assert int(reply["headers"]["Retry-After"]) >= 1
    assert latitude(send) == 1


@pytest.mark.parametrize("ahead_s", [61, 3600])
def test_a_position_of_a_device_whose_clock_is_fast_is_refused_by_its_field_and_the_one_before_stays(
    ahead_s: int, send: Send
) -> None:
    ahead = datetime.now(UTC) + timedelta(seconds=ahead_s + 5)

    reply = send(PUT, body=THERE | {"fixed_at": ahead.isoformat()})

    assert_problem(reply, 400, "invalid_request", "body.fixed_at")
    assert latitude(send) == 1


# No route knows of idempotency keys: versions tell a write that was done from one that was not.
KEY = {"X-User-Token": "alices-token", "Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


def test_a_replayed_write_is_done_over_itself_and_a_conditional_one_is_told_that_it_was_done(send: Send) -> None:
    assert [send(PUT, body=THERE, headers=KEY)["statusCode"] for _ in range(2)] == [204, 204]
    assert latitude(send) == 2

    assert [send(DELETE, headers=KEY)["statusCode"] for _ in range(2)] == [204, 204]
    first = KEY | {"If-None-Match": "*"}
    assert send(PUT, body=HERE, headers=first)["statusCode"] == 204
    assert_problem(send(PUT, body=THERE, headers=first), 412, "precondition_failed")
    assert latitude(send) == 1
