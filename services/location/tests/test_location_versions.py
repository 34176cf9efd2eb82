"""Writes that depend on what is there: `If-Match` and `If-None-Match`."""

from functools import partial
from itertools import count
from typing import Any

import pytest

from lambda_lib import Handler
from lambda_lib.testing import FakeAuthentication, Send, Table, assert_problem, body_of
from location_service.handler import Resources, random_version, routes
from location_service.store import LocationStore

PUT, GET, DELETE = (f"{method} /locations/{{user_id}}" for method in ("PUT", "GET", "DELETE"))
TOKEN = {"X-User-Token": "alices-token"}
HERE, THERE = {"latitude": 1.0, "longitude": 1.0}, {"latitude": 2.0, "longitude": 2.0}


@pytest.fixture
def send(table: Table, authentication: FakeAuthentication, signed_caller: Send) -> Send:
    """Sends a request about Alice's location; versions are v1, v2 …"""
    authentication.sign_in("alice", token="alices-token")
    versions = (f"v{number}" for number in count(1))
    resources = Resources(LocationStore(table.client, table.name), new_version=lambda: next(versions))
    handler = Handler(routes, resources=resources, authenticate=authentication)
    return partial(signed_caller, handler, path={"user_id": "alice"})


def put(send: Send, body: object = HERE, **conditions: str) -> dict[str, Any]:
    headers = {name.replace("_", "-"): value for name, value in conditions.items()}
    return send(PUT, headers=TOKEN | headers, body=body)


def latitude(send: Send) -> float:
    degrees: float = body_of(send(GET))["latitude"]
    return degrees


def test_a_write_tells_the_version_that_a_read_tells_too(send: Send) -> None:
    assert put(send)["headers"]["ETag"] == '"v1"'
    assert put(send)["headers"]["ETag"] == '"v2"'

    assert send(GET)["headers"]["ETag"] == '"v2"'


def test_no_two_versions_are_the_same() -> None:
    assert len({random_version() for _ in range(1000)}) == 1000


@pytest.mark.parametrize("if_match", ['"v1"', "*", '"other", "v1"', '"other" , W/"v1", "v1"'])
def test_a_write_over_the_version_that_was_read_is_done(if_match: str, send: Send) -> None:
    put(send)

    assert put(send, THERE, If_Match=if_match)["statusCode"] == 204
    assert latitude(send) == 2


@pytest.mark.parametrize("if_match", ['"v0"', 'W/"v1"', '""', '"V1"'])
def test_a_write_over_another_version_is_refused(if_match: str, send: Send) -> None:
    put(send)

    assert_problem(put(send, THERE, If_Match=if_match), 412, "precondition_failed")
    assert latitude(send) == 1


@pytest.mark.parametrize("if_match", ['"v1"', "*"])
def test_a_write_over_what_is_not_there_is_refused(if_match: str, send: Send) -> None:
    assert_problem(put(send, If_Match=if_match), 412, "precondition_failed")
    assert_problem(send(GET), 404, "not_found")


def test_of_two_writers_who_read_the_same_version_one_is_told_to_read_again(send: Send) -> None:
    put(send)

    first, second = (put(send, body, If_Match='"v1"') for body in (THERE, HERE))

    assert first["statusCode"] == 204
    assert_problem(second, 412, "precondition_failed")
    assert latitude(send) == 2  # the write that was acknowledged


def test_a_first_write_takes_the_place_of_none(send: Send) -> None:
    assert put(send, If_None_Match="*")["statusCode"] == 204
    assert_problem(put(send, THERE, If_None_Match="*"), 412, "precondition_failed")
    assert latitude(send) == 1


def test_a_write_that_contradicts_itself_is_refused(send: Send) -> None:
    put(send)

    assert_problem(put(send, If_None_Match="*", If_Match='"v1"'), 412, "precondition_failed")


@pytest.mark.parametrize("if_match", ['"v1"', "*"])
def test_the_version_that_was_read_is_deleted_and_so_it_is_when_asked_again(if_match: str, send: Send) -> None:
    put(send)

    for _ in range(2):
        assert send(DELETE, headers=TOKEN | {"If-Match": if_match})["statusCode"] == 204
        assert_problem(send(GET), 404, "not_found")


def test_another_version_is_not_deleted(send: Send) -> None:
    put(send)
    put(send, THERE)

    assert_problem(send(DELETE, headers=TOKEN | {"If-Match": '"v1"'}), 412, "precondition_failed")
    assert latitude(send) == 2


@pytest.mark.parametrize(
    "headers",
    [{"If-Match": value} for value in ("", "v1", '"v1', '"v1",', '"v1", *', ",".join(['"v"'] * 9), f'"{"x" * 65}"')]
    + [{"If-None-Match": value} for value in ("", '"v1"')],
    ids=repr,
)
def test_a_condition_that_cannot_be_read_is_refused(headers: dict[str, str], send: Send) -> None:
    reply = send(PUT, headers=TOKEN | headers, body=HERE)

    assert_problem(reply, 400, "invalid_request", f"header.{next(iter(headers))}")


def test_what_was_written_before_there_were_versions_has_none_and_gets_one(send: Send, table: Table) -> None:
    old = {"user_id": {"S": "alice"}, "latitude": {"N": "1.5"}, "longitude": {"N": "2"}}
    table.client.put_item(TableName=table.name, Item=old)

    assert "ETag" not in send(GET)["headers"]
    assert_problem(put(send, If_Match='"v1"'), 412, "precondition_failed")
    assert put(send, If_Match="*")["headers"]["ETag"] == send(GET)["headers"]["ETag"]
