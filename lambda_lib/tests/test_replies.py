"""What a function returns becomes a reply: headers, cookies, statuses, other media types than JSON."""

import json
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from lambda_lib import Handler, Header, Public, Routes
from lambda_lib.response import Response
from lambda_lib.testing import Context, an_event

PNG = b"\x89PNG\x00"


@dataclass(frozen=True)
class Resources:
    pass


class Thing(BaseModel):
    name: Annotated[str, Field(serialization_alias="called")]
    made: date | None = None


def csv(thing: Thing) -> str:
    return f"name\r\n{thing.name}\r\n"


def declare_routes() -> Routes[Resources]:  # noqa: C901  many small routes
    routes = Routes(title="things", version="1.0.0", resources=Resources)

    @routes.get("/things", access=Public(), representations={"text/csv": csv, "image/png": lambda _thing: PNG})
    def get_thing() -> Thing:
        return Thing(name="A", made=date(2026, 1, 2))

    @routes.get("/cached", access=Public(), statuses=[304])
    def get_cached(if_none_match: Annotated[str, Header()] = "") -> Response[Thing]:
        if if_none_match == '"1"':
            return Response(status=304, headers={"ETag": '"1"'})
        return Response(Thing(name="A"), headers={"etag": '"1"', "cache-control": "private"}, cookies=["a=1"])

    @routes.put("/things", access=Public(), status=201, statuses=[204, 303])
    def put_thing() -> Response[None]:
        return Response(headers={"Location": "/things/1"})

    @routes.post("/things", access=Public(), statuses=[303])
    def post_thing() -> Response[None]:
        return Response(status=303, headers={"Location": "/things/1"})

    @routes.get("/text", access=Public(), produces="text/plain")
    def get_text() -> str:
        return "é"

    @routes.get("/page", access=Public(), produces="text/html; charset=latin-1")
    def get_page() -> bytes:
        return "é".encode("latin-1")

    @routes.get("/image", access=Public(), produces="image/png")
    def get_image() -> Response[bytes]:
        return Response(PNG, headers={"ETag": '"1"'})

    @routes.get("/names", access=Public())
    def get_names() -> list[str]:
        return ["é"]

    @routes.get("/nothing", access=Public())
    def get_nothing() -> Thing | None:
        return None

    @routes.get("/varied", access=Public(), representations={"text/csv": csv})
    def get_varied() -> Response[Thing]:
        return Response(Thing(name="A"), headers={"Vary": "Accept, Accept-Language"})

    return routes


@pytest.fixture
def get() -> Callable[..., dict[str, Any]]:
    handler = Handler(declare_routes(), resources=Resources())

    def send(target: str, *, method: str = "GET", **headers: str) -> dict[str, Any]:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return handler(an_event(method, target, headers=sent), Context())

    return send


type Get = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("accept", [None, "", "*/*", "application/json", "text/html, application/*;q=0.5"])
def test_json_is_the_default(get: Get, accept: str | None) -> None:
    reply = get("/things", **({} if accept is None else {"Accept": accept}))
    assert (reply["statusCode"], reply["headers"]["Content-Type"]) == (200, "application/json")
    assert json.loads(reply["body"]) == {"called": "A", "made": "2026-01-02"}


def test_the_caller_chooses_another_representation(get: Get) -> None:
    reply = get("/things", Accept="text/csv;q=0.9, application/json;q=0.5")
    assert (reply["headers"]["Content-Type"], reply["body"]) == ("text/csv; charset=utf-8", "name\r\nA\r\n")
    image = get("/things", Accept="image/png")
    assert (image["headers"]["Content-Type"], image["isBase64Encoded"]) == ("image/png", True)
    assert b64decode(image["body"]) == PNG


@pytest.mark.parametrize("accept", [None, "text/csv"])
def test_a_reply_that_depends_on_accept_says_so(get: Get, accept: str | None) -> None:
    assert get("/things", **({"Accept": accept} if accept else {}))["headers"]["Vary"] == "Accept"
    assert "Vary" not in get("/names")["headers"]


def test_a_caller_who_accepts_none_of_them_is_told_which_there_are(get: Get) -> None:
    reply = get("/things", Accept="text/html")
    document = json.loads(reply["body"])
    assert (reply["statusCode"], document["code"]) == (406, "not_acceptable")
    assert document["detail"] == "This route answers with application/json, text/csv, image/png."
    assert reply["headers"]["Content-Type"] == "application/problem+json"


def test_a_route_with_one_representation_leaves_it_to_the_caller_to_refuse(get: Get) -> None:
    assert get("/names", Accept="text/html")["statusCode"] == 200


