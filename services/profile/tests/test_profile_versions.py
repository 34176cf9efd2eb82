"""Writes that depend on what is there, and reads that a copy saves: `If-Match` and `If-None-Match`."""

from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

import pytest
from botocore.session import Session

from lambda_lib import Handler, ServiceClient
from lambda_lib.testing import FakeAuthentication, FakeService, Send, Table, assert_problem, body_of, send
from profile_service.handler import MAX_AGE_S, Resources, random_version, routes
from profile_service.locations import Locations
from profile_service.logic import entity_tag
from profile_service.model import ProfilePage
from profile_service.store import ProfileStore

PUT, PATCH, GET, DELETE = (f"{method} /profiles/{{user_id}}" for method in ("PUT", "PATCH", "GET", "DELETE"))
PUT_LOCATION, DELETE_LOCATION = (f"{method} /profiles/{{user_id}}/location" for method in ("PUT", "DELETE"))
ALICE, ANNA = {"display_name": "Alice"}, {"display_name": "Anna"}
HERE = {"latitude": 1.0, "longitude": 1.0}

type Write = Callable[..., dict[str, Any]]


@pytest.fixture
def handler(
    aws: Session, table: Table, authentication: FakeAuthentication, location: FakeService
) -> Handler[Resources]:
    """Versions are v1, v2 …; nobody has a location."""
    authentication.sign_in("alice", token="alices-token")
    problem = {"title": "Not Found", "status": 404, "detail": "None.", "code": "not_found"}
    location.answers |= {"GET /locations/alice": (404, problem), "DELETE /locations/alice": (204, None)}
    services = ServiceClient(environment="dev", region="us-east-1", session=aws, timeout_s=0.5, pause=lambda _: None)
    versions = (f"v{number}" for number in count(1))
    resources = Resources(
        ProfileStore(table.client, table.name), Locations(services, ttl_s=0), new_version=lambda: next(versions)
    )
    return Handler(routes, resources=resources, authenticate=authentication)


@pytest.fixture
def read(handler: Handler[Resources]) -> Send:
    return partial(send, handler, GET, path={"user_id": "alice"})


@pytest.fixture
def write(handler: Handler[Resources]) -> Write:
    def write(route: str, body: object = None, **conditions: str) -> dict[str, Any]:
        headers = {name.replace("_", "-"): value for name, value in conditions.items()}
        token = {"Authorization": "Bearer alices-token"}
        return send(handler, route, path={"user_id": "alice"}, headers=token | headers, body=body)

    return write


def shown_name(read: Send) -> str:
    name: str = body_of(read())["display_name"]
    return name


def test_no_two_versions_are_the_same() -> None:
    assert len({random_version() for _ in range(1000)}) == 1000


@pytest.mark.parametrize("route", [PUT, PATCH])
def test_a_write_tells_its_version(route: str, write: Write) -> None:
    assert write(PUT, ALICE)["headers"]["ETag"] == '"v1"'
    assert write(route, ANNA)["headers"]["ETag"] == '"v2"'


@pytest.mark.parametrize("route", [PUT, PATCH])
@pytest.mark.parametrize("if_match", ['"v1"', "*", '"v0", "v1"', "the page's"])
def test_a_write_over_the_version_that_was_read_is_done(route: str, if_match: str, write: Write, read: Send) -> None:
    write(PUT, ALICE)
    tag = read()["headers"]["ETag"] if if_match == "the page's" else if_match

    assert write(route, ANNA, If_Match=tag)["statusCode"] == 204
    assert shown_name(read) == "Anna"


@pytest.mark.parametrize("route", [PUT, PATCH])
@pytest.mark.parametrize("if_match", ['"v0"', 'W/"v1"', '""', '".v1"'])
def test_a_write_over_another_version_is_refused(route: str, if_match: str, write: Write, read: Send) -> None:
    write(PUT, ALICE)

    assert_problem(write(route, ANNA, If_Match=if_match), 412, "precondition_failed")
    assert shown_name(read) == "Alice"


@pytest.mark.parametrize("route", [PUT, PATCH])
@pytest.mark.parametrize("if_match", ['"v1"', "*"])
def test_a_write_over_what_is_not_there_is_refused(route: str, if_match: str, write: Write, read: Send) -> None:
    assert_problem(write(route, ANNA, If_Match=if_match), 412, "precondition_failed")
    assert_problem(read(), 404, "not_found")


def test_of_two_writers_who_read_the_same_version_one_is_told_to_read_again(write: Write, read: Send) -> None:
    write(PUT, ALICE)

    assert write(PUT, ANNA, If_Match='"v1"')["statusCode"] == 204
    assert_problem(write(PATCH, ALICE, If_Match='"v1"'), 412, "precondition_failed")
    assert shown_name(read) == "Anna"  # the write that was acknowledged


def test_a_first_write_takes_the_place_of_none(write: Write, read: Send) -> None:
    assert write(PUT, ALICE, If_None_Match="*")["statusCode"] == 204
    assert_problem(write(PUT, ANNA, If_None_Match="*"), 412, "precondition_failed")
    assert shown_name(read) == "Alice"


