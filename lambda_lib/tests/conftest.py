"""A service in small, and what it writes to standard output."""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, Field

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
from lambda_lib.errors import PreconditionFailed


@dataclass(frozen=True)
class Resources:
    """What the routes work with: a store, and a way to make it fail."""

    things: dict[str, "Thing"]
    fail: Callable[[], None]


class Thing(BaseModel):
    """A thing.

    Attributes:
        name: Its name.
    """

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=10)]
    weight_g: Annotated[float, Field(gt=0)] = 1.0
    label: str | None = None


ThingId = Annotated[str, Field(pattern="^[a-z]+$")]


def declare_routes() -> Routes[Resources]:
    routes = Routes(title="things", version="1.0.0", resources=Resources)

    @routes.get("/things/{thing_id}", access=Public(), errors=[NotFound])
    def get_thing(
        thing_id: ThingId,
        resources: Resources,
        seen: Annotated[bool | None, Query("consistent")] = None,
        fields: Annotated[list[str] | None, Query("field")] = None,
        limit: Annotated[int, Query(), Field(ge=1)] = 10,
        if_none_match: Annotated[str, Header()] = "",
    ) -> Thing:
        """Get a thing.

        It may be stale.
        """
        resources.fail()
        if thing_id == "echo":
            return Thing(name="echo", label=repr((seen, fields, limit, if_none_match)))
        if thing_id not in resources.things:
            raise NotFound("There is no such thing.")
        return resources.things[thing_id]

    @routes.put(
        "/things/{thing_id}", access=Bearer(), status=204, errors=[Conflict], condition_failed=PreconditionFailed
    )
    def put_thing(thing_id: ThingId, thing: Thing, identity: Identity, resources: Resources) -> None:
        resources.fail()
        resources.things[thing_id] = thing
        resources.things["owner"] = Thing(name=identity.user_id)

    @routes.get("/internal", access=Signed())
    def get_internal() -> Thing:
        return Thing(name="internal")

    @routes.get("/owned", access=Signed(user_token=True))
    def get_owned(identity: Identity) -> Thing:
        return Thing(name=identity.user_id)

    @routes.get("/wrong", access=Public())
    def get_wrong() -> Thing:
        return {"name": "not a Thing"}  # type: ignore[return-value]  # the mistake under test

    return routes


def authenticate(token: str) -> Identity:
    if token != "alices-secret-token":
        raise Unauthenticated("The token is not valid.")
    return Identity("alice", token)


@pytest.fixture
def routes() -> Routes[Any]:
    return declare_routes()


@pytest.fixture
def make_handler() -> Callable[..., Handler[Any]]:
    """Makes a handler of the small service; `fail` is what its functions do first."""

    def make(fail: Callable[[], None] = lambda: None) -> Handler[Resources]:
        things = {"a": Thing(name="A", label="first")}
        return Handler(declare_routes(), resources=Resources(things, fail), authenticate=authenticate)

    return make


@pytest.fixture
def output(capsys: pytest.CaptureFixture[str]) -> Callable[[], tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    """Tells what has been written since it was last asked: log lines, and metrics in EMF."""

    def read() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        return [line for line in lines if "_aws" not in line], [line for line in lines if "_aws" in line]

    return read


@pytest.fixture(autouse=True)
def _root_logger() -> Iterator[None]:
    """Leaves the root logger, which a `Telemetry` takes over, as it was."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield
    root.setLevel(level)
    root.handlers[:] = handlers
