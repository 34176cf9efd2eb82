"""The same routes answer the events of REST APIs, HTTP APIs and function URLs; what is no event is refused."""

# ruff: noqa: ARG001  a route function's arguments are what is declared

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from lambda_lib import Handler, Header, Public, Query, Routes, Signed
from lambda_lib._event import _LOWER_CASE
from lambda_lib.cors import Cors
from lambda_lib.parameters import Body
from lambda_lib.response import Response
from lambda_lib.testing import CALLER, KINDS, Context, Kind, an_event

type Output = Callable[[], tuple[list[dict[str, Any]], list[dict[str, Any]]]]


@dataclass(frozen=True)
class Resources:
    pass


class Seen(BaseModel):
    """What a function was given."""

    thing_id: str
    tags: list[str]
    search: str
    accept: str
    languages: list[str]


def declare_routes() -> Routes[Resources]:
    routes = Routes(title="things", version="1.0.0", resources=Resources)

    @routes.get("/things/{thing_id}", access=Public())
    def get_thing(
        thing_id: str,
        tags: Annotated[list[str], Query("tag")] = [],  # noqa: B006  nobody changes it
        search: Annotated[str, Query()] = "",
        accept: Annotated[str, Header()] = "",
        languages: Annotated[list[str], Header("Accept-Language")] = [],  # noqa: B006  nobody changes it
    ) -> Seen:
        return Seen(thing_id=thing_id, tags=tags, search=search, accept=accept, languages=languages)

    @routes.get("/things/mine", access=Public())
    def get_mine() -> Response[str]:
        return Response("mine", headers={"ETag": '"1"'}, cookies=["a=1; HttpOnly", "b=2"])

    @routes.put("/things/{thing_id}", access=Public())
    def put_thing(thing_id: str, content: Annotated[bytes, Body("image/png")]) -> int:
        return len(content)

    @routes.get("/internal", access=Signed())
    def get_internal() -> str:
        return "internal"

    return routes


@pytest.fixture
def handler() -> Handler[Resources]:
    return Handler(declare_routes(), resources=Resources())


def get(handler: Handler[Resources], target: str, kind: Kind, **more: Any) -> Any:
    reply = handler(an_event("GET", target, kind=kind, resource="/things/{thing_id}", **more), Context())
    assert reply["statusCode"] == 200, reply
    return json.loads(reply["body"])


@pytest.mark.parametrize("kind", KINDS)
def test_parameters_are_read_from_every_kind_of_event(handler: Handler[Resources], kind: Kind) -> None:
    seen = get(handler, "/things/a?tag=x&tag=y%2Cz&tag=&search=a%20b%2Bc", kind, headers={"ACCEPT": "*/*"})
    assert seen == {
        "thing_id": "a",
        "tags": ["x", "y,z", ""],
        "search": "a b+c",
        "accept": "*/*",
        "languages": [],
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("sent", "received"), [("a%20b", "a b"), ("%C3%A9", "é"), ("100%25", "100%"), ("%2541", "%41"), ("a+b", "a+b")]
)
def test_a_path_parameter_is_decoded_once(handler: Handler[Resources], kind: Kind, sent: str, received: str) -> None:
    assert get(handler, f"/things/{sent}", kind)["thing_id"] == received


@pytest.mark.parametrize("kind", ["rest", "rest-proxy", "function-url"])
def test_an_encoded_slash_is_part_of_its_segment(handler: Handler[Resources], kind: Kind) -> None:
    assert get(handler, "/things/a%2Fb", kind)["thing_id"] == "a/b"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("sent", "received"), [("de", ["de"]), (["de, en;q=0.5", "fr"], ["de", "en;q=0.5", "fr"]), ([], [])]
)
def test_a_header_that_is_a_list_has_the_items_of_all_its_lines(
    handler: Handler[Resources], kind: Kind, sent: Any, received: list[str]
) -> None:
    headers = {"Accept-Language": sent} if sent else {}
    assert get(handler, "/things/a", kind, headers=headers)["languages"] == received


