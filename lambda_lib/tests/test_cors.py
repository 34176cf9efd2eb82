"""Pages of other origins may use the routes where it is declared, and browsers are told so with every reply."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import BaseModel

from lambda_lib import Bearer, Handler, Identity, Public, RouteError, Routes, Unauthenticated
from lambda_lib.cors import Cors
from lambda_lib.response import Response
from lambda_lib.testing import KINDS, Context, Kind, an_event

APP = "https://app.example.com"
OTHER = "https://other.example.com"


@dataclass(frozen=True)
class Resources:
    pass


class Thing(BaseModel):
    name: str


def authenticate(_token: str) -> Identity:
    raise Unauthenticated("The token is not valid.")


def a_handler(cors: Cors | None) -> Handler[Resources]:
    routes = Routes(title="things", version="1.0.0", resources=Resources, cors=cors)

    @routes.get("/things/{thing_id}", access=Public(), representations={"text/csv": lambda thing: thing.name})
    def get_thing(thing_id: str) -> Thing:
        return Thing(name=thing_id)

    @routes.put("/things/{thing_id}", access=Bearer())
    def put_thing(thing_id: str, thing: Thing, identity: Identity) -> None: ...

    return Handler(routes, resources=Resources(), authenticate=authenticate)


def send(handler: Handler[Resources], method: str, target: str, origin: str | None, kind: Kind = "rest") -> Any:
    headers = {"Origin": origin} if origin else {}
    return handler(an_event(method, target, kind=kind, headers=headers), Context())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("method", "target", "status"),
    [("GET", "/things/a", 200), ("PUT", "/things/a", 401), ("GET", "/nowhere", 404), ("DELETE", "/things/a", 405)],
)
def test_every_reply_says_which_page_may_read_it(kind: Kind, method: str, target: str, status: int) -> None:
    reply = send(a_handler(Cors([APP, OTHER])), method, target, OTHER, kind)
    assert reply["statusCode"] == status
    assert reply["headers"]["Access-Control-Allow-Origin"] == OTHER
    assert reply["headers"]["Access-Control-Expose-Headers"] == "ETag, Location, Retry-After, X-Correlation-Id"
    assert "Origin" in reply["headers"]["Vary"]


@pytest.mark.parametrize("origin", [None, "https://evil.example.com", "null", f"{APP}.evil.example.com", APP.upper()])
def test_no_other_page_may_read_a_reply(origin: str | None) -> None:
    headers = send(a_handler(Cors([APP])), "GET", "/things/a", origin)["headers"]
    assert not [name for name in headers if name.startswith("Access-Control")]
    assert headers["Vary"] == "Accept, Origin"


def test_any_page_may_read_where_every_origin_is_allowed() -> None:
    for origin in (None, APP):
        headers = send(a_handler(Cors(["*"])), "GET", "/things/a", origin)["headers"]
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["Vary"] == "Accept"


@pytest.mark.parametrize("event", [{}, {**an_event("GET", "/nowhere"), "headers": {"Origin": [APP]}}])
def test_a_malformed_event_is_answered_all_the_same(event: dict[str, Any]) -> None:
    reply = a_handler(Cors(["*"]))(event, Context())
    assert reply["statusCode"] in {400, 404}
    assert reply["headers"]["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("kind", KINDS)
def test_a_preflight_request_is_answered_without_a_token(
    kind: Kind, output: Callable[[], tuple[list[dict[str, Any]], list[dict[str, Any]]]]
) -> None:
    cors = Cors([APP], headers=["Authorization", "Content-Type"], max_age_s=60, credentials=True)
    reply = send(a_handler(cors), "OPTIONS", "/things/a", APP, kind)
    assert (reply["statusCode"], reply["body"]) == (204, "")
    assert {name: value for name, value in reply["headers"].items() if name.startswith("Access-Control")} == {
        "Access-Control-Allow-Origin": APP,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Methods": "GET, PUT",
        "Access-Control-Allow-Headers": "Authorization, Content-Type",
        "Access-Control-Max-Age": "60",
        "Access-Control-Expose-Headers": "ETag, Location, Retry-After, X-Correlation-Id",
    }
    assert output()[0][0]["route"] == "OPTIONS /things/{thing_id}"


def test_a_preflight_request_for_an_unknown_path_is_404() -> None:
    assert send(a_handler(Cors([APP])), "OPTIONS", "/nowhere", APP)["statusCode"] == 404


def test_without_cors_nothing_is_said_of_it() -> None:
    handler = a_handler(None)
    assert send(handler, "OPTIONS", "/things/a", APP)["statusCode"] == 405
    headers = send(handler, "GET", "/things/a", APP)["headers"]
    assert not [name for name in headers if name.startswith("Access-Control")]
    assert headers["Vary"] == "Accept"


@pytest.mark.parametrize(
    ("origins", "credentials", "message"),
    [
        ("https://app.example.com", False, "takes a list of origins"),
        ([], False, "takes a list of origins"),
        (["*", APP], False, "goes neither with other origins nor with credentials"),
        (["*"], True, "goes neither with other origins nor with credentials"),
    ],
)
def test_what_browsers_refuse_is_refused(origins: Any, credentials: bool, message: str) -> None:  # noqa: FBT001
    with pytest.raises(RouteError, match=message):
        Cors(origins, credentials=credentials)


@pytest.mark.parametrize("option", ["headers", "expose"])
def test_a_text_is_no_list_of_headers(option: str) -> None:
    options: dict[str, Any] = {option: "ETag"}
    with pytest.raises(RouteError, match="lists of headers"):
        Cors([APP], **options)


def test_what_a_reply_varies_by_is_told_in_one_header() -> None:
    routes = Routes(title="things", version="1.0.0", resources=Resources, cors=Cors([APP]))

    @routes.get("/things", access=Public())
    def get_things() -> Response[Thing]:
        return Response(Thing(name="a"), headers={"vary": "Accept-Language"})

    headers = send(Handler(routes, resources=Resources()), "GET", "/things", APP)["headers"]
    assert [value for name, value in headers.items() if name.lower() == "vary"] == ["Accept-Language, Origin"]
