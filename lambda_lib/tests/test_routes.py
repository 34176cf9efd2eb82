"""Declarations that cannot work do not import; requests find their route."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from lambda_lib import Bearer, Conflict, Identity, NotFound, Public, Query, RouteError, Routes, Signed, UnknownRoute
from lambda_lib.parameters import Body
from lambda_lib.response import Response


@dataclass(frozen=True)
class Resources:
    pass


class Thing(BaseModel):
    name: str


class NeedsMore(Conflict):
    def __init__(self, detail: str, more: str) -> None:
        super().__init__(detail + more)


def new_routes() -> Routes[Resources]:
    return Routes(title="things", version="1.0.0", resources=Resources)


def no_return_type(thing_id: str): ...  # type: ignore[no-untyped-def]  # the mistake under test
def no_annotation(thing_id) -> None: ...  # type: ignore[no-untyped-def]  # the mistake under test
def unknown_argument(thing_id: str, surprise: int) -> None: ...
def misses_the_placeholder() -> None: ...
def with_two_bodies(thing_id: str, one: Thing, two: Thing) -> None: ...
def with_a_body(thing_id: str, thing: Thing) -> None: ...
def with_an_identity(thing_id: str, identity: Identity) -> None: ...
def with_a_body_and_bytes(thing_id: str, thing: Thing, image: Annotated[bytes, Body("image/png")]) -> None: ...
def returning_nothing(thing_id: str) -> None: ...
def returning_a_text(thing_id: str) -> str:
    return thing_id


def returning_bytes(thing_id: str) -> bytes:
    return thing_id.encode()


def returning_a_response(thing_id: str) -> Response[Thing]:
    return Response(Thing(name=thing_id))


def returning_a_thing(thing_id: str) -> Thing:
    return Thing(name=thing_id)


@pytest.mark.parametrize(
    ("method", "function", "access", "status", "message"),
    [
        ("PUT", no_return_type, Public(), 204, "declares no return type"),
        ("PUT", no_annotation, Public(), 204, "'thing_id' has no annotation"),
        ("PUT", unknown_argument, Public(), 204, "'surprise' is neither in the path"),
        ("PUT", misses_the_placeholder, Public(), 204, "takes no argument for thing_id"),
        ("PUT", with_two_bodies, Public(), 204, "more than one body: one, two"),
        ("PUT", with_a_body_and_bytes, Public(), 204, "more than one body: thing, image"),
        ("GET", with_a_body, Public(), 204, "GET carries no body"),
        ("DELETE", with_a_body, Public(), 204, "DELETE carries no body"),
        ("PUT", with_an_identity, Public(), 204, "authenticates no user"),
        ("PUT", with_an_identity, Signed(), 204, "authenticates no user"),
        ("PUT", returning_nothing, Public(), 200, "204 goes with None"),
        ("PUT", returning_a_thing, Public(), 204, "204 goes with None"),
        ("PUT", returning_a_thing, Public(), 304, "304 and its return type disagree"),
        ("PUT", returning_a_thing, Public(), 409, "an error's: raise it"),
    ],
)
def test_a_declaration_that_cannot_work_is_refused(
    method: str, function: Callable[..., Any], access: Any, status: int, message: str
) -> None:
    with pytest.raises(RouteError, match=message):
        new_routes().add(method, "/things/{thing_id}", function, access=access, status=status)


@pytest.mark.parametrize(
    ("function", "options", "message"),
    [
        (returning_a_thing, {"statuses": [304]}, "it returns none"),
        (returning_a_response, {"statuses": [404]}, "an error's: raise it"),
        (returning_bytes, {}, "produces= names no media type"),
        (returning_a_thing, {"produces": "text/plain"}, "it returns neither"),
        (returning_nothing, {"representations": {"text/csv": str}}, "it returns nothing"),
        (returning_a_thing, {"idempotent": True}, "idempotent= is for writes"),
        (returning_a_thing, {"condition_failed": NeedsMore}, "condition_failed= has to be made without arguments"),
    ],
)
def test_options_that_cannot_work_are_refused(
    function: Callable[..., Any], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(RouteError, match=message):
        new_routes().add("GET", "/things/{thing_id}", function, access=Public(), **options)


@pytest.mark.parametrize(("function", "status"), [(returning_nothing, 204), (returning_a_thing, 200)])
def test_a_status_that_is_not_told_is_that_of_what_is_returned(function: Callable[..., Any], status: int) -> None:
    routes = new_routes()
    routes.put("/things/{thing_id}", access=Public())(function)
    assert routes.all[0].status == status


def test_what_a_failed_condition_becomes_is_one_of_the_routes_errors() -> None:
    routes = new_routes()
    routes.put("/things/{thing_id}", access=Public(), errors=[NotFound], condition_failed=Conflict)(returning_nothing)
    assert routes.all[0].errors == (NotFound, Conflict)


def test_a_route_takes_the_largest_body_that_the_routes_take_unless_it_says_otherwise() -> None:
    routes = Routes(title="things", version="1.0.0", resources=Resources, max_body_bytes=10)
    routes.put("/things/{thing_id}", access=Public())(with_a_body)
    routes.post("/things/{thing_id}", access=Public(), max_body_bytes=20)(with_a_body)
    assert [route.max_body_bytes for route in routes.all] == [10, 20]


@pytest.mark.parametrize("template", ["things", "/things/{thing id}", "/things/a{thing_id}", "/things/", "/a b", ""])
def test_a_path_that_api_gateway_does_not_accept_is_refused(template: str) -> None:
    with pytest.raises(RouteError, match="is not a path that API Gateway accepts"):
        new_routes().add("GET", template, returning_a_thing, access=Public(), status=200)


def test_a_placeholder_named_twice_is_refused() -> None:
    with pytest.raises(RouteError, match="names a placeholder twice"):
        new_routes().add("GET", "/a/{thing_id}/b/{thing_id}", returning_a_thing, access=Public(), status=200)


def test_a_route_declared_twice_is_refused() -> None:
    routes = new_routes()
    routes.get("/things/{thing_id}", access=Public())(returning_a_thing)
    with pytest.raises(RouteError, match="is declared already"):
        routes.get("/things/{thing_id}", access=Public())(returning_a_thing)


def test_a_route_without_access_does_not_import() -> None:
    with pytest.raises(TypeError, match="access"):
        new_routes().get("/things/{thing_id}")  # type: ignore[call-arg]  # the mistake under test


@pytest.mark.parametrize("access", [Bearer(), Signed(user_token=True)])
def test_an_access_that_authenticates_a_user_gives_an_identity(access: Bearer | Signed) -> None:
    routes = new_routes()
    routes.put("/things/{thing_id}", access=access, status=204)(with_an_identity)
    assert routes.all[0].signature.identity == "identity"


def routes_with_everything() -> Routes[Resources]:
    routes = new_routes()

    @routes.get("/things/{thing_id}", access=Public())
    def get_thing(thing_id: str) -> Thing:
        return Thing(name=thing_id)

    @routes.delete("/things/{thing_id}", access=Public())
    def delete_thing(thing_id: str) -> None: ...

    @routes.get("/things/mine", access=Public())
    def get_my_thing(sort: Annotated[str, Query()] = "name") -> Thing:
        return Thing(name=sort)

    @routes.get("/", access=Public())
    def get_root() -> Thing:
        return Thing(name="root")

    return routes


@pytest.mark.parametrize(
    ("path", "template", "parameters"),
    [
        ("/things/a", "/things/{thing_id}", {"thing_id": "a"}),
        ("/things/a%2Fb%20c", "/things/{thing_id}", {"thing_id": "a%2Fb%20c"}),
        ("/things/mine", "/things/mine", {}),
        ("/", "/", {}),
    ],
)
def test_a_path_finds_its_template(path: str, template: str, parameters: dict[str, str]) -> None:
    assert routes_with_everything().find(path) == (template, parameters)


@pytest.mark.parametrize("path", ["/thing", "/things", "/things/a/b", "/things//", "/things.x/mine"])
def test_an_unknown_path_has_no_template(path: str) -> None:
    with pytest.raises(UnknownRoute):
        routes_with_everything().find(path)