@pytest.mark.parametrize("if_match", ['"v1"', "*"])
def test_the_version_that_was_read_is_deleted_and_so_it_is_when_asked_again(
    if_match: str, write: Write, read: Send
) -> None:
    write(PUT, ALICE)

    for _ in range(2):
        assert write(DELETE, If_Match=if_match)["statusCode"] == 204
        assert_problem(read(), 404, "not_found")


def test_another_version_is_not_deleted_nor_is_its_location(write: Write, read: Send, location: FakeService) -> None:
    write(PUT, ALICE)

    assert_problem(write(DELETE, If_Match='"v0"'), 412, "precondition_failed")
    assert location.requests == []
    assert shown_name(read) == "Alice"


@pytest.mark.parametrize("route", [PUT, PATCH, DELETE])
@pytest.mark.parametrize("if_match", ["", "v1", '"v1', ",".join(['"v"'] * 9)], ids=repr)
def test_a_condition_that_cannot_be_read_is_refused(route: str, if_match: str, write: Write) -> None:
    body = None if route == DELETE else ALICE

    assert_problem(write(route, body, If_Match=if_match), 400, "invalid_request", "header.If-Match")


def test_a_location_has_versions_of_its_own_which_are_passed_through(write: Write, location: FakeService) -> None:
    location.answers["PUT /locations/alice"] = (204, None)
    write(PUT_LOCATION, HERE, If_None_Match="*")
    write(DELETE_LOCATION, If_Match='"l1"')

    put, delete = (request.headers for request in location.requests)
    assert (put["If-None-Match"], "If-Match" in put, delete["If-Match"]) == ("*", False, '"l1"')

    refusal = {"title": "Precondition Failed", "status": 412, "detail": "Another.", "code": "precondition_failed"}
    location.answers["PUT /locations/alice"] = location.answers["DELETE /locations/alice"] = (412, refusal)
    assert_problem(write(PUT_LOCATION, HERE, If_Match='"l0"'), 412, "precondition_failed")
    assert_problem(write(DELETE_LOCATION, If_Match='"l0"'), 412, "precondition_failed")


JSON, HTML = {"Accept": "application/json"}, {"Accept": "text/html"}


@pytest.mark.parametrize("accept", [{}, JSON, HTML])
def test_a_reader_with_a_current_copy_gets_no_other(accept: dict[str, str], write: Write, read: Send) -> None:
    write(PUT, ALICE)
    headers = read(headers=accept)["headers"]

    again = read(headers=accept | {"If-None-Match": f'"older", W/{headers["ETag"]}'})

    assert (again["statusCode"], again["body"]) == (304, "")
    for name in ("ETag", "Cache-Control", "Vary"):  # RFC 9110 section 15.4.5
        assert again["headers"][name] == headers[name]


def test_a_copy_is_out_of_date_when_anything_in_it_has_changed(write: Write, read: Send, location: FakeService) -> None:
    write(PUT, ALICE)
    tags = [read()["headers"]["ETag"]]
    write(PATCH, {"bio": "Draws maps."})
    tags.append(read()["headers"]["ETag"])
    location.answers["GET /locations/alice"] = (200, HERE)
    tags.append(read()["headers"]["ETag"])

    assert len(set(tags)) == 3
    assert [read(headers={"If-None-Match": tag})["statusCode"] for tag in tags] == [200, 200, 304]


def test_the_tag_of_a_page_is_that_of_its_very_text_so_that_no_other_page_has_it(write: Write, read: Send) -> None:
    write(PUT, ALICE)
    shown = ProfilePage.model_validate(body_of(read()))

    reply = read(headers=HTML)

    text = f"text/html\n{reply['body']}"
    assert reply["headers"]["ETag"] == entity_tag(shown, version="v1", representation=text)
    assert reply["headers"]["ETag"] != entity_tag(shown, version="v1", representation=text + " ")


def test_a_copy_of_the_page_is_none_of_the_document(write: Write, read: Send) -> None:
    write(PUT, ALICE)
    tag = read(headers=JSON)["headers"]["ETag"]

    reply = read(headers=HTML | {"If-None-Match": tag})

    assert reply["statusCode"] == 200
    assert reply["headers"]["Content-Type"].startswith("text/html")


def test_anyone_may_keep_a_profile_for_some_seconds(write: Write, read: Send) -> None:
    write(PUT, ALICE)

    headers = read()["headers"]

    assert (headers["Cache-Control"], headers["Vary"]) == (f"public, max-age={MAX_AGE_S}", "Accept")
    assert MAX_AGE_S <= 10


def test_nobody_keeps_a_profile_whose_location_could_not_be_had(
    write: Write, read: Send, location: FakeService
) -> None:
    write(PUT, ALICE)
    location.answers["GET /locations/alice"] = (503, {})

    assert read()["headers"]["Cache-Control"] == "no-store"
