"""Tokens are checked by the authentication service, and its answers remembered for a while."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event
from types import NoneType
from typing import Any, cast

import pytest

from lambda_lib import (
    Authenticator,
    Identity,
    Reply,
    ServiceClient,
    ServiceUnavailable,
    Unauthenticated,
    UnexpectedReply,
)
from lambda_lib._deadline import DeadlineExceeded
from lambda_lib._invocation import Invocation, invocation

ACTIVE = Reply(200, b'{"active": true, "user_id": "alice", "expires_at": 1000}')
INACTIVE = Reply(200, b'{"active": false}')


class Services:
    """Stands for the authentication service: gives one answer after another, and notes what it is asked."""

    def __init__(self, *answers: Reply | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def call(self, service: str, method: str, template: str, *, body: dict[str, str], idempotent: bool) -> Reply:
        assert (service, method, template, idempotent) == ("authentication", "POST", "/introspect", True)
        self.asked.append(body["token"])
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def an_authenticator(services: Services, clock: Clock | None = None, **settings: Any) -> Authenticator:
    return Authenticator(cast("ServiceClient", services), clock=clock or Clock(), **settings)


def test_a_valid_token_is_its_users_identity() -> None:
    services = Services(ACTIVE)
    assert an_authenticator(services)("token") == Identity("alice", "token")
    assert services.asked == ["token"]


def test_an_expiry_as_text_is_understood_as_well() -> None:
    reply = Reply(200, b'{"active": true, "user_id": "alice", "expires_at": "1970-01-01T00:16:40Z", "scope": "all"}')
    assert an_authenticator(Services(reply))("token").user_id == "alice"


@pytest.mark.parametrize(
    "reply",
    [
        INACTIVE,
        Reply(400, b"{}"),
        Reply(200, b'{"active": true}'),
        Reply(200, b'{"active": true, "user_id": "alice"}'),
        Reply(200, b'{"active": false, "user_id": "alice", "expires_at": 1000}'),
        Reply(200, b'{"active": true, "user_id": "alice", "expires_at": 0}'),
        Reply(200, b'{"active": true, "user_id": "", "expires_at": 1000}'),
    ],
)
def test_a_token_that_is_not_valid_beyond_doubt_is_refused(reply: Reply) -> None:
    with pytest.raises(Unauthenticated):
        an_authenticator(Services(reply))("token")


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "ünicode", "a" * 600, '"quoted"', "=", "a=b"])
def test_what_cannot_be_a_token_is_refused_without_asking(token: str) -> None:
    services = Services()
    with pytest.raises(Unauthenticated):
        an_authenticator(services)(token)
    assert services.asked == []


@pytest.mark.parametrize("answer", [ServiceUnavailable(), Reply(401, b"{}"), Reply(403, b"{}"), Reply(404, b"{}")])
def test_if_the_service_cannot_answer_nobody_is_refused_for_it(answer: Reply | Exception) -> None:
    services = Services(answer, ACTIVE)
    authenticate = an_authenticator(services)
    with pytest.raises(ServiceUnavailable):
        authenticate("token")
    assert authenticate("token").user_id == "alice"


@pytest.mark.parametrize(
    ("answer", "failed"),
    [(ServiceUnavailable(), 1), (Reply(403, b"{}"), 1), (Reply(200, b"<html>"), 1), (INACTIVE, 0), (ACTIVE, 0)],
)
def test_an_introspection_that_fails_is_counted_and_a_token_that_is_not_valid_is_none(
    answer: Reply | Exception, failed: int
) -> None:
    request = Invocation()
    with invocation(request), suppress(ServiceUnavailable, UnexpectedReply, Unauthenticated):
        an_authenticator(Services(answer))("token")
    counted = request.metrics.get("FailedIntrospections")
    assert (counted.values if counted else []) == [1.0] * failed


def test_an_answer_that_is_none_lets_nobody_in() -> None:
    with pytest.raises(UnexpectedReply):
        an_authenticator(Services(Reply(200, b"<html>")))("token")


def test_a_valid_token_is_remembered_for_its_time_to_live() -> None:
    services, clock = Services(ACTIVE, INACTIVE), Clock()
    authenticate = an_authenticator(services, clock, ttl_s=30)
    authenticate("token")
    clock.now = 29.9
    assert authenticate("token").user_id == "alice"
    assert services.asked == ["token"]
    clock.now = 30
    with pytest.raises(Unauthenticated):
        authenticate("token")
    assert services.asked == ["token"] * 2


def test_a_token_is_not_remembered_beyond_its_end() -> None:
    services, clock = Services(ACTIVE, INACTIVE), Clock()
    clock.now = 990
    authenticate = an_authenticator(services, clock, ttl_s=30)
    authenticate("token")
    clock.now = 1000
    with pytest.raises(Unauthenticated):
        authenticate("token")


def test_a_clock_that_is_set_back_makes_no_revoked_token_live_longer() -> None:
    services, clock = Services(ACTIVE, INACTIVE), Clock()
    clock.now = 900
    authenticate = an_authenticator(services, clock, ttl_s=30)
    authenticate("token")
    clock.now = 100
    with pytest.raises(Unauthenticated):
        authenticate("token")


def test_a_refusal_is_remembered_for_a_while() -> None:
    services, clock = Services(INACTIVE, ACTIVE), Clock()
    authenticate = an_authenticator(services, clock, refusal_ttl_s=10)
    for now in (0.0, 9.9):
        clock.now = now
        with pytest.raises(Unauthenticated):
            authenticate("token")
    assert services.asked == ["token"]
    clock.now = 10
    assert authenticate("token").user_id == "alice"


def test_a_flood_of_made_up_tokens_drives_no_valid_one_out() -> None:
    services = Services(ACTIVE, *[INACTIVE] * 5)
    authenticate = an_authenticator(services, max_entries=2)
    authenticate("token")
    for number in range(5):
        with pytest.raises(Unauthenticated):
            authenticate(f"made-up-{number}")
    assert authenticate("token").user_id == "alice"
    assert services.asked.count("token") == 1


def test_no_more_tokens_are_remembered_than_allowed() -> None:
    services = Services(*[ACTIVE] * 4)
    authenticate = an_authenticator(services, max_entries=2)
    for token in ("a", "b", "c", "a"):
        authenticate(token)
    assert services.asked == ["a", "b", "c", "a"]


def test_an_identity_does_not_show_its_token() -> None:
    assert "token" not in repr(an_authenticator(Services(ACTIVE))("the-token"))


class SlowServices(Services):
    """An authentication service that answers when the test lets it, each time in a thread of the asker's."""

    def __init__(self, *answers: Reply | Exception) -> None:
        super().__init__(*answers)
        self.asking, self.may_answer = Event(), Event()

    def call(self, *asked: str, **parts: Any) -> Reply:
        self.asking.set()
        assert self.may_answer.wait(5)
        return super().call(*asked, **parts)


