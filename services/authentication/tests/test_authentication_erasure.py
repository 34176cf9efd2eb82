"""Deleting an account: the profile first, then the account; who asks again after a failure leaves nothing."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest
from botocore.session import Session

from authentication_service.handler import Resources
from lambda_lib import Handler
from lambda_lib.testing import Answer, FrozenClock, Send, Table, assert_problem

type SignIn = Callable[..., dict[str, str]]
type IsActive = Callable[[Mapping[str, str]], bool]

DELETE = "DELETE /users/{user_id}"
CASCADE = {"cascade": "true"}
DOWN: list[Answer] = [(503, {}), (500, {}), None]
UNAUTHENTICATED = {
    "title": "Unauthorized",
    "status": 401,
    "detail": "The token is not valid.",
    "code": "unauthenticated",
}


@pytest.fixture
def alice(sign_in: SignIn, profile: Any) -> dict[str, str]:
    """Alice's token; she has a profile."""
    profile.alice = True
    return sign_in()


@pytest.fixture
def delete(send: Send, handler: Handler[Resources], alice: dict[str, str]) -> Send:
    return partial(send, handler, DELETE, path={"user_id": "alice"}, headers=alice)


@pytest.fixture
def is_erased(send: Send, handler: Handler[Resources], profile: Any) -> Callable[[], bool]:
    """Tells whether neither a profile nor an account is left."""

    def erased() -> bool:
        credentials = {"username": "alice", "password": "correct horse battery"}
        return not profile.alice and send(handler, "POST /sessions", body=credentials)["statusCode"] == 401

    return erased


def test_an_account_with_a_profile_is_not_deleted_and_its_user_is_told_why(
    delete: Send, alice: dict[str, str], profile: Any, is_active: IsActive
) -> None:
    problem = assert_problem(delete(), 409, "profile_exists")

    assert "cascade=true" in problem["detail"]
    assert profile.alice
    assert is_active(alice)


def test_an_account_without_a_profile_is_deleted(delete: Send, profile: Any, is_erased: Callable[[], bool]) -> None:
    profile.alice = False

    assert delete()["statusCode"] == 204
    assert is_erased()


def test_a_cascade_deletes_the_profile_before_the_account(
    delete: Send, profile: Any, table: Table, is_erased: Callable[[], bool]
) -> None:
    there_when_the_account_went: list[bool] = []
    table.client.meta.events.register(
        "before-call.dynamodb.PutItem", lambda **_: there_when_the_account_went.append(profile.alice)
    )

    assert delete(query=CASCADE)["statusCode"] == 204

    assert there_when_the_account_went == [False]
    assert is_erased()


def test_the_profile_is_deleted_as_its_user_and_not_as_this_service(
    delete: Send, alice: dict[str, str], profile: Any
) -> None:
    delete(query=CASCADE)

    [request] = profile.requests
    assert request.route == "DELETE /profiles/alice"
    assert request.headers["Authorization"] == alice["Authorization"]
    assert "X-Amz-Date" not in request.headers
    assert "If-Match" not in request.headers


@pytest.mark.parametrize("query", [{}, CASCADE], ids=["alone", "cascade"])
@pytest.mark.parametrize("deletes", [False, True], ids=["before it was done", "after it was done"])
@pytest.mark.parametrize("answer", DOWN, ids=repr)
def test_while_profile_is_dead_or_slow_no_account_is_deleted_and_the_same_request_goes_on_later(  # noqa: PLR0913, PLR0917
    answer: Answer,
    deletes: bool,  # noqa: FBT001
    query: dict[str, str],
    delete: Send,
    alice: dict[str, str],
    profile: Any,
    is_active: IsActive,
    is_erased: Callable[[], bool],
) -> None:
    profile.alice = query == CASCADE
    profile.failures = [(answer, deletes)] * 2  # the client asks twice

    reply = delete(query=query)

    assert_problem(reply, 503, "service_unavailable")
    assert int(reply["headers"]["Retry-After"]) >= 1
    assert is_active(alice)
    profile.failures.clear()
    assert delete(query=query)["statusCode"] == 204
    assert is_erased()


