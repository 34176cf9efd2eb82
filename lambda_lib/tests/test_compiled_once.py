"""Declarations are read when the handler is made: no request, not even the first, reads a signature or compiles.

Replies of 500 and more are not among them: their log line has a traceback, and Python's module for that imports and
compiles what it needs when it is needed.
"""

# ruff: noqa: ARG001  a route function's arguments are what is declared

import dataclasses
import inspect
import re
import sys
import typing
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, TypeAdapter

from lambda_lib import (
    Bearer,
    Conflict,
    Handler,
    Header,
    Identity,
    NotFound,
    Public,
    Query,
    Routes,
    Signed,
    Unauthenticated,
)
from lambda_lib.cors import Cors
from lambda_lib.parameters import Body
from lambda_lib.response import Response
from lambda_lib.testing import CALLER, KINDS, Context, Kind, an_event

_FORBIDDEN_FILES = {module.__file__ for module in (dataclasses, inspect, re._compiler, re._parser, typing)}  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Resources:
    pass


class Thing(BaseModel):
    name: Annotated[str, Field(pattern="^[a-z]+$")]
    parts: list["Thing"] = []


@dataclass
class Memory:
    replies: dict[str, dict[str, Any]] = field(default_factory=dict)

    def once(self, *, key: str, scope: str, payload: object, answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        del scope, payload
        return self.replies.setdefault(key, answer())


def authenticate(token: str) -> Identity:
    if token != "alice":
        raise Unauthenticated("The token is not valid.")
    return Identity(token)


def a_handler() -> Handler[Resources]:
    routes = Routes(title="things", version="1", resources=Resources, cors=Cors(["https://app.example.com"]))

    @routes.get("/things/{thing_id}", access=Public(), representations={"text/csv": lambda thing: thing.name})
    def get_thing(
        thing_id: str,
        resources: Resources,
        *,
        tags: Annotated[list[str] | None, Query("tag")] = None,
        limit: Annotated[int, Query(), Field(ge=1)] = 1,
        languages: Annotated[list[str] | None, Header("Accept-Language")] = None,
    ) -> Thing:
        if thing_id == "missing":
            raise NotFound("There is none.")
        return Thing(name=thing_id)

    @routes.put("/things/{thing_id}", access=Bearer(), condition_failed=Conflict)
    def put_thing(thing_id: str, thing: Thing, identity: Identity) -> None: ...

    @routes.post("/things", access=Signed(), status=201, statuses=[303], idempotent=True, max_body_bytes=100)
    def post_thing(thing: Thing) -> Response[Thing]:
        return Response(thing, headers={"Location": "/things/1"}, cookies=["a=1"])

    @routes.post("/images", access=Signed(user_token=True), produces="image/png")
    def post_image(image: Annotated[bytes, Body("image/png")], identity: Identity) -> bytes:
        return image

    @routes.post("/texts", access=Public(), produces="text/plain")
    def post_text(text: Annotated[str, Body("text/plain")]) -> str:
        return text

    return Handler(routes, resources=Resources(), authenticate=authenticate, idempotency=Memory())


def requests(kind: Kind) -> Iterator[tuple[int, dict[str, Any]]]:
    """One request of each kind that there is, and its status."""

    def event(method: str, target: str, template: str | None = None, **more: Any) -> dict[str, Any]:
        return an_event(method, target, kind=kind, resource=template, **more)

    alice, signed = {"Authorization": "Bearer alice"}, {"caller": CALLER}
    thing, things = "/things/{thing_id}", "/things"
    yield 200, event("GET", "/things/a?tag=x&tag=y&limit=2", thing, headers={"Accept-Language": "de, en"})
    yield 200, event("GET", "/things/%61", thing)
    yield 200, event("GET", "/things/a", headers={"Accept": "text/csv;q=0.5", "Origin": "https://app.example.com"})
    yield 406, event("GET", "/things/a", thing, headers={"Accept": "text/html"})
    yield 400, event("GET", "/things/a?limit=0", thing)
    yield 404, event("GET", "/things/missing", thing)
    yield 404, event("GET", "/nowhere")
    yield 405, event("DELETE", "/things/a", thing)
    yield 204, event("OPTIONS", "/things/a", headers={"Origin": "https://app.example.com"})
    yield 204, event("PUT", "/things/a", thing, headers=alice, body={"name": "a", "parts": [{"name": "b"}]})
    yield 401, event("PUT", "/things/a", thing, body={"name": "a"})
    yield 401, event("PUT", "/things/a", thing, headers={"Authorization": "Bearer bob"}, body={"name": "a"})
    yield 400, event("PUT", "/things/a", thing, headers=alice, body={"name": "A", "parts": [{}, 1]})
    yield 400, event("PUT", "/things/a", thing, headers=alice, body="{")
    yield 415, event("PUT", "/things/a", thing, headers={**alice, "Content-Type": "text/plain"}, body="{}")
    yield 201, event("POST", "/things", things, **signed, body={"name": "a"})
    for _ in range(2):
        yield 201, event("POST", "/things", things, **signed, headers={"Idempotency-Key": "k"}, body={"name": "a"})
    yield 400, event("POST", "/things", things, **signed, headers={"Idempotency-Key": ""}, body={"name": "a"})
    yield 413, event("POST", "/things", things, **signed, body={"name": "a" * 100})
    yield 403, event("POST", "/things", things, body={"name": "a"})
    png = {"X-User-Token": "alice", "Content-Type": "image/png", "X-Correlation-Id": "abc"}
    yield 200, event("POST", "/images", "/images", **signed, headers=png, body=b"\x89PNG")
    yield 200, event("POST", "/texts", "/texts", headers={"Content-Type": "text/plain"}, body="é")
    yield (
        400,
        event("POST", "/texts", headers={"Content-Type": "text/plain"})
        | {
            "body": b64encode(b"\xff").decode(),
            "isBase64Encoded": True,
        },
    )
    yield 400, {}


@contextmanager
def watched() -> Iterator[list[str]]:
    """The names of the functions entered within the block that no request may enter."""
    entered: list[str] = []
    monitoring = sys.monitoring

    def enter(code: CodeType, _offset: int) -> object:
        if is_forbidden(code):
            entered.append(code.co_qualname)
        return monitoring.DISABLE  # tells of each function once

    monitoring.use_tool_id(monitoring.PROFILER_ID, "test_compiled_once")
    monitoring.register_callback(monitoring.PROFILER_ID, monitoring.events.PY_START, enter)
    monitoring.restart_events()
    monitoring.set_events(monitoring.PROFILER_ID, monitoring.events.PY_START)
    try:
        yield entered
    finally:
        monitoring.set_events(monitoring.PROFILER_ID, monitoring.events.NO_EVENTS)
        monitoring.free_tool_id(monitoring.PROFILER_ID)


def is_forbidden(code: CodeType) -> bool:
    return (
        code in {re.compile.__code__, re._compile.__code__, TypeAdapter.__init__.__code__}  # type: ignore[attr-defined]
        or code.co_filename in _FORBIDDEN_FILES
        or "importlib" in code.co_filename
    )


@pytest.mark.parametrize("kind", KINDS)
def test_no_request_compiles_or_imports(kind: Kind) -> None:
    handler = a_handler()
    expected = list(requests(kind))
    with watched() as entered:
        statuses = [handler(event, Context())["statusCode"] for _status, event in expected]
    assert statuses == [status for status, _event in expected]
    assert entered == []


def test_making_a_handler_is_noticed() -> None:
    """So that the test above can fail."""
    with watched() as entered:
        a_handler()
    assert {"signature", "TypeAdapter.__init__", "get_type_hints"} <= set(entered)
