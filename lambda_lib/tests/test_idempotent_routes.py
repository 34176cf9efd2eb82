"""A route that is idempotent hands its requests with an `Idempotency-Key` to what carries them out once."""

# ruff: noqa: ARG001  a route function's arguments are what is declared

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from lambda_lib import Bearer, Conflict, Handler, Header, Identity, Public, RouteError, Routes, Signed
from lambda_lib.errors import IdempotencyKeyReused
from lambda_lib.testing import CALLER, Context, an_event

type Output = Callable[[], tuple[list[dict[str, Any]], list[dict[str, Any]]]]


@dataclass
class Resources:
    """What the function does next: it raises that, or counts."""

    failure: Exception | None = None
    carried_out: int = 0


class Thing(BaseModel):
    name: str


@dataclass
class Memory:
    """Stands in for the table that remembers replies."""

    replies: dict[tuple[str, str], str] = field(default_factory=dict)
    payloads: dict[tuple[str, str], object] = field(default_factory=dict)

    def once(self, *, key: str, scope: str, payload: object, answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        if self.payloads.setdefault((scope, key), payload) != payload:
            raise IdempotencyKeyReused
        if (scope, key) not in self.replies:
            self.replies[scope, key] = json.dumps(answer())
        reply: dict[str, Any] = json.loads(self.replies[scope, key])
        return reply


def declare_routes() -> Routes[Resources]:
    routes = Routes(title="things", version="1.0.0", resources=Resources)

    def make(resources: Resources) -> Thing:
        if resources.failure:
            raise resources.failure
        resources.carried_out += 1
        return Thing(name=str(resources.carried_out))

    @routes.post("/things/{number}", access=Public(), status=201, idempotent=True)
    def post_thing(number: int, thing: Thing, resources: Resources) -> Thing:
        return make(resources)

    @routes.put("/things/{number}", access=Public(), idempotent=True)
    def put_thing(number: int, thing: Thing, if_match: Annotated[str, Header()], resources: Resources) -> Thing:
        return make(resources)

    @routes.post("/owned", access=Bearer(), idempotent=True)
    def post_owned(identity: Identity, *, resources: Resources) -> Thing:
        return make(resources)

    @routes.post("/internal", access=Signed(), idempotent=True)
    def post_internal(resources: Resources) -> Thing:
        return make(resources)

    return routes


def authenticate(token: str) -> Identity:
    return Identity(token)


@pytest.fixture
def service() -> tuple[Handler[Resources], Resources, Memory]:
    resources, memory = Resources(), Memory()
    handler = Handler(declare_routes(), resources=resources, authenticate=authenticate, idempotency=memory)
    return handler, resources, memory


type Service = tuple[Handler[Resources], Resources, Memory]


def post(service: Service, target: str = "/things/1", *, key: str | None = "k", name: str = "A", **more: Any) -> Any:
    headers = {**more.pop("headers", {}), **({} if key is None else {"idempotency-key": key})}
    return service[0](an_event("POST", target, headers=headers, body={"name": name}, **more), Context())


def test_a_repeated_request_is_carried_out_once(service: Service) -> None:
    first, second = post(service), post(service, headers={"X-Correlation-Id": "second"})
    assert service[1].carried_out == 1
    assert (second["statusCode"], second["body"]) == (201, first["body"])
    assert second["headers"]["X-Correlation-Id"] == "second"


def test_a_request_without_a_key_is_carried_out_each_time(service: Service) -> None:
    for _ in range(2):
        post(service, key=None)
    assert service[1].carried_out == 2
    assert service[2].replies == {}


def test_a_key_belongs_to_one_request(service: Service) -> None:
    post(service)
    for other in (post(service, name="B"), post(service, "/things/2"), post(service, "/things/1?dry=true")):
        assert (other["statusCode"], json.loads(other["body"])["code"]) == (422, "idempotency_key_reused")


def test_a_request_with_another_value_in_a_header_that_is_read_is_another(service: Service) -> None:
    headers = [{"If-Match": '"1"', "User-Agent": "a"}, {"If-Match": '"1"', "User-Agent": "b"}, {"If-Match": '"2"'}]
    replies = [
        service[0](
            an_event("PUT", "/things/1", headers={**more, "Idempotency-Key": "k"}, body={"name": "A"}), Context()
        )
        for more in headers
    ]
    assert [reply["statusCode"] for reply in replies] == [200, 200, 422]
    assert service[1].carried_out == 1


@pytest.mark.parametrize("key", ["", "a" * 256, "é", "a\tb", "a\n"])
def test_a_key_that_is_none_is_refused(service: Service, key: str) -> None:
    reply = post(service, "/things/x", key=key)
    errors = json.loads(reply["body"])["errors"]
    assert reply["statusCode"] == 400
    assert [error["location"] for error in errors] == ["path.number", "header.Idempotency-Key"]


@pytest.mark.parametrize("key", ["a", "a" * 255, '"quoted"', "8e03978e-40d5-43dd-bc93-6894a57f9324"])
def test_a_key_is_up_to_255_printable_characters(service: Service, key: str) -> None:
    assert post(service, key=key)["statusCode"] == 201
    assert [kept for _scope, kept in service[2].replies] == [key]


def test_keys_of_different_callers_and_routes_are_different(service: Service) -> None:
    post(service)
    post(service, "/owned", headers={"Authorization": "Bearer alice"})
    post(service, "/owned", headers={"Authorization": "Bearer bob"})
    post(service, "/internal", caller=CALLER)
    assert service[1].carried_out == 4
    assert [scope for scope, _key in service[2].replies] == [
        "POST /things/{number} ",
        "POST /owned alice",
        "POST /owned bob",
        f"POST /internal {CALLER}",
    ]


def test_an_invalid_request_uses_no_key_up(service: Service) -> None:
    assert post(service, "/things/x")["statusCode"] == 400
    assert service[2].payloads == {}
    assert post(service)["statusCode"] == 201


def test_a_refusal_by_the_function_is_kept_and_logged_as_one(service: Service, output: Output) -> None:
    service[1].failure = Conflict("It exists.")
    first = post(service)
    service[1].failure = None
    second = post(service)
    assert (first["statusCode"], first["body"]) == (second["statusCode"], second["body"])
    assert json.loads(second["body"])["code"] == "conflict"
    assert output()[0][0]["code"] == "conflict"


def test_a_failure_is_not_kept(service: Service) -> None:
    service[1].failure = RuntimeError("lost")
    assert post(service)["statusCode"] == 500
    service[1].failure = None
    assert post(service)["statusCode"] == 201


def test_a_handler_that_cannot_keep_its_routes_promise_is_refused() -> None:
    with pytest.raises(RouteError, match=r"POST /things/\{number\}: is idempotent"):
        Handler(declare_routes(), resources=Resources(), authenticate=authenticate)