@pytest.mark.parametrize("query", [{}, CASCADE], ids=["alone", "cascade"])
@pytest.mark.parametrize("url", [None, "http://127.0.0.1:1/live"], ids=["not published", "nobody there"])
def test_without_profile_no_account_is_deleted(
    url: str | None,
    query: dict[str, str],
    send: Send,
    handler: Handler[Resources],
    sign_in: SignIn,
    is_active: IsActive,
    aws: Session,
) -> None:
    if url is not None:
        aws.create_client("ssm").put_parameter(Name="/dev/profile/url", Value=url, Type="String")
    alice = sign_in()

    reply = send(handler, DELETE, path={"user_id": "alice"}, headers=alice, query=query)

    assert_problem(reply, 503, "service_unavailable")
    assert is_active(alice)


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        ((401, UNAUTHENTICATED), 401, "unauthenticated"),
        ((403, {}), 502, "unexpected_reply"),
        ((404, {}), 502, "unexpected_reply"),
        ((200, {}), 502, "unexpected_reply"),
    ],
    ids=repr,
)
def test_whatever_else_profile_answers_no_account_is_deleted(
    answer: Answer, status: int, code: str, delete: Send, alice: dict[str, str], profile: Any, is_active: IsActive
) -> None:
    profile.failures = [(answer, False)]

    assert_problem(delete(query=CASCADE), status, code)
    assert is_active(alice)


def test_a_deletion_that_failed_at_the_account_is_finished_by_the_same_request(
    delete: Send, faults: Any, is_erased: Callable[[], bool]
) -> None:
    faults.throttle("PutItem")
    assert_problem(delete(query=CASCADE), 503, "throttled")
    faults.end("PutItem")

    assert delete(query=CASCADE)["statusCode"] == 204
    assert is_erased()


def test_a_deletion_whose_answer_was_lost_is_done(delete: Send, table: Table, is_erased: Callable[[], bool]) -> None:
    def lose(http_response: Any, **_: Any) -> None:
        http_response.status_code = 500

    table.client.meta.events.register("before-parse.dynamodb.PutItem", lose)
    lost = delete(query=CASCADE)
    table.client.meta.events.unregister("before-parse.dynamodb.PutItem", lose)

    assert lost["statusCode"] >= 500
    assert_problem(delete(query=CASCADE), 401, "unauthenticated")
    assert is_erased()


def test_a_profile_that_comes_back_before_the_account_is_gone_goes_with_the_same_request(
    delete: Send, profile: Any, faults: Any, is_erased: Callable[[], bool]
) -> None:
    faults.throttle("PutItem")
    delete(query=CASCADE)
    faults.end("PutItem")
    profile.alice = True  # another of her clients has written it

    assert_problem(delete(), 409, "profile_exists")
    assert delete(query=CASCADE)["statusCode"] == 204
    assert is_erased()


def test_an_old_session_deletes_nothing_anywhere(delete: Send, profile: Any, frozen_clock: FrozenClock) -> None:
    frozen_clock.tick(601)

    assert_problem(delete(query=CASCADE), 401, "insufficient_user_authentication")
    assert (profile.requests, profile.alice) == ([], True)


def test_nobody_deletes_the_profile_of_another(delete: Send, profile: Any) -> None:
    assert_problem(delete(query=CASCADE, path={"user_id": "bob"}), 403, "forbidden")
    assert profile.requests == []


@pytest.mark.parametrize("value", ["", "maybe", "TRUE!"])
def test_a_cascade_that_is_neither_true_nor_false_deletes_nothing(value: str, delete: Send, profile: Any) -> None:
    assert_problem(delete(query={"cascade": value}), 400, "invalid_request", "query.cascade")
    assert profile.requests == []