def test_a_response_carries_headers_and_cookies(get: Get) -> None:
    reply = get("/cached")
    assert json.loads(reply["body"])["called"] == "A"
    assert reply["headers"] == {
        "etag": '"1"',
        "cache-control": "private",
        "X-Correlation-Id": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
        "Content-Type": "application/json",
    }
    assert reply["multiValueHeaders"] == {"Set-Cookie": ["a=1"]}


def test_a_header_of_a_response_goes_before_the_handlers(get: Get) -> None:
    assert get("/varied")["headers"]["Vary"] == "Accept, Accept-Language"


def test_a_response_may_carry_a_declared_status_without_a_body(get: Get) -> None:
    reply = get("/cached", If_None_Match='"1"')
    assert (reply["statusCode"], reply["body"], reply["headers"]["ETag"]) == (304, "", '"1"')
    assert "Content-Type" not in reply["headers"]


def test_a_response_without_a_body_has_the_routes_status(get: Get) -> None:
    reply = get("/things", method="PUT")
    assert (reply["statusCode"], reply["body"], reply["headers"]["Location"]) == (201, "", "/things/1")
    assert get("/things", method="POST")["statusCode"] == 303


def test_a_text_is_sent_as_it_is_in_utf_8(get: Get) -> None:
    reply = get("/text")
    assert (reply["headers"]["Content-Type"], reply["body"]) == ("text/plain; charset=utf-8", "é")


def test_bytes_are_sent_in_base64(get: Get) -> None:
    image, page = get("/image"), get("/page")
    assert (b64decode(image["body"]), image["isBase64Encoded"]) == (PNG, True)
    assert (image["headers"]["Content-Type"], image["headers"]["ETag"]) == ("image/png", '"1"')
    assert page["headers"]["Content-Type"] == "text/html; charset=latin-1"
    assert b64decode(page["body"]) == b"\xe9"


def test_nothing_is_sent_as_null_where_it_is_declared(get: Get) -> None:
    assert get("/nothing")["body"] == "null"


def test_json_is_sent_in_utf_8(get: Get) -> None:
    assert get("/names")["body"] == '["é"]'


def wrong_model() -> Thing:
    return {"name": "A"}  # type: ignore[return-value]  # the mistake under test


def wrong_member() -> Thing:
    return Thing.model_construct(name=1)


def wrong_text() -> str:
    return 1  # type: ignore[return-value]  # the mistake under test


def nothing() -> Thing:
    return None  # type: ignore[return-value]  # the mistake under test


def no_response() -> Response[Thing]:
    return Thing(name="A")  # type: ignore[return-value]  # the mistake under test


def undeclared_status() -> Response[Thing]:
    return Response(status=410)


def a_body_with_a_bodiless_status() -> Response[Thing]:
    return Response(Thing(name="A"), status=304)


def no_body() -> Response[Thing]:
    return Response()


@pytest.mark.parametrize(
    ("function", "options"),
    [
        (wrong_model, {}),
        (wrong_member, {}),
        (wrong_text, {}),
        (nothing, {}),
        (wrong_text, {"produces": "text/plain"}),
        (no_response, {}),
        (undeclared_status, {"statuses": [304]}),
        (a_body_with_a_bodiless_status, {"statuses": [304]}),
        (no_body, {}),
    ],
)
@pytest.mark.filterwarnings("default")  # as it is outside of this project's tests
def test_what_was_not_declared_is_not_sent(function: Callable[[], Any], options: dict[str, Any]) -> None:
    routes = Routes(title="things", version="1.0.0", resources=Resources)
    routes.get("/things", access=Public(), **options)(function)
    reply = Handler(routes, resources=Resources())(an_event("GET", "/things"), Context())
    assert (reply["statusCode"], json.loads(reply["body"])["code"]) == (500, "internal_error")


@pytest.mark.parametrize(
    "response",
    [
        Response(headers={"Location": "/things/\r\nSet-Cookie: a=1"}),
        Response(headers={"X-Name\nX-Other": "a"}),
        Response(cookies=["a=1\r\nX-Other: b"]),
        Response(cookies="a=1"),
    ],
)
def test_what_would_be_other_headers_than_were_meant_is_not_sent(response: Response[None]) -> None:
    routes = Routes(title="things", version="1.0.0", resources=Resources)

    @routes.post("/things", access=Public())
    def post_thing() -> Response[None]:
        return response

    reply = Handler(routes, resources=Resources())(an_event("POST", "/things"), Context())
    assert reply["statusCode"] == 500
    assert "a=1" not in json.dumps(reply)
