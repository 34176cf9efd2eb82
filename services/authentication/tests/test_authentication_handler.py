"""The routes of the authentication service, by API Gateway's events."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from argon2 import PasswordHasher
from botocore.stub import Stubber

from authentication_service.handler import Resources, routes
from authentication_service.store import AuthenticationStore
from lambda_lib import Handler

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Send = Callable[..., dict[str, Any]]

SIGN_UP, SIGN_IN, INTROSPECT = "POST /users", "POST /sessions", "POST /introspect"
ALICE = {"username": "alice", "password": "correct horse battery"}
NOW = 1_800_000_000
TWELVE_HOURS_S = 12 * 60 * 60


@dataclass
class Clock:
    """A clock that stands still until it is set."""

    now: float = NOW

    def __call__(self) -> float:
        return self.now


class Randomness:
    """Random bytes that differ from call to call and are the same in each test."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, count: int) -> bytes:
        self.calls += 1
        return sha256(str(self.calls).encode()).digest()[:count]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def handler(dynamodb: "DynamoDBClient", clock: Clock) -> Handler[Resources]:
    resources = Resources(
        store=AuthenticationStore(dynamodb, "dev-authentication"),
        hasher=PasswordHasher(
            time_cost=1, memory_cost=8, parallelism=1
        ),  # cheap: what it guards is tested in the logic
        clock=clock,
        random=Randomness(),
    )
    return Handler(routes, resources=resources)


def body_of(reply: dict[str, Any], status: int) -> dict[str, Any]:
    assert reply["statusCode"] == status, reply["body"]
    body: dict[str, Any] = json.loads(reply["body"])
    return body


def assert_problem(reply: dict[str, Any], status: int, code: str, fault: str | None = None) -> None:
    problem = json.loads(reply["body"])
    assert (reply["statusCode"], problem["status"], problem["code"]) == (status, status, code)
    assert reply["headers"]["Content-Type"] == "application/problem+json"
    if fault is not None:
        assert any(error["location"].startswith(fault) for error in problem["errors"])


def test_a_user_signs_up_signs_in_and_is_known_by_the_token(send: Send, handler: Handler[Resources]) -> None:
    signed_up = body_of(send(handler, SIGN_UP, body=ALICE), 201)
    signed_in = body_of(send(handler, SIGN_IN, body=ALICE), 201)
    known = body_of(send(handler, INTROSPECT, body={"token": signed_in["token"]}), 200)

    assert signed_up == {"user_id": "alice"}
    assert (signed_in["user_id"], signed_in["expires_at"]) == ("alice", NOW + TWELVE_HOURS_S)
    assert known == {"active": True, "user_id": "alice", "expires_at": NOW + TWELVE_HOURS_S}


def test_the_case_of_a_username_does_not_matter(send: Send, handler: Handler[Resources]) -> None:
    assert body_of(send(handler, SIGN_UP, body=ALICE | {"username": "Alice"}), 201) == {"user_id": "alice"}
    assert_problem(send(handler, SIGN_UP, body=ALICE | {"username": "aLICE"}), 409, "username_taken")
    assert body_of(send(handler, SIGN_IN, body=ALICE | {"username": "ALICE"}), 201)["user_id"] == "alice"


def test_a_taken_username_keeps_its_first_password(send: Send, handler: Handler[Resources]) -> None:
    send(handler, SIGN_UP, body=ALICE)

    assert_problem(send(handler, SIGN_UP, body=ALICE | {"password": "another password"}), 409, "username_taken")

    assert_problem(send(handler, SIGN_IN, body=ALICE | {"password": "another password"}), 401, "wrong_credentials")
    assert send(handler, SIGN_IN, body=ALICE)["statusCode"] == 201


def test_an_unknown_user_and_a_wrong_password_get_the_same_answer(send: Send, handler: Handler[Resources]) -> None:
    send(handler, SIGN_UP, body=ALICE)

    wrong = send(handler, SIGN_IN, body=ALICE | {"password": "wrong password"})
    unknown = send(handler, SIGN_IN, body=ALICE | {"username": "bob"})

    assert_problem(wrong, 401, "wrong_credentials")
    assert wrong == unknown


def test_each_sign_in_opens_a_session_of_its_own(send: Send, handler: Handler[Resources]) -> None:
    send(handler, SIGN_UP, body=ALICE)

    first, second = (body_of(send(handler, SIGN_IN, body=ALICE), 201)["token"] for _ in range(2))

    assert first != second
    for token in (first, second):
        assert body_of(send(handler, INTROSPECT, body={"token": token}), 200)["active"]


def test_a_session_ends_at_its_time_even_if_its_item_is_still_there(
    send: Send, handler: Handler[Resources], clock: Clock
) -> None:
    send(handler, SIGN_UP, body=ALICE)
    token = body_of(send(handler, SIGN_IN, body=ALICE), 201)["token"]

    clock.now = NOW + TWELVE_HOURS_S

    assert body_of(send(handler, INTROSPECT, body={"token": token}), 200) == {"active": False}


