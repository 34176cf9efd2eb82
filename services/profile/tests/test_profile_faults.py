"""What a caller sees while something is wrong, and that no write that was acknowledged is lost."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError
from botocore.session import Session
from botocore.stub import Stubber

from lambda_lib import Authenticator, Handler, ServiceClient
from lambda_lib.testing import Answer, FakeAuthentication, FakeService, Send, Table, assert_problem, body_of, send
from profile_service.handler import Resources, routes
from profile_service.locations import Locations
from profile_service.store import ProfileStore

PUT, PATCH, GET, DELETE = (f"{method} /profiles/{{user_id}}" for method in ("PUT", "PATCH", "GET", "DELETE"))
PUT_LOCATION, DELETE_LOCATION = (f"{method} /profiles/{{user_id}}/location" for method in ("PUT", "DELETE"))
ALICE, ANNA = {"display_name": "Alice"}, {"display_name": "Anna"}
HERE = {"latitude": 1.0, "longitude": 1.0}
TIMEOUT_S = 0.3
URL = "https://dynamodb.us-east-1.amazonaws.com"
NOT_FOUND = {"title": "Not Found", "status": 404, "detail": "None.", "code": "not_found"}
OPERATIONS = pytest.mark.parametrize(
    ("route", "body", "operation"),
    [
        (PUT, ANNA, "update_item"),
        (PATCH, ANNA, "update_item"),
        (GET, None, "get_item"),
        (DELETE, None, "delete_item"),
    ],
    ids=["put", "patch", "get", "delete"],
)


@pytest.fixture
def request_(aws: Session, table: Table, authentication: FakeAuthentication, location: FakeService) -> Send:
    """Sends a request of Alice's, whose profile has been put and acknowledged; she has a location."""
    there = True

    def get(_: object) -> Answer:
        return (200, HERE) if there else (404, NOT_FOUND)

    def delete(_: object) -> Answer:
        nonlocal there
        there = False
        return 204, None

    location.answers |= {"GET /locations/alice": get, "DELETE /locations/alice": delete}
    authentication.sign_in("alice", token="alices-token")
    services = ServiceClient(
        environment="dev", region="us-east-1", session=aws, timeout_s=TIMEOUT_S, pause=lambda _: None
    )
    resources = Resources(ProfileStore(table.client, table.name), Locations(services, ttl_s=0))
    handler = Handler(routes, resources=resources, authenticate=authentication)
    headers = {"Authorization": "Bearer alices-token"}
    sender = partial(send, handler, path={"user_id": "alice"}, headers=headers)
    assert sender(PUT, body=ALICE)["statusCode"] == 204
    return sender


@pytest.fixture
def slow_request(aws: Session, table: Table, authentication_service: FakeService) -> Send:
    """The same, and authentication is asked over HTTP."""
    del authentication_service
    services = ServiceClient(
        environment="dev", region="us-east-1", session=aws, timeout_s=TIMEOUT_S, pause=lambda _: None
    )
    resources = Resources(ProfileStore(table.client, table.name), Locations(services, ttl_s=0))
    handler = Handler(routes, resources=resources, authenticate=Authenticator(services))
    return partial(send, handler, path={"user_id": "alice"}, headers={"Authorization": "Bearer alices-token"})


@contextmanager
def failing_once(table: Table, event: str) -> Iterator[None]:
    """An event of the client fails when it first happens."""
    failures = iter([ConnectTimeoutError(endpoint_url=URL)])

    def fail(**_: object) -> None:
        for failure in failures:
            raise failure

    table.client.meta.events.register(event, fail)
    yield
    table.client.meta.events.unregister(event, fail)


def shown_name(request_: Send) -> str:
    name: str = body_of(request_(GET))["display_name"]
    return name


@OPERATIONS
def test_a_throttled_caller_is_told_when_to_come_back(
    route: str, body: object, operation: str, request_: Send, table: Table
) -> None:
    with Stubber(table.client) as stub:
        stub.add_client_error(operation, "ProvisionedThroughputExceededException", http_status_code=400)
        reply = request_(route, body=body)

    assert_problem(reply, 503, "throttled")
    assert int(reply["headers"]["Retry-After"]) >= 1
    assert shown_name(request_) == "Alice"


