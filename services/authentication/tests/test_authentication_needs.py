"""What the services that call this one need of it: a version that no longer gives it cannot be released.

Profile and location ask `POST /introspect` through `lambda_lib.Authenticator`, and use the user id that they learn as a
key and in paths of their own.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session

from authentication_service.handler import Resources
from authentication_service.model import Introspection
from lambda_lib import Authenticator, Handler, ServiceClient, Unauthenticated
from lambda_lib.compatibility import compare
from lambda_lib.testing import FakeAuthentication, FakeService, FrozenClock, ReceivedRequest, Send, caller_arn

type SignIn = Callable[..., dict[str, str]]

CONTRACT = Path(__file__).parents[1] / "openapi.json"

# The contract as far as the callers read it: what they send, and what they take from the answer.
NEEDED = {
    "openapi": "3.0.1",
    "paths": {
        "/introspect": {
            "post": {
                "x-amazon-apigateway-auth": {"type": "AWS_IAM"},
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "properties": {"token": {"type": "string", "minLength": 1, "maxLength": 512}},
                                "required": ["token"],
                                "additionalProperties": False,
                            }
                        }
                    },
                },
                "responses": {
                    "200": {
                        "description": "What is known of the token",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "properties": {
                                        "active": {"type": "boolean"},
                                        "user_id": {"type": "string", "nullable": True},
                                        "expires_at": {"type": "integer", "nullable": True},
                                    },
                                    "required": ["active"],
                                }
                            }
                        },
                    }
                },
            }
        }
    },
}


@pytest.fixture(params=["profile", "location"])
def authenticate(
    request: pytest.FixtureRequest,
    aws: Session,
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


def test_the_contract_gives_what_the_callers_need() -> None:
    assert compare(NEEDED, json.loads(CONTRACT.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("path", lambda contract: contract["paths"].pop("/introspect")),
        ("user id", lambda contract: contract["components"]["schemas"]["Introspection"]["properties"].pop("user_id")),
        ("end", lambda contract: contract["components"]["schemas"]["Introspection"]["properties"].pop("expires_at")),
        ("token", lambda contract: contract["components"]["schemas"]["Introspect"]["properties"].pop("token")),
        (
            "access",
            lambda contract: contract["paths"]["/introspect"]["post"].update(
                {"x-amazon-apigateway-auth": {"type": "NONE"}, "security": [{"bearer": []}]}
            ),
        ),
    ],
)
def test_a_contract_without_it_is_found_out(what: str, change: Callable[[Any], Any]) -> None:
    contract = json.loads(CONTRACT.read_text(encoding="utf-8"))
    change(contract)

    assert compare(NEEDED, contract), what


def test_a_caller_learns_whose_a_token_is(authenticate: Authenticator, token: str) -> None:
    assert authenticate(token).user_id == "alice"


@pytest.mark.parametrize("made_up", ["A" * 43, "nobodys-token", "x" * 512])
def test_a_caller_learns_that_a_token_is_nobodys(made_up: str, authenticate: Authenticator) -> None:
    with pytest.raises(Unauthenticated):
        authenticate(made_up)


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
