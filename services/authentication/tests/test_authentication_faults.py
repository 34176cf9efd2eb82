"""What callers see when something fails, and that nothing they were told of is lost."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from authentication_service.handler import Resources
from lambda_lib import Handler
from lambda_lib.testing import FrozenClock, Send, Table, assert_problem, body_of

type SignIn = Callable[..., dict[str, str]]
type IsActive = Callable[[Mapping[str, str]], bool]

ALICE = {"username": "alice", "password": "correct horse battery"}
NEW = "another horse entirely"
CHANGED = {"current_password": ALICE["password"], "new_password": NEW}
HER_OWN = {"user_id": "alice"}
SIGN_UP, SIGN_IN, INTROSPECT = "POST /users", "POST /sessions", "POST /introspect"
SIGN_OUT, SIGN_OUT_EVERYWHERE = "DELETE /sessions/current", "DELETE /sessions"
CHANGE, DELETE = "PUT /users/{user_id}/password", "DELETE /users/{user_id}"

# Each route with each operation that it does on the table.
STEPS: list[tuple[str, Any, str]] = [
    (SIGN_UP, ALICE | {"username": "bob"}, "UpdateItem"),
    (SIGN_UP, ALICE | {"username": "bob"}, "PutItem"),
    (SIGN_IN, ALICE, "UpdateItem"),
    (SIGN_IN, ALICE, "GetItem"),
    (SIGN_IN, ALICE, "PutItem"),
    (SIGN_OUT, None, "GetItem"),
    (SIGN_OUT, None, "DeleteItem"),
    (SIGN_OUT_EVERYWHERE, None, "GetItem"),
    (SIGN_OUT_EVERYWHERE, None, "UpdateItem"),
    (CHANGE, CHANGED, "GetItem"),
    (CHANGE, CHANGED, "UpdateItem"),
    (DELETE, None, "GetItem"),
    (DELETE, None, "PutItem"),
    (INTROSPECT, {"token": "A" * 43}, "GetItem"),
]


@pytest.mark.usefixtures("profile")
@pytest.mark.parametrize(("route", "body", "operation"), STEPS)
def test_a_throttled_table_is_a_503_that_says_when_to_come_back_and_a_retry_succeeds(  # noqa: PLR0913, PLR0917  a fault
    route: str,
    body: Any,
    operation: str,
    send: Send,
    handler: Handler[Resources],
    sign_in: SignIn,
    is_active: IsActive,
    faults: Any,
) -> None:
    alice = sign_in()
    faults.throttle(operation)

    reply = send(handler, route, path=HER_OWN, headers=alice, body=body)

    assert_problem(reply, 503, "throttled")
    assert int(reply["headers"]["Retry-After"]) >= 1
    faults.end(operation)
    assert is_active(alice)
    assert send(handler, route, path=HER_OWN, headers=alice, body=body)["statusCode"] < 300


@pytest.mark.usefixtures("profile")
@pytest.mark.parametrize(("route", "body", "operation"), STEPS)
def test_an_error_of_dynamodb_is_a_503(
    route: str, body: Any, operation: str, send: Send, handler: Handler[Resources], sign_in: SignIn, faults: Any
) -> None:
    alice = sign_in()
    faults.refuse(operation, "InternalServerError", 500)

    assert_problem(send(handler, route, path=HER_OWN, headers=alice, body=body), 503, "service_unavailable")


@pytest.mark.parametrize(("route", "body"), list({route: body for route, body, _ in STEPS}.items()))
def test_a_table_that_is_gone_is_a_500_that_does_not_name_it(
    route: str, body: Any, send: Send, handler: Handler[Resources], sign_in: SignIn, table: Table
) -> None:
    alice = sign_in()
    table.client.delete_table(TableName=table.name)

    reply = send(handler, route, path=HER_OWN, headers=alice, body=body)

    assert_problem(reply, 500, "internal_error")
    assert table.name not in reply["body"]


def test_a_change_of_password_that_fails_half_way_leaves_no_session_with_the_old_one(
    send: Send,
    handler: Handler[Resources],
    sign_in: SignIn,
    is_active: IsActive,
    table: Table,
    faults: Any,
) -> None:
    this, other = sign_in(), sign_in()
    table.client.meta.events.register(
        "after-call.dynamodb.UpdateItem",
        lambda parsed, **_: faults.throttle("UpdateItem") if is_change(parsed) else None,
    )
    written: list[Any] = []

    def is_change(parsed: Any) -> bool:
        written.append(parsed)
        return len(written) == 2  # the attempt, then the user

    assert_problem(send(handler, CHANGE, path=HER_OWN, headers=this, body=CHANGED), 503, "throttled")

    faults.end("UpdateItem")
    assert [is_active(this), is_active(other)] == [False, False]
    assert_problem(send(handler, SIGN_IN, body=ALICE), 401, "wrong_credentials")
    assert send(handler, SIGN_IN, body=ALICE | {"password": NEW})["statusCode"] == 201


@pytest.mark.parametrize("skew_s", [-300, 300])
def test_a_clock_that_is_minutes_off_neither_ends_a_session_nor_revives_one(
    skew_s: float, sign_in: SignIn, is_active: IsActive, frozen_clock: FrozenClock
) -> None:
    frozen_clock.tick(skew_s)
    alice = sign_in()
    frozen_clock.tick(-skew_s)

    assert is_active(alice)
    frozen_clock.tick(12 * 60 * 60 + max(0, skew_s))
    assert not is_active(alice)


@pytest.mark.usefixtures("profile")
def test_a_sign_in_on_a_clock_that_is_ahead_counts_as_recent_elsewhere(
    send: Send, handler: Handler[Resources], sign_in: SignIn, frozen_clock: FrozenClock
) -> None:
    frozen_clock.tick(300)
    alice = sign_in()
    frozen_clock.tick(-300)

    assert send(handler, DELETE, path=HER_OWN, headers=alice)["statusCode"] == 204


# No route knows of idempotency keys, and none needs one: what a request did is seen by the next.
KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


@pytest.mark.parametrize("headers", [{}, KEY], ids=["without a key", "with its key"])
def test_a_repeated_sign_up_says_that_the_name_is_taken_and_changes_nothing(
    headers: dict[str, str], send: Send, handler: Handler[Resources]
) -> None:
    assert send(handler, SIGN_UP, headers=headers, body=ALICE)["statusCode"] == 201

    assert_problem(send(handler, SIGN_UP, headers=headers, body=ALICE), 409, "username_taken")
    assert send(handler, SIGN_IN, body=ALICE)["statusCode"] == 201


def test_a_repeated_sign_in_opens_another_session_and_leaves_the_first(
    send: Send, handler: Handler[Resources], sign_in: SignIn, is_active: IsActive
) -> None:
    first = sign_in()
    replies = [send(handler, SIGN_IN, headers=KEY, body=ALICE) for _ in range(2)]

    tokens = {body_of(reply, 201)["token"] for reply in replies} | {first["Authorization"].removeprefix("Bearer ")}
    assert len(tokens) == 3
    assert all(is_active({"Authorization": f"Bearer {token}"}) for token in tokens)


@pytest.mark.usefixtures("profile")
@pytest.mark.parametrize("key", [{}, KEY], ids=["without a key", "with its key"])
@pytest.mark.parametrize(
    ("route", "body", "status", "code"),
    [
        (SIGN_OUT, None, 401, "unauthenticated"),
        (SIGN_OUT_EVERYWHERE, None, 401, "unauthenticated"),
        (CHANGE, CHANGED, 403, "wrong_password"),
        (DELETE, None, 401, "unauthenticated"),
    ],
)
def test_a_request_that_is_sent_again_does_nothing_more(  # noqa: PLR0913, PLR0917  a fault
    route: str,
    body: Any,
    status: int,
    code: str,
    key: dict[str, str],
    send: Send,
    handler: Handler[Resources],
    sign_in: SignIn,
) -> None:
    alice = sign_in() | key
    assert send(handler, route, path=HER_OWN, headers=alice, body=body)["statusCode"] == 204

    assert_problem(send(handler, route, path=HER_OWN, headers=alice, body=body), status, code)


def test_the_token_of_an_ended_session_stays_ended_when_it_is_sent_again(
    send: Send, handler: Handler[Resources], sign_in: SignIn, is_active: IsActive
) -> None:
    before = sign_in()
    send(handler, SIGN_OUT, headers=before)

    sign_in()

    assert not is_active(before)
    assert body_of(send(handler, INTROSPECT, body={"token": before["Authorization"][7:]})) == {"active": False}
