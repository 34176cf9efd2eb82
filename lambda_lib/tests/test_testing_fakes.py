"""What stands for other services, and for the clock."""

import pytest
import urllib3

from lambda_lib import Identity, ServiceUnavailable, Unauthenticated
from lambda_lib.testing import FakeAuthentication, FakeService, FrozenClock, ReceivedRequest


def ask(method: str, url: str, **options: object) -> urllib3.BaseHTTPResponse:
    return urllib3.request(method, url, retries=False, **options)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def known(clock: FrozenClock) -> FakeAuthentication:
    return FakeAuthentication(clock=clock)


def test_a_clock_stands_still_until_it_is_told_to_go_on(clock: FrozenClock) -> None:
    before = clock()
    assert clock() == before

    clock.tick(2.5)

    assert clock() == before + 2.5


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_service_gives_the_answer_it_was_told_to_and_notes_the_request(method: str) -> None:
    with FakeService() as service:
        service.answers[f"{method} /things/a?x=1"] = (201, {"name": "A"})

        answer = ask(method, f"{service.url}/things/a?x=1", json={"a": 1}, headers={"X-Tag": "t"})

    assert (answer.status, answer.json()) == (201, {"name": "A"})
    [request] = service.requests
    assert (request.route, request.headers["X-Tag"], request.body) == (f"{method} /things/a?x=1", "t", {"a": 1})


def test_a_service_may_make_its_answer_of_the_request() -> None:
    def answer(request: ReceivedRequest) -> tuple[int, object]:
        return 200, {"seen": request.body}

    with FakeService() as service:
        service.answers["POST /echo"] = answer

        assert ask("POST", f"{service.url}/echo", json=[1]).json() == {"seen": [1]}


def test_a_service_finds_nothing_that_it_was_not_told_of() -> None:
    with FakeService() as service:
        assert ask("GET", f"{service.url}/things/a").status == 404


def test_a_service_may_answer_without_a_body_and_may_hang() -> None:
    with FakeService() as service:
        service.answers = {"PUT /things/a": (204, None), "GET /things/a": None}

        assert ask("PUT", f"{service.url}/things/a").data == b""
        with pytest.raises(urllib3.exceptions.ReadTimeoutError):
            ask("GET", f"{service.url}/things/a", timeout=0.1)


def test_who_is_signed_in_is_known_by_the_token(known: FakeAuthentication) -> None:
    token = known.sign_in("alice")

    assert known(token) == Identity("alice", token)
    assert known.sign_in("alice") != token


def test_a_token_may_be_chosen(known: FakeAuthentication) -> None:
    assert known.sign_in("bob", token="bobs-token") == "bobs-token"
    assert known("bobs-token").user_id == "bob"


def test_a_token_that_is_unknown_revoked_or_expired_is_refused(known: FakeAuthentication, clock: FrozenClock) -> None:
    revoked, expired, ended = known.sign_in(), known.sign_in(ttl_s=0), known.sign_in(ttl_s=60)
    known.revoke(revoked)
    clock.tick(60)

    for token in ("unknown", revoked, expired, ended):
        with pytest.raises(Unauthenticated):
            known(token)


def test_a_service_that_is_not_available_refuses_nobody(known: FakeAuthentication) -> None:
    token = known.sign_in()
    known.available = False

    with pytest.raises(ServiceUnavailable):
        known(token)


def test_an_introspection_tells_of_a_valid_token_whose_it_is_and_when_it_ends(
    known: FakeAuthentication, clock: FrozenClock
) -> None:
    token = known.sign_in("alice", ttl_s=60)

    def introspect(token: str) -> object:
        return known.introspect(ReceivedRequest("POST /introspect", {}, {"token": token}))

    assert introspect(token) == (200, {"active": True, "user_id": "alice", "expires_at": clock() + 60})
    assert introspect("unknown") == (200, {"active": False})
    known.available = False
    assert introspect(token) == (503, {})