@pytest.mark.parametrize("kind", KINDS)
def test_any_number_of_header_names_is_read_and_few_are_remembered(handler: Handler[Resources], kind: Kind) -> None:
    for number in range(300):
        headers = {f"X-Made-Up-{number}": "1", "X" * 100 + str(number): "1", "aCCEPT": "*/*"}
        assert get(handler, "/things/a", kind, headers=headers)["accept"] == "*/*"
    assert len(_LOWER_CASE) <= 256
    assert max(map(len, _LOWER_CASE)) <= 64


@pytest.mark.parametrize("kind", ["http", "http-1.0"])
@pytest.mark.parametrize("resource", [None, "/things/{thing_id}"])
def test_the_stage_is_no_part_of_the_path(handler: Handler[Resources], kind: Kind, resource: str | None) -> None:
    event = an_event("GET", "/things/a", kind=kind, stage="live", resource=resource)
    assert "/live/" in event.get("rawPath", event.get("path"))
    assert json.loads(handler(event, Context())["body"])["thing_id"] == "a"


@pytest.mark.parametrize("kind", ["rest", "rest-proxy", "http", "http-1.0"])
def test_a_path_that_begins_like_the_stage_is_whole(handler: Handler[Resources], kind: Kind) -> None:
    event = an_event("GET", "/things/a", kind=kind, stage="thing")
    assert handler(event, Context())["statusCode"] == 200


@pytest.mark.parametrize("kind", KINDS)
def test_a_literal_path_goes_before_a_placeholder(handler: Handler[Resources], kind: Kind) -> None:
    assert handler(an_event("GET", "/things/mine", kind=kind), Context())["body"] == '"mine"'


@pytest.mark.parametrize("kind", KINDS)
def test_binary_bodies_arrive_as_they_were_sent(handler: Handler[Resources], kind: Kind) -> None:
    event = an_event("PUT", "/things/a", kind=kind, body=b"\x89PNG\x00", headers={"Content-Type": "image/png"})
    assert handler(event, Context())["body"] == "5"


@pytest.mark.parametrize("kind", KINDS)
def test_the_principal_of_a_signed_request_is_found(handler: Handler[Resources], kind: Kind, output: Output) -> None:
    event = an_event("GET", "/internal", kind=kind, caller=CALLER)
    assert handler(event, Context())["statusCode"] == 200
    assert output()[0][0]["caller"] == CALLER


@pytest.mark.parametrize("kind", KINDS)
def test_a_signed_route_stays_shut_where_no_signature_was_checked(handler: Handler[Resources], kind: Kind) -> None:
    assert handler(an_event("GET", "/internal", kind=kind), Context())["statusCode"] == 403


@pytest.mark.parametrize("kind", KINDS)
def test_what_no_route_answers_is_404_or_405(handler: Handler[Resources], kind: Kind) -> None:
    unknown = handler(an_event("GET", "/nowhere", kind=kind), Context())
    known = handler(an_event("DELETE", "/things/a", kind=kind), Context())
    assert (unknown["statusCode"], known["statusCode"]) == (404, 405)
    assert known["headers"]["Allow"] == "GET, PUT"


@pytest.mark.parametrize("kind", KINDS)
def test_cookies_are_set_in_the_way_of_the_event(handler: Handler[Resources], kind: Kind) -> None:
    reply = handler(an_event("GET", "/things/mine", kind=kind), Context())
    cookies = ["a=1; HttpOnly", "b=2"]
    if kind in {"http", "function-url"}:
        assert reply["cookies"] == cookies
    else:
        assert reply["multiValueHeaders"] == {"Set-Cookie": cookies}
    assert reply["headers"]["ETag"] == '"1"'


