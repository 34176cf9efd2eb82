"""The routes of the location service, by API Gateway's events."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.stub import Stubber

from lambda_lib import Handler, Identity, Unauthenticated
from location_service.handler import Resources, routes
from location_service.model import Location
from location_service.store import LocationStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Send = Callable[..., dict[str, Any]]

PUT = "PUT /locations/{user_id}"
GET = "GET /locations/{user_id}"
ALICE = {"user_id": "alice"}
ALICES_TOKEN = {"X-User-Token": "alices-token"}
ZURICH = {"latitude": 47.3769, "longitude": 8.5417, "label": "Zürich"}


def authenticate(token: str) -> Identity:
    """Stands for the authentication service, which knows one user."""
    if token != "alices-token":
        raise Unauthenticated("The token is not valid.")
    return Identity(user_id="alice", token=token)


@pytest.fixture
def store(dynamodb: "DynamoDBClient") -> LocationStore:
    return LocationStore(dynamodb, "dev-location")


@pytest.fixture
def handler(store: LocationStore) -> Handler[Resources]:
    return Handler(routes, resources=Resources(locations=store), authenticate=authenticate)


def test_a_location_put_by_its_user_is_read_by_any_admitted_caller(send: Send, handler: Handler[Resources]) -> None:
    put = send(handler, PUT, path=ALICE, headers=ALICES_TOKEN, body=ZURICH)
    got = send(handler, GET, path=ALICE)

    assert (put["statusCode"], put["body"]) == (204, "")
    assert (got["statusCode"], json.loads(got["body"])) == (200, ZURICH)


def test_a_location_needs_no_label(send: Send, handler: Handler[Resources]) -> None:
    send(handler, PUT, path=ALICE, headers=ALICES_TOKEN, body={"latitude": 0, "longitude": 0})

    got = json.loads(send(handler, GET, path=ALICE)["body"])

    assert got == {"latitude": 0.0, "longitude": 0.0, "label": None}


@pytest.mark.parametrize(("query", "consistent"), [(None, False), ("false", False), ("true", True)])
def test_the_caller_chooses_the_consistency_of_a_read(
    query: str | None,
    consistent: bool,  # noqa: FBT001
    send: Send,
    handler: Handler[Resources],
    dynamodb: "DynamoDBClient",
) -> None:
    seen: list[bool] = []
    dynamodb.meta.events.register(
        "before-parameter-build.dynamodb.GetItem", lambda params, **_: seen.append(params["ConsistentRead"])
    )

    send(handler, GET, path=ALICE, query=query and {"consistent": query})

    assert seen == [consistent]


def test_a_user_writes_no_other_users_location(send: Send, handler: Handler[Resources], store: LocationStore) -> None:
    reply = send(handler, PUT, path={"user_id": "bob"}, headers=ALICES_TOKEN, body=ZURICH)

    assert_problem(reply, 403, "forbidden")
    assert store.get("bob") is None


@pytest.mark.parametrize("headers", [{}, {"X-User-Token": "nobodys-token"}, {"Authorization": "Bearer alices-token"}])
def test_a_write_without_a_valid_user_token_is_refused(
    headers: dict[str, str], send: Send, handler: Handler[Resources], store: LocationStore
) -> None:
    reply = send(handler, PUT, path=ALICE, headers=headers, body=ZURICH)

    assert_problem(reply, 401, "unauthenticated")
    assert store.get("alice") is None


@pytest.mark.parametrize("request_", [(PUT, ZURICH), (GET, None)], ids=["put", "get"])
def test_an_unsigned_request_is_refused_even_if_the_gateway_let_it_through(
    request_: tuple[str, object], send: Send, handler: Handler[Resources]
) -> None:
    route, body = request_

    reply = send(handler, route, path=ALICE, headers=ALICES_TOKEN, body=body, caller=None)

    assert_problem(reply, 403, "forbidden")


def test_a_user_without_a_location_is_not_found(send: Send, handler: Handler[Resources]) -> None:
    assert_problem(send(handler, GET, path=ALICE), 404, "not_found")


@pytest.mark.parametrize(
    ("change", "status", "code", "fault"),
    [
        ({"body": None}, 400, "malformed_body", None),
        ({"body": "{"}, 400, "malformed_body", None),
        ({"body": "[]"}, 400, "invalid_request", "body"),
        ({"body": '"text"'}, 400, "invalid_request", "body"),
        ({"body": {}}, 400, "invalid_request", "body.latitude"),
        ({"body": ZURICH | {"latitude": 90.1}}, 400, "invalid_request", "body.latitude"),
        ({"body": ZURICH | {"longitude": -180.1}}, 400, "invalid_request", "body.longitude"),
        ({"body": '{"latitude": NaN, "longitude": 0}'}, 400, "invalid_request", "body.latitude"),
        ({"body": '{"latitude": 1e999, "longitude": 0}'}, 400, "invalid_request", "body.latitude"),
        ({"body": ZURICH | {"latitude": "47.3"}}, 400, "invalid_request", "body.latitude"),
        ({"body": ZURICH | {"label": ""}}, 400, "invalid_request", "body.label"),
        ({"body": ZURICH | {"label": "x" * 101}}, 400, "invalid_request", "body.label"),
        ({"body": ZURICH | {"label": "\ud800"}}, 400, "malformed_body", None),
        ({"body": ZURICH | {"altitude": 408}}, 400, "invalid_request", "body.altitude"),
        (
            {"body": ZURICH, "headers": ALICES_TOKEN | {"Content-Type": "text/plain"}},
            415,
            "unsupported_media_type",
            None,
        ),
    ],
    ids=repr,
)
def test_a_bad_location_is_refused_with_what_is_wrong_with_it(
    change: dict[str, Any], status: int, code: str, fault: str | None, send: Send, handler: Handler[Resources]
) -> None:
    reply = send(handler, PUT, **({"path": ALICE, "headers": ALICES_TOKEN} | change))

    assert_problem(reply, status, code, fault)


@pytest.mark.parametrize("user_id", ["al", "Alice", "alice%0A", "..", "%2e%2e%2f", "a" * 33])
@pytest.mark.parametrize("request_", [(PUT, ZURICH), (GET, None)], ids=["put", "get"])
def test_what_cannot_be_a_user_id_is_refused(
    request_: tuple[str, object], user_id: str, send: Send, handler: Handler[Resources]
) -> None:
    route, body = request_

    reply = send(handler, route, path={"user_id": user_id}, headers=ALICES_TOKEN, body=body)

    assert_problem(reply, 400, "invalid_request", "path.user_id")


@pytest.mark.parametrize("consistent", ["", "maybe", "2"])
def test_a_consistency_that_is_neither_true_nor_false_is_refused(
    consistent: str, send: Send, handler: Handler[Resources]
) -> None:
    reply = send(handler, GET, path=ALICE, query={"consistent": consistent})

    assert_problem(reply, 400, "invalid_request", "query.consistent")


@pytest.mark.parametrize("operation", ["get_item", "put_item"])
def test_throttling_is_told_apart_and_says_when_to_come_back(
    operation: str, send: Send, handler: Handler[Resources], dynamodb: "DynamoDBClient"
) -> None:
    with Stubber(dynamodb) as table:
        table.add_client_error(operation, "ProvisionedThroughputExceededException", http_status_code=400)
        if operation == "put_item":
            reply = send(handler, PUT, path=ALICE, headers=ALICES_TOKEN, body=ZURICH)
        else:
            reply = send(handler, GET, path=ALICE)

    assert_problem(reply, 503, "throttled")
    assert int(reply["headers"]["Retry-After"]) >= 1


def test_attributes_that_the_service_does_not_know_are_not_shown(
    send: Send, handler: Handler[Resources], store: LocationStore, dynamodb: "DynamoDBClient"
) -> None:
    store.put("alice", Location.model_validate(ZURICH))
    dynamodb.update_item(
        TableName="dev-location",
        Key={"user_id": {"S": "alice"}},
        UpdateExpression="SET padding = :padding",
        ExpressionAttributeValues={":padding": {"S": "x" * 5000}},
    )

    assert json.loads(send(handler, GET, path=ALICE)["body"]) == ZURICH


def assert_problem(reply: dict[str, Any], status: int, code: str, fault: str | None = None) -> None:
    problem = json.loads(reply["body"])
    assert (reply["statusCode"], problem["status"], problem["code"]) == (status, status, code)
    assert reply["headers"]["Content-Type"] == "application/problem+json"
    if fault is not None:
        assert any(error["location"].startswith(fault) for error in problem["errors"])
