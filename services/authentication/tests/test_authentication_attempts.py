"""How often somebody may guess, and that nobody is locked out by the guesses of others."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from authentication_service.attempts import Attempts
from authentication_service.handler import Resources
from authentication_service.model import TooManyAttempts
from lambda_lib import Handler
from lambda_lib.testing import FrozenClock, Table, assert_problem, send

type FromSource = Callable[[str], Any]

SIGN_UP, SIGN_IN, CHANGE = "POST /users", "POST /sessions", "PUT /users/{user_id}/password"
ALICE = {"username": "alice", "password": "correct horse battery"}
WRONG = ALICE | {"password": "wrong password"}
HOME, AWAY, EVIL = "192.0.2.1", "198.51.100.7", "203.0.113.66"


def botnet(size: int) -> list[str]:
    return [f"203.0.113.{number}" for number in range(size)]


@pytest.fixture
def attempts(table: Table) -> Attempts:
    return Attempts(table.client, table.name)


@pytest.fixture
def alice(handler: Handler[Resources]) -> None:
    """Alice has signed up, from home."""
    assert send(handler, SIGN_UP, body=ALICE)["statusCode"] == 201


@pytest.mark.usefixtures("alice")
@pytest.mark.parametrize("username", ["alice", "nobody-at-all"])
def test_a_source_has_five_attempts_on_an_account_a_minute_whether_or_not_it_exists(
    username: str, from_source: FromSource, frozen_clock: FrozenClock, hasher: Any
) -> None:
    replies = [send(from_source(EVIL), SIGN_IN, body=WRONG | {"username": username}) for _ in range(7)]

    assert [reply["statusCode"] for reply in replies] == [401] * 5 + [429] * 2
    assert_problem(replies[-1], 429, "too_many_attempts")
    assert hasher.verified == 5
    assert 1 <= int(replies[-1]["headers"]["Retry-After"]) <= 60

    frozen_clock.tick(int(replies[-1]["headers"]["Retry-After"]))
    assert_problem(send(from_source(EVIL), SIGN_IN, body=WRONG | {"username": username}), 401, "wrong_credentials")


@pytest.mark.usefixtures("alice")
def test_a_source_beyond_its_attempts_does_not_get_in_with_the_right_password_either(from_source: FromSource) -> None:
    for _ in range(5):
        send(from_source(EVIL), SIGN_IN, body=WRONG)

    assert_problem(send(from_source(EVIL), SIGN_IN, body=ALICE), 429, "too_many_attempts")


@pytest.mark.usefixtures("alice")
@pytest.mark.parametrize("source", [HOME, AWAY])
def test_the_guesses_of_one_source_lock_nobody_out_elsewhere(source: str, from_source: FromSource) -> None:
    for _ in range(60):
        send(from_source(EVIL), SIGN_IN, body=WRONG)

    assert send(from_source(source), SIGN_IN, body=ALICE)["statusCode"] == 201


@pytest.mark.usefixtures("alice")
def test_guesses_from_everywhere_are_bounded_and_lock_nobody_out_who_has_come_from_there_before(
    from_source: FromSource, frozen_clock: FrozenClock
) -> None:
    assert send(from_source(AWAY), SIGN_IN, body=ALICE)["statusCode"] == 201
    frozen_clock.tick(60)

    statuses = [send(from_source(bot), SIGN_IN, body=WRONG)["statusCode"] for bot in botnet(60)]

    assert statuses == [401] * 50 + [429] * 10
    assert send(from_source(HOME), SIGN_IN, body=ALICE)["statusCode"] == 201
    assert send(from_source(AWAY), SIGN_IN, body=ALICE)["statusCode"] == 201
    assert_problem(send(from_source("198.51.100.99"), SIGN_IN, body=ALICE), 429, "too_many_attempts")
    frozen_clock.tick(60)
    assert send(from_source("198.51.100.99"), SIGN_IN, body=ALICE)["statusCode"] == 201


def test_a_source_has_sixty_attempts_a_minute_on_all_accounts_together(from_source: FromSource) -> None:
    bodies = [{"username": f"user-{number}", "password": "wrong password"} for number in range(62)]

    statuses = [send(from_source(EVIL), SIGN_IN, body=body)["statusCode"] for body in bodies]

    assert statuses == [401] * 60 + [429] * 2


def test_a_source_has_sixty_sign_ups_a_minute_which_say_whether_a_name_is_taken(
    from_source: FromSource, frozen_clock: FrozenClock
) -> None:
    statuses = [send(from_source(EVIL), SIGN_UP, body=ALICE)["statusCode"] for _ in range(61)]

    assert statuses == [201] + [409] * 59 + [429]
    assert send(from_source(HOME), SIGN_UP, body=ALICE)["statusCode"] == 409
    frozen_clock.tick(60)
    assert send(from_source(EVIL), SIGN_UP, body=ALICE)["statusCode"] == 409


def test_the_networks_of_an_ipv6_subscriber_have_their_attempts_together(from_source: FromSource) -> None:
    addresses = [f"2001:db8:0:{number}::1" for number in range(6)]
    statuses = [send(from_source(address), SIGN_IN, body=WRONG)["statusCode"] for address in addresses]

    assert statuses == [401] * 5 + [429]


def test_a_stolen_token_does_not_help_to_guess_its_users_password(
    from_source: FromSource, sign_in: Callable[[], dict[str, str]]
) -> None:
    bearer = sign_in()
    body = {"current_password": "wrong password", "new_password": "another horse entirely"}

    replies = [send(from_source(EVIL), CHANGE, path={"user_id": "alice"}, headers=bearer, body=body) for _ in range(6)]

    assert [reply["statusCode"] for reply in replies] == [403] * 5 + [429]
    assert_problem(replies[-1], 429, "too_many_attempts")


@pytest.mark.usefixtures("one_write_at_a_time")
def test_attempts_at_once_are_no_more_than_attempts_in_a_row(attempts: Attempts) -> None:
    def is_admitted(_: int) -> bool:
        try:
            attempts.admit("evil", "alice", now=0)
        except TooManyAttempts:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(is_admitted, range(40))) == 5


@pytest.mark.usefixtures("one_write_at_a_time")
def test_guesses_at_once_from_everywhere_are_no_more_than_guesses_in_a_row(attempts: Attempts) -> None:
    def is_admitted(_: int) -> bool:
        try:
            attempts.admit_guess("alice", now=0)
        except TooManyAttempts:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(is_admitted, range(80))) == 50


def test_who_is_refused_on_one_account_has_attempts_left_on_others(attempts: Attempts) -> None:
    for _ in range(5):
        attempts.admit("evil", "alice", now=0)
    for _ in range(2):
        with pytest.raises(TooManyAttempts):
            attempts.admit("evil", "alice", now=0)

    attempts.admit("evil", "bob", now=0)
    attempts.admit("home", "alice", now=0)


def test_no_more_refusals_are_remembered_than_allowed(table: Table) -> None:
    attempts = Attempts(table.client, table.name, max_remembered=1)
    updates: list[str] = []
    table.client.meta.events.register("before-call.dynamodb.UpdateItem", lambda **_: updates.append("update"))

    def refuse(source: str) -> int:
        for _ in range(5):
            attempts.admit(source, "alice", now=0)
        updates.clear()
        for _ in range(3):
            with pytest.raises(TooManyAttempts):
                attempts.admit(source, "alice", now=0)
        return len(updates)

    assert [refuse("first"), refuse("second")] == [1, 3]


def test_the_item_is_asked_for_by_writes_that_have_a_condition_only(attempts: Attempts, table: Table) -> None:
    sent: list[tuple[bool, str]] = []

    def note(params: dict[str, str], **_: object) -> None:
        sent.append(("ConditionExpression" in params, params["ReturnValuesOnConditionCheckFailure"]))

    table.client.meta.events.register("provide-client-params.dynamodb.UpdateItem", note)
    attempts.admit("home", "alice", now=0)
    attempts.add_guess("alice", now=0)

    assert sent == [(True, "ALL_OLD"), (False, "NONE")]


@pytest.mark.parametrize(("now", "retry_after_s"), [(0.0, 60), (0.5, 60), (30.0, 30), (59.5, 1)])
def test_who_is_refused_is_told_when_the_minute_ends(now: float, retry_after_s: int, attempts: Attempts) -> None:
    for _ in range(5):
        attempts.admit("evil", "alice", now=now)

    with pytest.raises(TooManyAttempts) as caught:
        attempts.admit("evil", "alice", now=now)

    assert caught.value.retry_after_s == retry_after_s


def test_every_count_is_removed_by_ttl_once_its_minute_has_ended(attempts: Attempts, table: Table) -> None:
    attempts.admit("evil", "alice", now=61.5)
    attempts.admit_sign_up("evil", now=61.5)
    attempts.admit_guess("alice", now=61.5)

    items = table.client.scan(TableName=table.name)["Items"]

    assert {item["pk"]["S"]: item["expires_at"] for item in items} == {
        "attempts#1#evil": {"N": "120"},
        "sign-ups#1#evil": {"N": "120"},
        "guesses#1#alice": {"N": "120"},
    }


def test_another_error_of_the_table_is_no_refusal(attempts: Attempts, faults: Any) -> None:
    faults.throttle("UpdateItem")

    with pytest.raises(Exception, match="ProvisionedThroughputExceededException"):
        attempts.admit("evil", "alice", now=0)