@pytest.mark.parametrize("kind", KINDS)
def test_no_credential_of_any_kind_of_event_reaches_the_log(kind: Kind, capsys: pytest.CaptureFixture[str]) -> None:
    secrets = ["token-of-a-bearer", "key-of-an-api", "value-of-a-cookie", "value-of-another", "value-of-a-query"]
    routes = Routes(title="things", version="1.0.0", resources=Resources)

    @routes.get("/things/{thing_id}", access=Public())
    def get_thing(thing_id: str) -> str:
        raise RuntimeError(f"{thing_id}: {', '.join(secrets)}")

    headers = {"Authorization": f"Bearer {secrets[0]}", "X-Api-Key": secrets[1]}
    cookies = {"a": secrets[2], "b": secrets[3]}
    event = an_event("GET", f"/things/a?key={secrets[4]}", kind=kind, headers=headers, cookies=cookies)
    assert Handler(routes, resources=Resources())(event, Context())["statusCode"] == 500
    written = capsys.readouterr().out
    assert "a: [redacted], [redacted]" in written
    assert not [secret for secret in secrets if secret in written]


@pytest.mark.parametrize("kind", KINDS)
def test_the_correlation_id_is_the_callers_or_api_gateways(handler: Handler[Resources], kind: Kind) -> None:
    own = handler(an_event("GET", "/things/a", kind=kind, headers={"x-correlation-ID": "abc"}), Context())
    other = handler(an_event("GET", "/things/a", kind=kind), Context())
    assert own["headers"]["X-Correlation-Id"] == "abc"
    assert other["headers"]["X-Correlation-Id"] == "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"


@pytest.mark.parametrize("path", sorted(Path(__file__).with_name("events").glob("*.json")), ids=lambda path: path.stem)
def test_every_recorded_event_is_a_request(handler: Handler[Resources], path: Path) -> None:
    event = json.loads(path.read_text())["event"]
    assert handler(event, Context())["statusCode"] in {200, 404, 405, 415}


def without(event: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name not in names}


REST = an_event("GET", "/things/a?tag=x", resource="/things/{thing_id}")
HTTP = an_event("GET", "/things/a?tag=x", kind="http", resource="/things/{thing_id}")
PROXY = an_event("GET", "/things/a", kind="rest-proxy")

NO_EVENTS = {
    "nothing": None,
    "a text": "httpMethod",
    "a number": 1,
    "a list": [REST],
    "an empty object": {},
    "a queue's": {"Records": [{"eventSource": "aws:sqs", "body": "{}"}]},
    "REST, no path": without(PROXY, "path"),
    "REST, a path that is a number": {**PROXY, "path": 1},
    "REST, a method that is a list": {**REST, "httpMethod": ["GET"]},
    "REST, a resource that is an object": {**REST, "resource": {}},
    "REST, headers that are a text": {**REST, "headers": "Accept: */*"},
    "REST, headers that are a list": {**REST, "headers": ["Accept"]},
    "REST, a header that is a number": {**REST, "headers": {"Accept-Language": 1}, "multiValueHeaders": None},
    "REST, a query that is a text": {**REST, "multiValueQueryStringParameters": "tag=x"},
    "REST, a context that is a text": {**REST, "requestContext": "live"},
    "REST, path parameters that are a list": {**REST, "pathParameters": ["a"]},
    "REST, a header's lines that are no list": {**REST, "multiValueHeaders": {"Accept-Language": None}},
    "REST, a header's line that is null": {**REST, "multiValueHeaders": {"Accept-Language": [None]}},
    "REST, who signed is a text": {
        **an_event("GET", "/internal", resource="/internal"),
        "requestContext": {"identity": "root"},
    },
    "HTTP, who signed is a text": {
        **an_event("GET", "/internal", kind="http", resource="/internal"),
        "requestContext": {"http": {"method": "GET"}, "authorizer": {"iam": "root"}},
    },
    "HTTP, no context": without(HTTP, "requestContext"),
    "HTTP, no method": {**HTTP, "requestContext": {"stage": "$default"}},
    "HTTP, no path": without(HTTP, "rawPath", "routeKey"),
    "HTTP, a path that is null": {**HTTP, "rawPath": None, "routeKey": "$default"},
    "HTTP, a query that is a number": {**HTTP, "rawQueryString": 1},
    "HTTP, a route key that is a number": {**HTTP, "routeKey": 1},
    "HTTP, everything of a wrong type": dict.fromkeys(HTTP, 1) | {"requestContext": {"http": {"method": 1}}},
    "REST, everything of a wrong type": dict.fromkeys(REST, 1),
    "HTTP, headers that are a text": {**HTTP, "headers": "accept"},
}


