"""The routes of the location service, by API Gateway's events."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from lambda_lib import Handler
from lambda_lib.testing import FakeAuthentication, Send, Table, assert_problem, body_of
from location_service.handler import Resources, routes
from location_service.model import Location, StoredLocation
from location_service.store import LocationStore

PUT = "PUT /locations/{user_id}"
GET = "GET /locations/{user_id}"
ALICE = {"user_id": "alice"}
ALICES_TOKEN = {"X-User-Token": "alices-token"}
DELETE = "DELETE /locations/{user_id}"
ZURICH = {
    "latitude": 47.3769,
    "longitude": 8.5417,
    "label": "Zürich",
    "accuracy_m": 12.5,
    "fixed_at": "2026-11-24T09:00:00Z",
}
NOW = datetime(2026, 11, 24, 9, 0, 10, tzinfo=UTC)


@pytest.fixture
def send(signed_caller: Send) -> Send:
    return signed_caller


@pytest.fixture
def store(table: Table) -> LocationStore:
    return LocationStore(table.client, table.name)


@pytest.fixture
def handler(store: LocationStore, authentication: FakeAuthentication) -> Handler[Resources]:
    authentication.sign_in("alice", token="alices-token")
    resources = Resources(locations=store, now=lambda: NOW)
    return Handler(routes, resources=resources, authenticate=authentication)


def test_a_location_put_by_its_user_is_read_by_any_admitted_caller(send: Send, handler: Handler[Resources]) -> None:
    put = send(handler, PUT, path=ALICE, headers=ALICES_TOKEN, body=ZURICH)
    got = send(handler, GET, path=ALICE)

    assert (put["statusCode"], put["body"]) == (204, "")
    assert body_of(got) == ZURICH


def test_a_location_needs_its_coordinates_only(send: Send, handler: Handler[Resources]) -> None:
    send(handler, PUT, path=ALICE, headers=ALICES_TOKEN, body={"latitude": 0, "longitude": 0})

    assert body_of(send(handler, GET, path=ALICE)) == {
        "latitude": 0.0,
        "longitude": 0.0,
        "label": None,
        "accuracy_m": None,
        "fixed_at": None,
    }


def test_a_location_is_deleted_by_its_user_and_stays_so(send: Send, handler: Handler[Resources]) -> None:
    send(handler, PUT, path=ALICE, headers=ALICES_TOKEN, body=ZURICH)

    replies = [send(handler, DELETE, path=ALICE, headers=ALICES_TOKEN) for _ in range(2)]

    assert [(reply["statusCode"], reply["body"]) for reply in replies] == [(204, ""), (204, "")]
    assert_problem(send(handler, GET, path=ALICE), 404, "not_found")


@pytest.mark.parametrize(("query", "consistent"), [(None, False), ("false", False), ("true", True)])
def test_the_caller_chooses_the_consistency_of_a_read(
    query: str | None,
    consistent: bool,  # noqa: FBT001
    send: Send,
    handler: Handler[Resources],
    table: Table,
) -> None:
    seen: list[bool] = []
    table.client.meta.events.register(
        "before-parameter-build.dynamodb.GetItem", lambda params, **_: seen.append(params["ConsistentRead"])
    )

    send(handler, GET, path=ALICE, query=query and {"consistent": query})

    assert seen == [consistent]


LONDON = Location(latitude=51.5072, longitude=-0.1276)
WRITES = pytest.mark.parametrize("request_", [(PUT, ZURICH), (DELETE, None)], ids=["put", "delete"])
EVERY_ROUTE = pytest.mark.parametrize(
    "request_", [(PUT, ZURICH), (GET, None), (DELETE, None)], ids=["put", "get", "delete"]
)


@WRITES
def test_a_user_writes_no_other_users_location(
    request_: tuple[str, object], send: Send, handler: Handler[Resources], store: LocationStore
) -> None:
    route, body = request_
    store.put("bob", LONDON, version="v1")

    reply = send(handler, route, path={"user_id": "bob"}, headers=ALICES_TOKEN, body=body)

    assert_problem(reply, 403, "forbidden")
    assert store.get("bob") == StoredLocation(LONDON, "v1")


@WRITES
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-User-Token": "nobodys-token"},
        {"X-User-Token": "no token \u20ac"},
        {"X-User-Token": "x" * 10_000},
        {"Authorization": "Bearer alices-token"},
    ],
    ids=["none", "unknown", "malformed", "endless", "elsewhere"],
)
def test_a_write_without_a_valid_user_token_is_refused(
    headers: dict[str, str],
    request_: tuple[str, object],
    send: Send,
    handler: Handler[Resources],
    store: LocationStore,
) -> None:
    route, body = request_
    store.put("alice", LONDON, version="v1")

    reply = send(handler, route, path=ALICE, headers=headers, body=body)

    assert_problem(reply, 401, "unauthenticated")
    assert store.get("alice") == StoredLocation(LONDON, "v1")


@EVERY_ROUTE
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
        ({"body": '{"latitude": NaN, "longitude": 0}'}, 400, "malformed_body", None),
        ({"body": '{"latitude": 1e999, "longitude": 0}'}, 400, "invalid_request", "body.latitude"),
        ({"body": ZURICH | {"latitude": "47.3"}}, 400, "invalid_request", "body.latitude"),
        ({"body": ZURICH | {"label": ""}}, 400, "invalid_request", "body.label"),
        ({"body": ZURICH | {"label": "x" * 101}}, 400, "invalid_request", "body.label"),
        ({"body": ZURICH | {"label": "\ud800"}}, 400, "malformed_body", None),
        ({"body": ZURICH | {"altitude": 408}}, 400, "invalid_request", "body.altitude"),
        ({"body": ZURICH | {"accuracy_m": -1}}, 400, "invalid_request", "body.accuracy_m"),
        ({"body": ZURICH | {"fixed_at": "2026-11-24T09:00:00"}}, 400, "invalid_request", "body.fixed_at"),
        ({"body": ZURICH | {"fixed_at": "1999-12-31T23:59:59Z"}}, 400, "invalid_request", "body.fixed_at"),
        ({"body": ZURICH | {"fixed_at": "2026-11-24T09:01:11Z"}}, 400, "invalid_request", "body.fixed_at"),
        ({"body": ZURICH | {"fixed_at": "9999-12-31T23:59:59-14:00"}}, 400, "invalid_request", "body.fixed_at"),
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
@EVERY_ROUTE
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


@pytest.mark.parametrize(
    ("bytes_", "status", "code"), [(4096, 400, "malformed_body"), (4097, 413, "request_too_large")]
)
def test_a_body_that_is_deep_or_large_is_refused(
    bytes_: int, status: int, code: str, send: Send, handler: Handler[Resources]
) -> None:
    assert_problem(send(handler, PUT, path=ALICE, headers=ALICES_TOKEN, body="[" * bytes_), status, code)


def test_the_longest_label_fits_however_it_is_written(send: Send, handler: Handler[Resources]) -> None:
    body = json.dumps(ZURICH | {"label": "\U0001f3f0" * 100}, ensure_ascii=True)

    assert send(handler, PUT, path=ALICE, headers=ALICES_TOKEN, body=body)["statusCode"] == 204


def test_a_clock_that_is_a_minute_fast_is_no_fault(send: Send, handler: Handler[Resources]) -> None:
    body = ZURICH | {"fixed_at": "2026-11-24T11:01:10+02:00"}

    assert send(handler, PUT, path=ALICE, headers=ALICES_TOKEN, body=body)["statusCode"] == 204
    assert body_of(send(handler, GET, path=ALICE))["fixed_at"] == "2026-11-24T09:01:10Z"


def test_attributes_that_the_service_does_not_know_are_not_shown(
    send: Send, handler: Handler[Resources], store: LocationStore, table: Table
) -> None:
    store.put("alice", Location.model_validate_json(json.dumps(ZURICH)), version="v1")
    table.client.update_item(
        TableName=table.name,
        Key={"user_id": {"S": "alice"}},
        UpdateExpression="SET padding = :padding",
        ExpressionAttributeValues={":padding": {"S": "x" * 5000}},
    )

    assert body_of(send(handler, GET, path=ALICE)) == ZURICH
