"""The routes of the authentication service, by API Gateway's events."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any

import pytest

from authentication_service.handler import Resources
from lambda_lib import Handler
from lambda_lib.testing import FrozenClock, Send, Table, assert_problem, body_of

type SignIn = Callable[..., dict[str, str]]
type IsActive = Callable[[Mapping[str, str]], bool]

SIGN_UP, SIGN_IN, INTROSPECT = "POST /users", "POST /sessions", "POST /introspect"
SIGN_OUT, SIGN_OUT_EVERYWHERE = "DELETE /sessions/current", "DELETE /sessions"
CHANGE, DELETE = "PUT /users/{user_id}/password", "DELETE /users/{user_id}"
ALICE = {"username": "alice", "password": "correct horse battery"}
BOB = {"username": "bob", "password": "staple battery horse"}
NEW = "another horse entirely"
CHANGED = {"current_password": ALICE["password"], "new_password": NEW}
HER_OWN = {"user_id": "alice"}
TWELVE_HOURS_S = 12 * 60 * 60


def test_a_user_signs_up_signs_in_and_is_known_by_the_token(
    send: Send, handler: Handler[Resources], frozen_clock: FrozenClock
) -> None:
    expires_at = frozen_clock() + TWELVE_HOURS_S

    signed_up = body_of(send(handler, SIGN_UP, body=ALICE), 201)
    signed_in = body_of(send(handler, SIGN_IN, body=ALICE), 201)
    known = body_of(send(handler, INTROSPECT, body={"token": signed_in["token"]}), 200)

    assert signed_up == {"user_id": "alice"}
    assert (signed_in["user_id"], signed_in["expires_at"]) == ("alice", expires_at)
    assert known == {"active": True, "user_id": "alice", "expires_at": expires_at}


@pytest.mark.parametrize("spelling", ["aLICE", "\N{FULLWIDTH LATIN SMALL LETTER A}lice"])
def test_another_spelling_of_a_username_is_the_same_user(
    spelling: str, send: Send, handler: Handler[Resources]
) -> None:
    assert body_of(send(handler, SIGN_UP, body=ALICE | {"username": "Alice"}), 201) == {"user_id": "alice"}
    assert_problem(send(handler, SIGN_UP, body=ALICE | {"username": spelling}), 409, "username_taken")
    assert body_of(send(handler, SIGN_IN, body=ALICE | {"username": spelling}), 201)["user_id"] == "alice"


def test_a_taken_username_keeps_its_first_password(send: Send, handler: Handler[Resources]) -> None:
    send(handler, SIGN_UP, body=ALICE)

    assert_problem(send(handler, SIGN_UP, body=ALICE | {"password": NEW}), 409, "username_taken")

    assert_problem(send(handler, SIGN_IN, body=ALICE | {"password": NEW}), 401, "wrong_credentials")
    assert send(handler, SIGN_IN, body=ALICE)["statusCode"] == 201


@pytest.mark.usefixtures("one_write_at_a_time")
def test_of_concurrent_sign_ups_of_one_name_one_succeeds_and_its_password_counts(
    send: Send, handler: Handler[Resources]
) -> None:
    passwords = [f"correct horse {number:02}" for number in range(24)]

    with ThreadPoolExecutor(8) as threads:
        replies = list(threads.map(lambda word: send(handler, SIGN_UP, body=ALICE | {"password": word}), passwords))

    statuses = [reply["statusCode"] for reply in replies]
    assert sorted(statuses) == [201] + [409] * 23
    chosen = passwords[statuses.index(201)]
    assert send(handler, SIGN_IN, body=ALICE | {"password": chosen})["statusCode"] == 201


@pytest.mark.parametrize("username", ["admin", "Root", "current"])
def test_a_reserved_name_is_nobodys(username: str, send: Send, handler: Handler[Resources]) -> None:
    assert_problem(send(handler, SIGN_UP, body=ALICE | {"username": username}), 409, "username_taken")


@pytest.mark.parametrize("password", ["1q2w3e4r5t6y", "alicealicealice", "aaaaaaaaaaaa"])
def test_a_weak_password_is_not_taken(password: str, send: Send, handler: Handler[Resources], sign_in: SignIn) -> None:
    signed_up = send(handler, SIGN_UP, body=ALICE | {"password": password})
    changed = send(handler, CHANGE, path=HER_OWN, headers=sign_in(), body=CHANGED | {"new_password": password})

    assert_problem(signed_up, 400, "invalid_request", "body.password")
    assert_problem(changed, 400, "invalid_request", "body.new_password")
    assert password not in signed_up["body"] + changed["body"]


def test_an_unknown_user_and_a_wrong_password_get_the_same_answer_for_the_same_work(
    send: Send, handler: Handler[Resources], hasher: Any, meter: Any
) -> None:
    send(handler, SIGN_UP, body=ALICE)
    work = []
    replies = []
    for username in ("alice", "bob"):
        meter.reset()
        before = (hasher.hashed, hasher.verified)
        replies.append(send(handler, SIGN_IN, body={"username": username, "password": "wrong password"}))
        hashing = (hasher.hashed - before[0], hasher.verified - before[1])
        work.append((hashing, meter.operations.copy(), meter.read, meter.written))

    assert_problem(replies[0], 401, "wrong_credentials")
    assert replies[0] == replies[1]
    assert work[0] == work[1] == ((0, 1), ["UpdateItem", "GetItem", "UpdateItem"], 1.0, 2.0)


def test_each_sign_in_opens_a_session_of_its_own(sign_in: SignIn, is_active: IsActive) -> None:
    first, second = sign_in(), sign_in()

    assert first != second
    assert is_active(first)
    assert is_active(second)


def test_a_sign_in_renews_a_hash_made_with_other_parameters(
    send: Send, handler: Handler[Resources], resources: Resources, hasher: Any
) -> None:
    send(handler, SIGN_UP, body=ALICE)
    hasher._parameters = type(hasher)(time_cost=2)._parameters
    before = resources.store.user("alice")

    for _ in range(2):
        assert send(handler, SIGN_IN, body=ALICE)["statusCode"] == 201

    after = resources.store.user("alice")
    assert before is not None
    assert after is not None
    assert "t=1" in before.password_hash
    assert "t=2" in after.password_hash
    assert hasher.hashed == 2  # the sign-up and one of the sign-ins


def test_a_session_ends_at_its_time_even_if_its_item_is_still_there(
    sign_in: SignIn, is_active: IsActive, frozen_clock: FrozenClock, send: Send, handler: Handler[Resources]
) -> None:
    alice = sign_in()

    frozen_clock.tick(TWELVE_HOURS_S)

    assert not is_active(alice)
    assert_problem(send(handler, SIGN_OUT, headers=alice), 401, "unauthenticated")


def test_a_sign_out_ends_this_session_and_no_other(
    send: Send, handler: Handler[Resources], sign_in: SignIn, is_active: IsActive
) -> None:
    this, other, bob = sign_in(), sign_in(), sign_in(BOB)

    assert send(handler, SIGN_OUT, headers=this)["statusCode"] == 204

    assert [is_active(bearer) for bearer in (this, other, bob)] == [False, True, True]


def test_a_sign_out_everywhere_ends_all_sessions_of_the_user_and_none_of_others(
    send: Send, handler: Handler[Resources], sign_in: SignIn, is_active: IsActive
) -> None:
    this, other, bob = sign_in(), sign_in(), sign_in(BOB)

    assert send(handler, SIGN_OUT_EVERYWHERE, headers=this)["statusCode"] == 204

    assert [is_active(bearer) for bearer in (this, other, bob)] == [False, False, True]
    assert is_active(sign_in())


def test_a_change_of_password_ends_all_sessions_but_the_one_it_comes_from(
    send: Send, handler: Handler[Resources], sign_in: SignIn, is_active: IsActive
) -> None:
    this, other, bob = sign_in(), sign_in(), sign_in(BOB)

    assert send(handler, CHANGE, path=HER_OWN, headers=this, body=CHANGED)["statusCode"] == 204

    assert [is_active(bearer) for bearer in (this, other, bob)] == [True, False, True]
    assert_problem(send(handler, SIGN_IN, body=ALICE), 401, "wrong_credentials")
    assert is_active(sign_in(ALICE | {"password": NEW}))


def test_of_two_changes_of_password_at_once_the_one_that_knows_the_password_of_before_only_is_refused(
    send: Send, handler: Handler[Resources], sign_in: SignIn, hasher: Any
) -> None:
    alice = sign_in()

    def change(new_password: str) -> dict[str, Any]:
        body = CHANGED | {"new_password": new_password}
        return send(handler, CHANGE, path=HER_OWN, headers=alice, body=body)

    hasher.when_verified = lambda: replies.append(change(NEW))
    replies: list[dict[str, Any]] = []
    second = change("some third horse of hers")

    assert [reply["statusCode"] for reply in replies] == [204]
    assert_problem(second, 401, "unauthenticated")
    assert send(handler, SIGN_IN, body=ALICE | {"password": NEW})["statusCode"] == 201


def test_a_sign_in_from_a_new_source_that_a_change_of_password_overtakes_is_refused(
    send: Send, handler: Handler[Resources], from_source: Callable[[str], Any], sign_in: SignIn, hasher: Any
) -> None:
    alice = sign_in()
    hasher.when_verified = lambda: send(handler, CHANGE, path=HER_OWN, headers=alice, body=CHANGED)

    reply = send(from_source("198.51.100.7"), SIGN_IN, body=ALICE)

    assert_problem(reply, 401, "wrong_credentials")


def test_a_sign_in_that_a_change_of_password_overtakes_opens_no_session_that_lasts(
    send: Send, handler: Handler[Resources], sign_in: SignIn, is_active: IsActive, hasher: Any
) -> None:
    alice = sign_in()
    hasher.when_verified = lambda: send(handler, CHANGE, path=HER_OWN, headers=alice, body=CHANGED)

    session = body_of(send(handler, SIGN_IN, body=ALICE), 201)

    assert not is_active({"Authorization": f"Bearer {session['token']}"})
    assert is_active(alice)


def test_a_change_of_password_needs_the_current_one(
    send: Send, handler: Handler[Resources], sign_in: SignIn, is_active: IsActive
) -> None:
    this, other = sign_in(), sign_in()

    reply = send(handler, CHANGE, path=HER_OWN, headers=this, body=CHANGED | {"current_password": "a wrong one"})

    assert_problem(reply, 403, "wrong_password")
    assert is_active(other)
    assert send(handler, SIGN_IN, body=ALICE)["statusCode"] == 201


@pytest.mark.usefixtures("profile")
def test_a_deleted_account_is_gone_with_all_its_sessions(
    send: Send, handler: Handler[Resources], sign_in: SignIn, is_active: IsActive, table: Table
) -> None:
    this, other, bob = sign_in(), sign_in(), sign_in(BOB)

    assert send(handler, DELETE, path=HER_OWN, headers=this)["statusCode"] == 204

    assert [is_active(bearer) for bearer in (this, other, bob)] == [False, False, True]
    assert_problem(send(handler, SIGN_IN, body=ALICE), 401, "wrong_credentials")
    item = table.client.get_item(TableName=table.name, Key={"pk": {"S": "user#alice"}})["Item"]
    assert item.keys() == {"pk"}


@pytest.mark.usefixtures("profile")
def test_the_name_of_a_deleted_account_is_nobodys_again(
    send: Send, handler: Handler[Resources], sign_in: SignIn, frozen_clock: FrozenClock
) -> None:
    assert send(handler, DELETE, path=HER_OWN, headers=sign_in())["statusCode"] == 204

    frozen_clock.tick(365 * 24 * 60 * 60)

    assert_problem(send(handler, SIGN_UP, body=ALICE), 409, "username_taken")
    assert_problem(send(handler, SIGN_IN, body=ALICE), 401, "wrong_credentials")


@pytest.mark.usefixtures("profile")
def test_an_account_is_deleted_soon_after_a_sign_in_only(
    send: Send, handler: Handler[Resources], sign_in: SignIn, is_active: IsActive, frozen_clock: FrozenClock
) -> None:
    stale = sign_in()
    frozen_clock.tick(601)

    reply = send(handler, DELETE, path=HER_OWN, headers=stale)

    assert_problem(reply, 401, "insufficient_user_authentication")
    challenge = 'Bearer error="insufficient_user_authentication", max_age="600"'
    assert reply["headers"]["WWW-Authenticate"] == challenge
    assert is_active(stale)
    assert send(handler, DELETE, path=HER_OWN, headers=sign_in())["statusCode"] == 204


@pytest.mark.parametrize(("route", "body"), [(CHANGE, CHANGED), (DELETE, None)])
@pytest.mark.parametrize("other", ["bob", "nobody-at-all"])
def test_nobody_changes_the_account_of_another(
    route: str, body: object, other: str, send: Send, handler: Handler[Resources], sign_in: SignIn, is_active: IsActive
) -> None:
    bob = sign_in(BOB)

    assert_problem(send(handler, route, path={"user_id": other}, headers=sign_in(), body=body), 403, "forbidden")

    assert is_active(bob)


BEARER_ROUTES = [(SIGN_OUT, None), (SIGN_OUT_EVERYWHERE, None), (CHANGE, CHANGED), (DELETE, None)]


@pytest.mark.parametrize(("route", "body"), BEARER_ROUTES)
@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer x", "Basic YWxpY2U6eA==", f"Bearer {'A' * 43}", f"Bearer {'A' * 9000}", "Bearer user#alice"],
    ids=lambda text: text[:20],
)
def test_what_is_no_valid_token_lets_nobody_in(
    route: str, body: object, authorization: str, send: Send, handler: Handler[Resources], sign_in: SignIn
) -> None:
    sign_in()

    reply = send(handler, route, path=HER_OWN, headers={"Authorization": authorization}, body=body)

    assert_problem(reply, 401, "unauthenticated")
    assert reply["headers"]["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("token", ["nobodys-token", "x", "é", "A" * 43, "user#alice", "x" * 1024])
def test_what_is_no_token_is_answered_as_one_that_is_not_active(
    token: str, send: Send, handler: Handler[Resources]
) -> None:
    assert body_of(send(handler, INTROSPECT, body={"token": token}), 200) == {"active": False}


def test_the_table_holds_neither_a_password_nor_a_token_nor_an_address(
    send: Send, handler: Handler[Resources], sign_in: SignIn, table: Table
) -> None:
    token = sign_in()["Authorization"].removeprefix("Bearer ")
    send(handler, SIGN_IN, body=ALICE | {"password": "a wrong password"})
    send(handler, CHANGE, path=HER_OWN, headers={"Authorization": f"Bearer {token}"}, body=CHANGED)

    stored = str(table.client.scan(TableName=table.name)["Items"])

    assert sha256(token.encode()).hexdigest() in stored
    assert not [text for text in (token, ALICE["password"], NEW, "a wrong password", "192.0.2.1") if text in stored]


def test_no_log_line_holds_a_password_or_a_token(
    send: Send, handler: Handler[Resources], sign_in: SignIn, table: Table, capsys: pytest.CaptureFixture[str]
) -> None:
    alice = sign_in()
    send(handler, CHANGE, path=HER_OWN, headers=alice, body=CHANGED)
    send(handler, SIGN_OUT, headers=alice)
    table.client.delete_table(TableName=table.name)  # and none where an exception is logged
    for route, body in [(SIGN_UP, ALICE), (SIGN_IN, ALICE), *BEARER_ROUTES]:
        assert send(handler, route, path=HER_OWN, headers=alice, body=body)["statusCode"] == 500

    logged = capsys.readouterr().out

    assert "ResourceNotFoundException" in logged
    assert not [text for text in (alice["Authorization"][7:], ALICE["password"], NEW) if text in logged]


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
    (ALICE | {"username": "\N{CYRILLIC SMALL LETTER A}lice"}, "invalid_request", "body.username"),
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


BAD_CHANGES = [
    ({}, "invalid_request", "body.current_password"),
    (CHANGED | {"new_password": "x" * 11}, "invalid_request", "body.new_password"),
    (CHANGED | {"new_password": "x" * 129}, "invalid_request", "body.new_password"),
    (CHANGED | {"current_password": None}, "invalid_request", "body.current_password"),
    (CHANGED | {"user_id": "bob"}, "invalid_request", "body.user_id"),
]


@pytest.mark.parametrize(("body", "code", "fault"), [*BAD_BODIES, *BAD_CHANGES], ids=repr)
def test_a_bad_change_of_password_is_refused_with_what_is_wrong_with_it(
    body: object, code: str, fault: str | None, send: Send, handler: Handler[Resources], sign_in: SignIn
) -> None:
    assert_problem(send(handler, CHANGE, path=HER_OWN, headers=sign_in(), body=body), 400, code, fault)


@pytest.mark.parametrize("user_id", ["al", "Alice", "alice%0A", "..", "a" * 33])
def test_what_cannot_be_a_user_id_is_refused(
    user_id: str, send: Send, handler: Handler[Resources], sign_in: SignIn
) -> None:
    reply = send(handler, DELETE, path={"user_id": user_id}, headers=sign_in())

    assert_problem(reply, 400, "invalid_request", "path.user_id")


@pytest.mark.parametrize("route", [SIGN_UP, SIGN_IN, INTROSPECT])
def test_a_body_that_is_too_large_is_refused(route: str, send: Send, handler: Handler[Resources]) -> None:
    assert_problem(send(handler, route, body=ALICE | {"token": "x" * 16_384}), 413, "request_too_large")


@pytest.mark.parametrize("route", [SIGN_UP, SIGN_IN, INTROSPECT])
def test_a_body_that_is_nested_too_deep_is_refused(route: str, send: Send, handler: Handler[Resources]) -> None:
    assert_problem(send(handler, route, body="[" * 5000 + "]" * 5000), 400, "malformed_body")


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