@pytest.mark.parametrize("event", NO_EVENTS.values(), ids=NO_EVENTS)
def test_what_is_no_event_is_refused_and_logged(handler: Handler[Resources], event: Any, output: Output) -> None:
    reply = handler(event, Context())
    document = json.loads(reply["body"])
    assert (reply["statusCode"], document["code"]) == (HTTPStatus.BAD_REQUEST, "malformed_event")
    assert reply["headers"]["Content-Type"] == "application/problem+json"
    (line,) = output()[0]
    assert (line["status"], line["code"]) == (400, "malformed_event")


@pytest.mark.parametrize("member", sorted({*REST, *HTTP} - {"version"}))
@pytest.mark.parametrize("value", [None, 1, "text", [], {}, [1], {"a": 1}, {"a": [1]}], ids=repr)
@pytest.mark.parametrize("kind", KINDS)
def test_no_member_makes_the_handler_raise(kind: Kind, member: str, value: Any) -> None:
    routes = Routes(title="things", version="1.0.0", resources=Resources, cors=Cors(["https://app.example.com"]))

    @routes.get("/things/{thing_id}", access=Public())
    def get_thing(thing_id: str, tags: Annotated[list[str] | None, Query("tag")] = None) -> str:
        raise RuntimeError("so that its text is looked through for secrets")

    event = {**an_event("GET", "/things/a?tag=x", kind=kind, resource="/things/{thing_id}"), member: value}
    reply = Handler(routes, resources=Resources())(event, Context())
    assert reply["statusCode"] in {400, 404, 405, 500}
    assert set(json.loads(reply["body"])) >= {"title", "status", "detail", "code", "correlation_id"}


@pytest.mark.parametrize("kind", KINDS)
def test_ids_that_are_no_texts_are_logged_all_the_same(handler: Handler[Resources], kind: Kind, output: Output) -> None:
    event = an_event("GET", "/internal", kind=kind, caller=CALLER)
    event["requestContext"]["requestId"] = 5
    who = event["requestContext"]["authorizer"]["iam"] if "http" in event["requestContext"] else None
    (who or event["requestContext"]["identity"])["userArn"] = 6
    assert handler(event, Context())["statusCode"] == 403
    (line,) = output()[0]
    assert line["correlation_id"] == "5"
    assert "caller" not in line


@pytest.mark.parametrize("kind", KINDS)
def test_behind_a_domain_of_ones_own_a_path_may_begin_with_the_letters_of_the_stage(kind: Kind) -> None:
    event = an_event("GET", "/things/mine", kind=kind)
    event["requestContext"]["stage"] = "thing"
    assert Handler(declare_routes(), resources=Resources())(event, Context())["statusCode"] == 200


@pytest.mark.parametrize("body", [{"name": "B"}, 1, ["a"], True])
def test_a_body_that_is_no_text_is_refused(handler: Handler[Resources], body: Any) -> None:
    event = an_event("PUT", "/things/a", headers={"Content-Type": "image/png"})
    assert json.loads(handler({**event, "body": body}, Context())["body"])["code"] == "malformed_event"


def test_what_a_function_fails_with_is_not_blamed_on_a_good_event(output: Output) -> None:
    routes = Routes(title="things", version="1.0.0", resources=Resources)

    @routes.get("/things/{thing_id}", access=Public())
    def get_thing(thing_id: str) -> str:
        raise TypeError(thing_id)

    failing = Handler(routes, resources=Resources())
    for kind in KINDS:
        assert failing(an_event("GET", "/things/a", kind=kind), Context())["statusCode"] == 500
    assert {line["level"] for line in output()[0]} == {"ERROR"}