@pytest.mark.parametrize(("answer", "outcome"), [(ACTIVE, NoneType), (INACTIVE, Unauthenticated)])
def test_threads_that_need_a_token_at_the_same_time_ask_once(answer: Reply, outcome: type) -> None:
    services = SlowServices(answer)
    authenticate = an_authenticator(services)
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(authenticate, "token") for _ in range(8)]
        assert services.asking.wait(5)
        time.sleep(0.05)  # for the others to come and wait
        services.may_answer.set()
        assert [type(future.exception()) for future in asked] == [outcome] * 8
    assert services.asked == ["token"]


@pytest.mark.parametrize(("answer", "outcome"), [(ACTIVE, NoneType), (INACTIVE, Unauthenticated)])
def test_threads_whose_first_ran_out_of_time_ask_once_more(answer: Reply, outcome: type) -> None:
    services = SlowServices(DeadlineExceeded(), answer)
    authenticate = an_authenticator(services)
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(authenticate, "token") for _ in range(8)]
        assert services.asking.wait(5)
        time.sleep(0.05)  # for the others to come and wait
        services.may_answer.set()
        found = [type(future.exception()) for future in asked]
    assert sorted(found, key=repr) == sorted([DeadlineExceeded, *[outcome] * 7], key=repr)
    assert services.asked == ["token"] * 2


def test_a_thread_that_waits_for_another_gives_up_in_time() -> None:
    services = SlowServices(ACTIVE)
    authenticate = an_authenticator(services)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(authenticate, "token")
        assert services.asking.wait(5)
        started = time.monotonic()
        with invocation(Invocation("abc", deadline_s=started + 0.3)), pytest.raises(ServiceUnavailable):
            authenticate("token")
        assert time.monotonic() - started < 0.3
        services.may_answer.set()
        assert first.result().user_id == "alice"


def test_a_remembered_token_does_not_wait_for_another_that_is_asked_for() -> None:
    services = SlowServices(ACTIVE, ACTIVE)
    services.may_answer.set()
    authenticate = an_authenticator(services)
    authenticate("remembered")
    services.may_answer.clear()
    services.asking.clear()
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(authenticate, "slow")
        assert services.asking.wait(5)
        assert authenticate("remembered").user_id == "alice"
        services.may_answer.set()
        assert first.result().user_id == "alice"
