"""What the services that call this one need of it: a version that no longer gives it cannot be released.

Each consumer's needs are its own file, `needs/authentication.json` there and `consumers/<consumer>.json` here. Profile
and location ask `POST /introspect` through `lambda_lib.Authenticator`, and use the user id that they learn as a key and
in paths of their own.
"""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session as AwsSession

from authentication_service import logic
from authentication_service.handler import Resources
from authentication_service.model import Introspection, Session, User
from lambda_lib import Authenticator, Handler, ServiceClient, Unauthenticated
from lambda_lib.testing import (
    FakeAuthentication,
    FakeService,
    FrozenClock,
    ReceivedRequest,
    Send,
    assert_meets,
    broken_promises,
    caller_arn,
)

type SignIn = Callable[..., dict[str, str]]

SERVICE = Path(__file__).parents[1]
CONTRACT = json.loads((SERVICE / "openapi.json").read_text(encoding="utf-8"))
CONSUMERS = ("location", "profile")
NEEDS = [
    pytest.param(consumer, need, id=f"{consumer}: {need['need']}")
    for consumer in CONSUMERS
    for need in json.loads((SERVICE / "consumers" / f"{consumer}.json").read_text(encoding="utf-8"))
]


@pytest.fixture(params=CONSUMERS)
def authenticate(
    request: pytest.FixtureRequest,
    aws: AwsSession,
    fake_service: Callable[[str], FakeService],
    handler: Handler[Resources],
    send: Send,
    frozen_clock: FrozenClock,
) -> Authenticator:
    """A caller's own means to authenticate its users, which reaches this service's handler over HTTP."""

    def answer(received: ReceivedRequest) -> tuple[int, Any]:
        reply = send(handler, received.route, body=received.body, caller=caller_arn(request.param))
        return reply["statusCode"], json.loads(reply["body"])

    fake_service("authentication").answers["POST /introspect"] = answer
    services = ServiceClient(environment="dev", region="us-east-1", session=aws)
    return Authenticator(services, ttl_s=30, refusal_ttl_s=10, clock=frozen_clock)


@pytest.fixture
def token(sign_in: SignIn) -> str:
    return sign_in()["Authorization"].removeprefix("Bearer ")


@pytest.mark.parametrize(("consumer", "need"), NEEDS)
def test_the_contract_promises_what_a_consumer_needs(consumer: str, need: dict[str, Any]) -> None:
    assert broken_promises(need, CONTRACT) == [], consumer


@pytest.mark.parametrize(("consumer", "need"), NEEDS)
def test_the_service_answers_as_a_consumer_needs(
    consumer: str, need: dict[str, Any], send: Send, handler: Handler[Resources], resources: Resources
) -> None:
    request = need["request"]
    if need["there"]:
        told = need["reply"]["body"]
        user = User(told["user_id"], "$argon2id$", "generation")
        token_sha256 = logic.token_sha256(request["body"]["token"])
        resources.store.add_user(user)
        resources.store.add_session(Session(token_sha256, user.user_id, "generation", 0, told["expires_at"]))

    reply = send(handler, request["route"], body=request["body"], caller=caller_arn(consumer))

    assert_meets(need, reply)


@pytest.mark.parametrize("consumer", CONSUMERS)
def test_a_consumer_is_admitted_to_the_routes_that_it_needs_and_to_no_other(consumer: str) -> None:
    declared = (SERVICE / "service.tfvars").read_text(encoding="utf-8")
    routes_of = re.findall(r'"([A-Z]+ /[^"]*)" *= *\[(.*)\]', declared)

    admitted = {route for route, callers in routes_of if f'"{consumer}"' in callers}
    assert admitted == {
        need["request"]["route"] for name, need in (param.values for param in NEEDS) if name == consumer
    }


def test_a_caller_learns_whose_a_token_is(authenticate: Authenticator, token: str) -> None:
    assert authenticate(token).user_id == "alice"


@pytest.mark.parametrize("made_up", ["A" * 43, "nobodys-token", "x" * 512])
def test_a_caller_learns_that_a_token_is_nobodys(made_up: str, authenticate: Authenticator) -> None:
    with pytest.raises(Unauthenticated):
        authenticate(made_up)


@pytest.mark.usefixtures("profile")
@pytest.mark.parametrize("route", ["DELETE /sessions/current", "DELETE /sessions", "DELETE /users/{user_id}"])
def test_a_caller_learns_of_an_ended_session_within_half_a_minute(
    route: str,
    authenticate: Authenticator,
    token: str,
    send: Send,
    handler: Handler[Resources],
    frozen_clock: FrozenClock,
) -> None:
    authenticate(token)
    ended = send(handler, route, path={"user_id": "alice"}, headers={"Authorization": f"Bearer {token}"})
    assert ended["statusCode"] == 204

    frozen_clock.tick(30)

    with pytest.raises(Unauthenticated):
        authenticate(token)


def test_a_caller_does_not_remember_a_session_beyond_its_end(
    authenticate: Authenticator, token: str, frozen_clock: FrozenClock
) -> None:
    frozen_clock.tick(12 * 60 * 60 - 1)
    assert authenticate(token).user_id == "alice"

    frozen_clock.tick(1)

    with pytest.raises(Unauthenticated):
        authenticate(token)


def test_what_stands_for_this_service_in_the_tests_of_others_answers_as_it_does(
    authentication: FakeAuthentication,
) -> None:
    for token in (authentication.sign_in("alice"), "nobodys-token"):
        answer = authentication.introspect(ReceivedRequest("POST /introspect", {}, {"token": token}))

        assert answer is not None
        status, document = answer
        assert status == 200
        assert isinstance(document, Mapping)
        assert Introspection.model_validate(document).model_dump() == document