@pytest.mark.parametrize("token", ["nobodys-token", "x", "é", "A" * 43, "user#alice", "x" * 1024])
def test_what_is_no_token_is_answered_as_one_that_is_not_active(
    token: str, send: Send, handler: Handler[Resources]
) -> None:
    assert body_of(send(handler, INTROSPECT, body={"token": token}), 200) == {"active": False}


def test_the_table_holds_neither_the_password_nor_the_token(
    send: Send, handler: Handler[Resources], dynamodb: "DynamoDBClient"
) -> None:
    send(handler, SIGN_UP, body=ALICE)
    token = body_of(send(handler, SIGN_IN, body=ALICE), 201)["token"]

    stored = str(dynamodb.scan(TableName="dev-authentication")["Items"])

    assert sha256(token.encode()).hexdigest() in stored
    assert token not in stored
    assert ALICE["password"] not in stored


def test_an_unsigned_introspection_is_refused_even_if_the_gateway_let_it_through(
    send: Send, handler: Handler[Resources]
) -> None:
    assert_problem(send(handler, INTROSPECT, body={"token": "x"}, caller=None), 403, "forbidden")


BAD_BODIES = [
    (None, "malformed_body", None),
    ("{", "malformed_body", None),
    ("[]", "invalid_request", "body"),
    ('"text"', "invalid_request", "body"),
]
BAD_CREDENTIALS = [
    ({}, "invalid_request", "body.username"),
    ({"username": "alice"}, "invalid_request", "body.password"),
    (ALICE | {"username": "al"}, "invalid_request", "body.username"),
    (ALICE | {"username": "alice\n"}, "invalid_request", "body.username"),
    (ALICE | {"username": "session#0"}, "invalid_request", "body.username"),
    (ALICE | {"username": 7}, "invalid_request", "body.username"),
    (ALICE | {"password": ""}, "invalid_request", "body.password"),
    (ALICE | {"password": "x" * 129}, "invalid_request", "body.password"),
    (ALICE | {"password": 123456789012}, "invalid_request", "body.password"),
    (ALICE | {"password": "\ud800" * 12}, "malformed_body", None),
    (ALICE | {"admin": True}, "invalid_request", "body.admin"),
]
BAD_TOKENS = [
    ({}, "invalid_request", "body.token"),
    ({"token": ""}, "invalid_request", "body.token"),
    ({"token": None}, "invalid_request", "body.token"),
    ({"token": "x" * 1025}, "invalid_request", "body.token"),
    ({"token": "x", "token_type_hint": "access_token"}, "invalid_request", "body.token_type_hint"),
]


@pytest.mark.parametrize(
    ("route", "body", "code", "fault"),
    [
        (SIGN_UP, *bad)
        for bad in [*BAD_BODIES, *BAD_CREDENTIALS, (ALICE | {"password": "x" * 11}, "invalid_request", "body")]
    ]
    + [(SIGN_IN, *bad) for bad in [*BAD_BODIES, *BAD_CREDENTIALS]]
    + [(INTROSPECT, *bad) for bad in [*BAD_BODIES, *BAD_TOKENS]],
    ids=repr,
)
def test_a_bad_body_is_refused_with_what_is_wrong_with_it(
    route: str, body: object, code: str, fault: str | None, send: Send, handler: Handler[Resources]
) -> None:
    assert_problem(send(handler, route, body=body), 400, code, fault)


@pytest.mark.parametrize("route", [SIGN_UP, SIGN_IN, INTROSPECT])
def test_a_body_that_is_not_json_by_its_type_is_refused(route: str, send: Send, handler: Handler[Resources]) -> None:
    reply = send(handler, route, body=ALICE, headers={"Content-Type": "text/plain"})

    assert_problem(reply, 415, "unsupported_media_type")


@pytest.mark.parametrize("route", [SIGN_UP, SIGN_IN, INTROSPECT])
def test_neither_a_refusal_nor_the_log_repeats_a_secret(
    route: str, send: Send, handler: Handler[Resources], capsys: pytest.CaptureFixture[str]
) -> None:
    reply = send(handler, route, body={"username": "alice", "password": "s3cret", "token": 7, "pin": "s3cret"})

    assert reply["statusCode"] == 400
    assert "s3cret" not in reply["body"] + capsys.readouterr().out


@pytest.mark.parametrize(
    ("route", "body", "operation"),
    [(SIGN_UP, ALICE, "put_item"), (SIGN_IN, ALICE, "get_item"), (INTROSPECT, {"token": "x"}, "get_item")],
)
def test_throttling_is_told_apart_and_says_when_to_come_back(
    route: str,
    body: object,
    operation: str,
    send: Send,
    handler: Handler[Resources],
    dynamodb: "DynamoDBClient",
) -> None:
    with Stubber(dynamodb) as table:
        table.add_client_error(operation, "ProvisionedThroughputExceededException", http_status_code=400)

        reply = send(handler, route, body=body)

    assert_problem(reply, 503, "throttled")
    assert int(reply["headers"]["Retry-After"]) >= 1