@OPERATIONS
@pytest.mark.parametrize("error", [EndpointConnectionError, ConnectTimeoutError])
def test_a_database_that_cannot_be_reached_is_a_503(
    route: str, body: object, operation: str, error: Callable[..., Exception], request_: Send, table: Table
) -> None:
    def fail(**_: object) -> None:
        raise error(endpoint_url=URL)

    name = "before-call.dynamodb." + "".join(map(str.title, operation.split("_")))
    table.client.meta.events.register(name, fail)
    reply = request_(route, body=body)
    table.client.meta.events.unregister(name, fail)

    assert_problem(reply, 503, "service_unavailable")
    assert shown_name(request_) == "Alice"


@OPERATIONS
def test_a_table_that_is_gone_is_a_500_that_tells_nothing(
    route: str, body: object, operation: str, request_: Send, table: Table
) -> None:
    del operation
    table.client.delete_table(TableName=table.name)

    problem = assert_problem(request_(route, body=body), 500, "internal_error")

    assert table.name not in str(problem)


@pytest.mark.parametrize("answer", [(500, {}), (503, {}), (429, {}), (200, {"latitude": "?"}), None], ids=repr)
def test_a_profile_is_shown_while_location_is_dead_slow_or_confused(
    answer: Answer, request_: Send, location: FakeService
) -> None:
    location.answers["GET /locations/alice"] = answer

    started = time.monotonic()
    shown = body_of(request_(GET))

    assert (shown["display_name"], shown["location"], shown["location_status"]) == ("Alice", None, "unavailable")
    assert time.monotonic() - started < 2 * TIMEOUT_S


@pytest.mark.parametrize(("route", "body"), [(PUT_LOCATION, HERE), (DELETE_LOCATION, None), (DELETE, None)])
@pytest.mark.parametrize("answer", [(500, {}), (503, {}), (429, {}), None], ids=repr)
def test_a_write_of_a_location_that_is_dead_or_slow_is_a_503_and_may_be_repeated(
    answer: Answer, route: str, body: object, request_: Send, location: FakeService
) -> None:
    location.answers["PUT /locations/alice"] = location.answers["DELETE /locations/alice"] = answer

    reply = request_(route, body=body)

    assert_problem(reply, 503, "service_unavailable")
    assert int(reply["headers"]["Retry-After"]) >= 1
    assert shown_name(request_) == "Alice"


@pytest.mark.parametrize(
    ("route", "body"), [(PUT, ANNA), (PATCH, ANNA), (DELETE, None), (PUT_LOCATION, HERE), (DELETE_LOCATION, None)]
)
def test_without_authentication_nobody_writes_and_everybody_reads(
    route: str, body: object, request_: Send, authentication: FakeAuthentication
) -> None:
    authentication.available = False

    assert_problem(request_(route, body=body), 503, "service_unavailable")
    assert shown_name(request_) == "Alice"


def test_a_write_whose_answer_was_lost_is_done_once_more_without_harm(request_: Send, table: Table) -> None:
    with failing_once(table, "after-call.dynamodb.UpdateItem"):
        assert_problem(request_(PUT, body=ANNA), 503, "service_unavailable")

    assert request_(PUT, body=ANNA)["statusCode"] == 204
    assert shown_name(request_) == "Anna"


def erased(request_: Send, location: FakeService) -> bool:
    """Whether neither a profile nor a location is left."""
    tell: Any = location.answers["GET /locations/alice"]
    return request_(GET)["statusCode"] == 404 and tell(None) == (404, NOT_FOUND)


def test_a_deleted_profile_leaves_nothing_behind(request_: Send, location: FakeService) -> None:
    assert request_(DELETE)["statusCode"] == 204

    assert erased(request_, location)


def test_the_location_goes_first_so_that_none_is_left_that_nobody_can_reach(
    request_: Send, location: FakeService, table: Table
) -> None:
    steps: list[str] = []
    delete: Any = location.answers["DELETE /locations/alice"]
    location.answers["DELETE /locations/alice"] = lambda request: steps.append("location") or delete(request)
    table.client.meta.events.register("before-call.dynamodb.DeleteItem", lambda **_: steps.append("profile"))

    request_(DELETE)

    assert steps == ["location", "profile"]


@pytest.mark.parametrize("event", ["before-call.dynamodb.DeleteItem", "after-call.dynamodb.DeleteItem"])
def test_a_deletion_that_failed_at_the_profile_is_finished_by_the_same_request(
    event: str, request_: Send, location: FakeService, table: Table
) -> None:
    with failing_once(table, event):
        assert_problem(request_(DELETE), 503, "service_unavailable")
        assert request_(DELETE)["statusCode"] == 204

    assert erased(request_, location)


