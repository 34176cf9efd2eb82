"""The routes of the profile service, by API Gateway's events."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.session import Session
from botocore.stub import Stubber

from lambda_lib import Handler, Identity, ServiceClient, Unauthenticated
from profile_service.handler import Resources, routes
from profile_service.locations import Locations
from profile_service.store import ProfileStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Send = Callable[..., dict[str, Any]]

PUT = "PUT /profiles/{user_id}"
GET = "GET /profiles/{user_id}"
PUT_LOCATION = "PUT /profiles/{user_id}/location"
ALICE = {"user_id": "alice"}
ALICES_TOKEN = {"Authorization": "Bearer alices-token"}
PROFILE = {"display_name": "Alice", "bio": "Draws maps."}
ZURICH = {"latitude": 47.3769, "longitude": 8.5417, "label": "Zürich"}

NOT_FOUND = {"title": "Not Found", "status": 404, "detail": "The user alice has no location.", "code": "not_found"}


def authenticate(token: str) -> Identity:
    """Stands for the authentication service, which knows one user."""
    if token != "alices-token":
        raise Unauthenticated("The token is not valid.")
    return Identity(user_id="alice", token=token)


@pytest.fixture
def handler(aws: Session, dynamodb: "DynamoDBClient") -> Handler[Resources]:
    services = ServiceClient(environment="dev", region="us-east-1", session=aws, timeout_s=0.5, pause=lambda _: None)
    resources = Resources(profiles=ProfileStore(dynamodb, "dev-profile"), locations=Locations(services))
    return Handler(routes, resources=resources, authenticate=authenticate)


@pytest.fixture
def with_profile(send: Send, handler: Handler[Resources]) -> None:
    """Alice has a profile."""
    assert send(handler, PUT, path=ALICE, headers=ALICES_TOKEN, body=PROFILE)["statusCode"] == 204


@pytest.mark.usefixtures("with_profile")
def test_a_profile_is_shown_with_its_users_location(send: Send, handler: Handler[Resources], location: Any) -> None:
    location.answers["GET /locations/alice"] = (200, ZURICH)

    reply = send(handler, GET, path=ALICE)

    assert reply["statusCode"] == 200
    assert json.loads(reply["body"]) == {
        "user_id": "alice",
        **PROFILE,
        "location": ZURICH,
        "location_status": "available",
    }


@pytest.mark.usefixtures("with_profile")
@pytest.mark.parametrize(
    ("answer", "status"),
    [((404, NOT_FOUND), "none"), ((500, {}), "unavailable"), ((503, {}), "unavailable"), (None, "unavailable")],
)
def test_a_profile_is_shown_without_a_location_and_says_why(
    answer: tuple[int, object] | None, status: str, send: Send, handler: Handler[Resources], location: Any
) -> None:
    location.answers["GET /locations/alice"] = answer

    reply = send(handler, GET, path=ALICE)

    assert reply["statusCode"] == 200
    assert json.loads(reply["body"]) == {"user_id": "alice", **PROFILE, "location": None, "location_status": status}


@pytest.mark.usefixtures("with_profile")
def test_the_log_line_of_a_request_tells_how_the_call_to_the_location_service_went(
    send: Send, handler: Handler[Resources], location: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    location.answers["GET /locations/alice"] = (500, {})
    capsys.readouterr()

    send(handler, GET, path=ALICE)

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [call] = next(line["calls"] for line in lines if line.get("route") == GET)
    assert (call["service"], call["outcome"]) == ("location", 500)


def test_a_user_without_a_profile_is_not_found_and_no_location_is_asked_for(
    send: Send, handler: Handler[Resources], location: Any
) -> None:
    assert_problem(send(handler, GET, path=ALICE), 404, "not_found")

    assert location.requests == []


@pytest.mark.usefixtures("location")
def test_a_profile_needs_no_bio(send: Send, handler: Handler[Resources]) -> None:
    send(handler, PUT, path=ALICE, headers=ALICES_TOKEN, body={"display_name": "Alice"})

    assert json.loads(send(handler, GET, path=ALICE)["body"])["bio"] is None


def test_a_location_is_passed_on_with_the_users_token(send: Send, handler: Handler[Resources], location: Any) -> None:
    location.answers["PUT /locations/alice"] = (204, None)

    reply = send(handler, PUT_LOCATION, path=ALICE, headers=ALICES_TOKEN, body=ZURICH)

    assert (reply["statusCode"], reply["body"]) == (204, "")
    [(_, headers, body)] = location.requests
    assert (headers["X-User-Token"], body) == ("alices-token", ZURICH)


@pytest.mark.parametrize(("answer", "status"), [((401, {}), 401), ((403, {}), 502), ((503, {}), 503), (None, 503)])
def test_a_location_that_could_not_be_passed_on_is_told(
    answer: tuple[int, object] | None, status: int, send: Send, handler: Handler[Resources], location: Any
) -> None:
    location.answers["PUT /locations/alice"] = answer

    reply = send(handler, PUT_LOCATION, path=ALICE, headers=ALICES_TOKEN, body=ZURICH)

    assert reply["statusCode"] == json.loads(reply["body"])["status"] == status


WRITES = pytest.mark.parametrize(
    ("route", "body"), [(PUT, PROFILE), (PUT_LOCATION, ZURICH)], ids=["put", "put location"]
)


@WRITES
def test_a_user_writes_for_no_other_user(
    route: str, body: object, send: Send, handler: Handler[Resources], location: Any
) -> None:
    assert_problem(send(handler, route, path={"user_id": "bob"}, headers=ALICES_TOKEN, body=body), 403, "forbidden")

    assert_problem(send(handler, GET, path={"user_id": "bob"}), 404, "not_found")
    assert location.requests == []


@WRITES
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer nobodys-token"},
        {"Authorization": "Basic alices-token"},
        {"X-User-Token": "alices-token"},
    ],
    ids=repr,
)
def test_a_write_without_a_valid_bearer_token_is_refused(
    headers: dict[str, str], route: str, body: object, send: Send, handler: Handler[Resources], location: Any
) -> None:
    assert_problem(send(handler, route, path=ALICE, headers=headers, body=body), 401, "unauthenticated")

    assert location.requests == []


BAD_BODIES: list[tuple[object, str, str | None]] = [
    (None, "malformed_body", None),
    ("{", "malformed_body", None),
    ("[]", "invalid_request", "body"),
    ('"text"', "invalid_request", "body"),
]
BAD_PROFILES: list[tuple[object, str, str | None]] = [
    ({}, "invalid_request", "body.display_name"),
    (PROFILE | {"display_name": ""}, "invalid_request", "body.display_name"),
    (PROFILE | {"display_name": "x" * 81}, "invalid_request", "body.display_name"),
    (PROFILE | {"display_name": 7}, "invalid_request", "body.display_name"),
    (PROFILE | {"bio": "x" * 1001}, "invalid_request", "body.bio"),
    (PROFILE | {"bio": "\ud800"}, "malformed_body", None),
    (PROFILE | {"user_id": "bob"}, "invalid_request", "body.user_id"),
]
BAD_LOCATIONS: list[tuple[object, str, str | None]] = [
    ({}, "invalid_request", "body.latitude"),
    (ZURICH | {"latitude": 90.1}, "invalid_request", "body.latitude"),
    (ZURICH | {"longitude": 180.1}, "invalid_request", "body.longitude"),
    (ZURICH | {"latitude": "47.3"}, "invalid_request", "body.latitude"),
    ('{"latitude": NaN, "longitude": 0}', "invalid_request", "body.latitude"),
    (ZURICH | {"label": "x" * 101}, "invalid_request", "body.label"),
    (ZURICH | {"altitude": 408}, "invalid_request", "body.altitude"),
]


@pytest.mark.parametrize(
    ("route", "body", "code", "fault"),
    [(PUT, *bad) for bad in [*BAD_BODIES, *BAD_PROFILES]]
    + [(PUT_LOCATION, *bad) for bad in [*BAD_BODIES, *BAD_LOCATIONS]],
    ids=repr,
)
def test_a_bad_body_is_refused_with_what_is_wrong_with_it(
    route: str, body: object, code: str, fault: str | None, send: Send, handler: Handler[Resources]
) -> None:
    assert_problem(send(handler, route, path=ALICE, headers=ALICES_TOKEN, body=body), 400, code, fault)


@WRITES
def test_a_body_that_is_not_json_by_its_type_is_refused(
    route: str, body: object, send: Send, handler: Handler[Resources]
) -> None:
    headers = ALICES_TOKEN | {"Content-Type": "text/plain"}

    assert_problem(send(handler, route, path=ALICE, headers=headers, body=body), 415, "unsupported_media_type")


@pytest.mark.parametrize("user_id", ["al", "Alice", "alice%0A", "..", "%2e%2e%2f", "a" * 33])
@pytest.mark.parametrize(("route", "body"), [(PUT, PROFILE), (GET, None), (PUT_LOCATION, ZURICH)])
def test_what_cannot_be_a_user_id_is_refused(
    route: str, body: object, user_id: str, send: Send, handler: Handler[Resources]
) -> None:
    reply = send(handler, route, path={"user_id": user_id}, headers=ALICES_TOKEN, body=body)

    assert_problem(reply, 400, "invalid_request", "path.user_id")


@pytest.mark.parametrize(("route", "body", "operation"), [(PUT, PROFILE, "put_item"), (GET, None, "get_item")])
def test_throttling_of_its_own_table_is_told_apart_and_says_when_to_come_back(
    route: str, body: object, operation: str, send: Send, handler: Handler[Resources], dynamodb: "DynamoDBClient"
) -> None:
    with Stubber(dynamodb) as table:
        table.add_client_error(operation, "ProvisionedThroughputExceededException", http_status_code=400)

        reply = send(handler, route, path=ALICE, headers=ALICES_TOKEN, body=body)

    assert_problem(reply, 503, "throttled")
    assert int(reply["headers"]["Retry-After"]) >= 1


def assert_problem(reply: dict[str, Any], status: int, code: str, fault: str | None = None) -> None:
    problem = json.loads(reply["body"])
    assert (reply["statusCode"], problem["status"], problem["code"]) == (status, status, code)
    assert reply["headers"]["Content-Type"] == "application/problem+json"
    if fault is not None:
        assert any(error["location"].startswith(fault) for error in problem["errors"])
