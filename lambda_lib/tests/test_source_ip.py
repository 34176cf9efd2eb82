"""`Annotated[str, SourceIp()]`: where a request came from, as AWS saw it."""

from collections.abc import Callable
from typing import Annotated, Any

import pytest

from lambda_lib import Handler, Public, Routes, SourceIp
from lambda_lib.contract import contract
from lambda_lib.testing import KINDS, Context, an_event, body_of

routes = Routes(title="sources", version="1.0.0", resources=str)


@routes.get("/source", access=Public())
def get_source(source_ip: Annotated[str, SourceIp()], *, resources: str) -> list[str]:
    return [resources, source_ip]


handler = Handler(routes, resources="resources")


@pytest.mark.parametrize("kind", KINDS)
def test_a_route_learns_where_a_request_came_from_whatever_the_client_says(kind: Any) -> None:
    event = an_event("GET", "/source", kind=kind, resource="/source", headers={"X-Forwarded-For": "203.0.113.9"})

    assert body_of(handler(event, Context())) == ["resources", "192.0.2.1"]


WITHOUT: list[tuple[Any, Callable[[Any], Any]]] = [
    ("rest", lambda context: context.pop("identity")),
    ("rest", lambda context: context["identity"].update(sourceIp=None)),
    ("function-url", lambda context: context["http"].pop("sourceIp")),
]


@pytest.mark.parametrize(("kind", "remove"), WITHOUT)
def test_where_an_event_does_not_tell_there_is_none(kind: Any, remove: Callable[[Any], Any]) -> None:
    event = an_event("GET", "/source", kind=kind, resource="/source")
    remove(event["requestContext"])

    assert body_of(handler(event, Context())) == ["resources", ""]


def test_it_is_no_parameter_of_the_contract() -> None:
    assert not contract(routes)["paths"]["/source"]["get"].get("parameters")