@pytest.mark.parametrize("answer", [(503, {}), (500, {}), None], ids=repr)
@pytest.mark.parametrize("done", [False, True], ids=["before it was done", "after it was done"])
def test_a_deletion_that_failed_at_the_location_is_finished_by_the_same_request(
    done: bool,  # noqa: FBT001
    answer: Answer,
    request_: Send,
    location: FakeService,
) -> None:
    delete: Any = location.answers["DELETE /locations/alice"]

    def fail(request: object) -> Answer:
        if done:
            delete(request)
        return answer

    location.answers["DELETE /locations/alice"] = fail
    assert_problem(request_(DELETE), 503, "service_unavailable")
    assert shown_name(request_) == "Alice"

    location.answers["DELETE /locations/alice"] = delete
    assert request_(DELETE)["statusCode"] == 204
    assert erased(request_, location)


def test_a_deletion_that_failed_at_its_check_has_deleted_nothing_and_is_finished_by_the_same_request(
    request_: Send, location: FakeService, table: Table
) -> None:
    tag = request_(GET)["headers"]["ETag"]
    conditional = {"Authorization": "Bearer alices-token", "If-Match": tag}

    with failing_once(table, "before-call.dynamodb.GetItem"):
        assert_problem(request_(DELETE, headers=conditional), 503, "service_unavailable")
        assert body_of(request_(GET))["location_status"] == "available"
        assert request_(DELETE, headers=conditional)["statusCode"] == 204

    assert erased(request_, location)


@pytest.mark.parametrize("answer", [(503, {}), (403, {}), None], ids=repr)
@pytest.mark.parametrize(
    ("route", "body"),
    [(PUT, ANNA), (PATCH, ANNA), (DELETE, None), (PUT_LOCATION, HERE), (DELETE_LOCATION, None)],
    ids=["put", "patch", "delete", "put location", "delete location"],
)
def test_a_write_while_authentication_is_dead_or_slow_is_a_503_and_nothing_is_changed(
    route: str, body: object, answer: Answer, request_: Send, slow_request: Send, authentication_service: FakeService
) -> None:
    authentication_service.answers["POST /introspect"] = answer

    reply = slow_request(route, body=body)

    assert_problem(reply, 503, "service_unavailable")
    assert int(reply["headers"]["Retry-After"]) >= 1
    assert shown_name(request_) == "Alice"
    assert body_of(request_(GET))["location_status"] == "available"


def test_a_position_of_a_device_whose_clock_is_fast_is_refused_by_its_field_as_location_refuses_it(
    request_: Send, location: FakeService
) -> None:
    refusal = {"title": "Bad Request", "status": 400, "detail": "Not valid.", "code": "invalid_request"}
    field = {"location": "body.fixed_at", "message": "Input should not be in the future"}
    location.answers["PUT /locations/alice"] = (400, refusal | {"errors": [field]})

    reply = request_(PUT_LOCATION, body=HERE | {"fixed_at": "9999-01-01T00:00:00Z"})

    assert_problem(reply, 400, "invalid_request", "body.fixed_at")
    assert body_of(request_(GET))["location"]["latitude"] == HERE["latitude"]


# No route knows of idempotency keys: versions tell a write that was done from one that was not.
KEY = {"Authorization": "Bearer alices-token", "Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


@pytest.mark.parametrize("route", [PUT, PATCH])
def test_a_replayed_write_is_done_over_itself_and_a_conditional_one_is_told_that_it_was_done(
    route: str, request_: Send
) -> None:
    tag = request_(GET)["headers"]["ETag"]
    conditional = KEY | {"If-Match": tag}
    assert request_(route, body=ANNA, headers=conditional)["statusCode"] == 204
    assert_problem(request_(route, body=ANNA, headers=conditional), 412, "precondition_failed")
    assert shown_name(request_) == "Anna"

    assert [request_(route, body=ALICE, headers=KEY)["statusCode"] for _ in range(2)] == [204, 204]
    assert shown_name(request_) == "Alice"


def test_a_replayed_deletion_finds_nothing_wrong_with_what_is_gone(request_: Send, location: FakeService) -> None:
    assert [request_(DELETE, headers=KEY)["statusCode"] for _ in range(2)] == [204, 204]

    assert erased(request_, location)
