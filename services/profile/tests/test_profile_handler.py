"""The routes of the profile service, by API Gateway's events."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.session import Session

from lambda_lib import Handler, ServiceClient
from lambda_lib.testing import FakeAuthentication, FakeService, Table, assert_problem, body_of, send
from profile_service.handler import Resources, routes
from profile_service.locations import Locations
from profile_service.store import ProfileStore

PUT = "PUT /profiles/{user_id}"
GET = "GET /profiles/{user_id}"
PATCH = "PATCH /profiles/{user_id}"
DELETE = "DELETE /profiles/{user_id}"
PUT_LOCATION = "PUT /profiles/{user_id}/location"
DELETE_LOCATION = "DELETE /profiles/{user_id}/location"
ALICE = {"user_id": "alice"}
ALICES_TOKEN = {"Authorization": "Bearer alices-token"}
PROFILE = {"display_name": "Alice", "bio": "Draws maps."}
ZURICH = {
    "latitude": 47.3769,
    "longitude": 8.5417,
    "label": "Zürich",
    "accuracy_m": 12.5,
    "fixed_at": "2026-11-24T09:00:00Z",
}
NOT_FOUND = {"title": "Not Found", "status": 404, "detail": "The user alice has no location.", "code": "not_found"}


@pytest.fixture
def handler(aws: Session, table: Table, authentication: FakeAuthentication) -> Handler[Resources]:
    authentication.sign_in("alice", token="alices-token")
    services = ServiceClient(environment="dev", region="us-east-1", session=aws, timeout_s=0.5, pause=lambda _: None)
    resources = Resources(profiles=ProfileStore(table.client, table.name), locations=Locations(services))
    return Handler(routes, resources=resources, authenticate=authentication)


@pytest.fixture
def with_profile(handler: Handler[Resources]) -> None:
    """Alice has a profile."""
    assert send(handler, PUT, path=ALICE, headers=ALICES_TOKEN, body=PROFILE)["statusCode"] == 204


@pytest.mark.usefixtures("with_profile")
def test_a_profile_is_shown_with_its_users_location(handler: Handler[Resources], location: FakeService) -> None:
    location.answers["GET /locations/alice"] = (200, ZURICH)

    reply = send(handler, GET, path=ALICE)

    assert body_of(reply) == {
        "user_id": "alice",
        **PROFILE,
        "location": ZURICH,
        "location_status": "available",
        "location_visibility": "public",
    }


@pytest.mark.usefixtures("with_profile")
@pytest.mark.parametrize(
    ("answer", "status"),
    [((404, NOT_FOUND), "none"), ((500, {}), "unavailable"), ((503, {}), "unavailable"), (None, "unavailable")],
)
def test_a_profile_is_shown_without_a_location_and_says_why(
    answer: tuple[int, object] | None, status: str, handler: Handler[Resources], location: FakeService
) -> None:
    location.answers["GET /locations/alice"] = answer

    reply = send(handler, GET, path=ALICE)

    assert body_of(reply) == {
        "user_id": "alice",
        **PROFILE,
        "location": None,
        "location_status": status,
        "location_visibility": "public",
    }


@pytest.mark.usefixtures("with_profile")
def test_the_log_line_of_a_request_tells_how_the_call_to_the_location_service_went(
    handler: Handler[Resources], location: FakeService, logged: Callable[[], list[dict[str, Any]]]
) -> None:
    location.answers["GET /locations/alice"] = (500, {})
    send(handler, GET, path=ALICE)

    [call] = next(line["calls"] for line in logged() if line.get("route") == GET)
    assert (call["service"], call["outcome"]) == ("location", 500)


def test_a_user_without_a_profile_is_not_found_and_no_location_is_asked_for(
    handler: Handler[Resources], location: FakeService
) -> None:
    assert_problem(send(handler, GET, path=ALICE), 404, "not_found")

    assert location.requests == []


@pytest.mark.usefixtures("location")
def test_a_profile_needs_no_bio(handler: Handler[Resources]) -> None:
    send(handler, PUT, path=ALICE, headers=ALICES_TOKEN, body={"display_name": "Alice"})

    assert body_of(send(handler, GET, path=ALICE))["bio"] is None


def test_a_location_is_passed_on_with_the_users_token(handler: Handler[Resources], location: FakeService) -> None:
    location.answers["PUT /locations/alice"] = (204, None)

    reply = send(handler, PUT_LOCATION, path=ALICE, headers=ALICES_TOKEN, body=ZURICH)

    assert (reply["statusCode"], reply["body"]) == (204, "")
    [(_, headers, body)] = location.requests
    assert (headers["X-User-Token"], body) == ("alices-token", ZURICH)


ENDED = {"title": "Unauthorized", "status": 401, "detail": "The token is not valid.", "code": "unauthenticated"}


@pytest.mark.parametrize(("answer", "status"), [((401, ENDED), 401), ((403, {}), 502), ((503, {}), 503), (None, 503)])
def test_a_location_that_could_not_be_passed_on_is_told(
    answer: tuple[int, object] | None, status: int, handler: Handler[Resources], location: FakeService
) -> None:
    location.answers["PUT /locations/alice"] = answer

    reply = send(handler, PUT_LOCATION, path=ALICE, headers=ALICES_TOKEN, body=ZURICH)

    assert body_of(reply, status)["status"] == status


def test_a_location_is_deleted_with_the_users_token(handler: Handler[Resources], location: FakeService) -> None:
    location.answers["DELETE /locations/alice"] = (204, None)

    reply = send(handler, DELETE_LOCATION, path=ALICE, headers=ALICES_TOKEN)

    assert (reply["statusCode"], reply["body"]) == (204, "")
    assert [request.headers["X-User-Token"] for request in location.requests] == ["alices-token"]


def visible(handler: Handler[Resources]) -> str:
    found: str = body_of(send(handler, GET, path=ALICE))["location_visibility"]
    return found


@pytest.mark.usefixtures("with_profile")
@pytest.mark.parametrize("content_type", ["application/merge-patch+json", "application/json"])
def test_a_change_leaves_alone_what_it_does_not_name(
    content_type: str, handler: Handler[Resources], location: FakeService
) -> None:
    location.answers["GET /locations/alice"] = (200, ZURICH)
    headers = ALICES_TOKEN | {"Content-Type": content_type}

    reply = send(handler, PATCH, path=ALICE, headers=headers, body={"location_visibility": "coarse"})

    assert (reply["statusCode"], reply["body"]) == (204, "")
    assert body_of(send(handler, GET, path=ALICE)) == {
        "user_id": "alice",
        **PROFILE,
        "location": {"latitude": 47.4, "longitude": 8.5, "label": None, "accuracy_m": None, "fixed_at": None},
        "location_status": "available",
        "location_visibility": "coarse",
    }


@pytest.mark.usefixtures("with_profile", "location")
def test_a_change_to_null_takes_a_bio_away(handler: Handler[Resources]) -> None:
    send(handler, PATCH, path=ALICE, headers=ALICES_TOKEN, body={"bio": None})

    assert body_of(send(handler, GET, path=ALICE))["bio"] is None


@pytest.mark.usefixtures("location")
def test_a_change_makes_no_profile(handler: Handler[Resources]) -> None:
    reply = send(handler, PATCH, path=ALICE, headers=ALICES_TOKEN, body={"display_name": "Alice"})

    assert_problem(reply, 404, "not_found")
    assert_problem(send(handler, GET, path=ALICE), 404, "not_found")


@pytest.mark.usefixtures("with_profile")
def test_a_hidden_location_stays_hidden_when_a_client_that_does_not_know_of_it_writes(
    handler: Handler[Resources], location: FakeService
) -> None:
    send(handler, PUT, path=ALICE, headers=ALICES_TOKEN, body=PROFILE | {"location_visibility": "hidden"})

    send(handler, PUT, path=ALICE, headers=ALICES_TOKEN, body=PROFILE)

    assert visible(handler) == "hidden"
    assert location.requests == []


WRITES = pytest.mark.parametrize(
    ("route", "body"),
    [
        (PUT, PROFILE),
        (PATCH, {"bio": "Forged."}),
        (DELETE, None),
        (PUT_LOCATION, ZURICH),
        (DELETE_LOCATION, None),
    ],
    ids=["put", "patch", "delete", "put location", "delete location"],
)


@WRITES
def test_a_user_writes_for_no_other_user(
    route: str, body: object, handler: Handler[Resources], location: FakeService
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
        {"Authorization": "Bearer no token \u20ac"},
        {"Authorization": f"Bearer {'x' * 10_000}"},
        {"X-User-Token": "alices-token"},
    ],
    ids=["none", "unknown", "basic", "malformed", "endless", "elsewhere"],
)
def test_a_write_without_a_valid_bearer_token_is_refused(
    headers: dict[str, str], route: str, body: object, handler: Handler[Resources], location: FakeService
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
    (PROFILE | {"location_visibility": "friends"}, "invalid_request", "body.location_visibility"),
]
BAD_CHANGES: list[tuple[object, str, str | None]] = [
    ({"display_name": None}, "invalid_request", "body.display_name"),
    ({"location_visibility": None}, "invalid_request", "body.location_visibility"),
    ({"user_id": "bob"}, "invalid_request", "body.user_id"),
]
BAD_LOCATIONS: list[tuple[object, str, str | None]] = [
    ({}, "invalid_request", "body.latitude"),
    (ZURICH | {"latitude": 90.1}, "invalid_request", "body.latitude"),
    (ZURICH | {"longitude": 180.1}, "invalid_request", "body.longitude"),
    (ZURICH | {"latitude": "47.3"}, "invalid_request", "body.latitude"),
    ('{"latitude": NaN, "longitude": 0}', "malformed_body", None),
    (ZURICH | {"label": "x" * 101}, "invalid_request", "body.label"),
    (ZURICH | {"altitude": 408}, "invalid_request", "body.altitude"),
    (ZURICH | {"accuracy_m": -1}, "invalid_request", "body.accuracy_m"),
    (ZURICH | {"fixed_at": "2026-11-24T09:00:00"}, "invalid_request", "body.fixed_at"),
]


@pytest.mark.parametrize(
    ("route", "body", "code", "fault"),
    [(PUT, *bad) for bad in [*BAD_BODIES, *BAD_PROFILES]]
    + [(PATCH, *bad) for bad in [*BAD_BODIES, *BAD_CHANGES]]
    + [(PUT_LOCATION, *bad) for bad in [*BAD_BODIES, *BAD_LOCATIONS]],
    ids=repr,
)
def test_a_bad_body_is_refused_with_what_is_wrong_with_it(
    route: str, body: object, code: str, fault: str | None, handler: Handler[Resources]
) -> None:
    assert_problem(send(handler, route, path=ALICE, headers=ALICES_TOKEN, body=body), 400, code, fault)


@pytest.mark.parametrize(("route", "body"), [(PUT, PROFILE), (PATCH, {}), (PUT_LOCATION, ZURICH)])
def test_a_body_that_is_not_json_by_its_type_is_refused(route: str, body: object, handler: Handler[Resources]) -> None:
    headers = ALICES_TOKEN | {"Content-Type": "text/plain"}

    assert_problem(send(handler, route, path=ALICE, headers=headers, body=body), 415, "unsupported_media_type")


@pytest.mark.parametrize("user_id", ["al", "Alice", "alice%0A", "..", "%2e%2e%2f", "a" * 33])
@pytest.mark.parametrize(
    ("route", "body"),
    [(PUT, PROFILE), (GET, None), (PATCH, {}), (DELETE, None), (PUT_LOCATION, ZURICH), (DELETE_LOCATION, None)],
)
def test_what_cannot_be_a_user_id_is_refused(
    route: str, body: object, user_id: str, handler: Handler[Resources]
) -> None:
    reply = send(handler, route, path={"user_id": user_id}, headers=ALICES_TOKEN, body=body)

    assert_problem(reply, 400, "invalid_request", "path.user_id")


@pytest.mark.parametrize(
    ("bytes_", "status", "code"), [(16_384, 400, "malformed_body"), (16_385, 413, "request_too_large")]
)
@pytest.mark.parametrize("route", [PUT, PATCH, PUT_LOCATION])
def test_a_body_that_is_deep_or_large_is_refused(
    route: str, bytes_: int, status: int, code: str, handler: Handler[Resources]
) -> None:
    assert_problem(send(handler, route, path=ALICE, headers=ALICES_TOKEN, body="[" * bytes_), status, code)


def test_the_longest_profile_fits_however_it_is_written(handler: Handler[Resources]) -> None:
    body = json.dumps({"display_name": "\U0001f3f0" * 80, "bio": "\U0001f3f0" * 1000}, ensure_ascii=True)

    assert send(handler, PUT, path=ALICE, headers=ALICES_TOKEN, body=body)["statusCode"] == 204
