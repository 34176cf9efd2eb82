"""Requests are sent to a handler as AWS sends them, and its replies read."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from lambda_lib import Handler
from lambda_lib.testing import CALLER, KINDS, Context, assert_problem, body_of, caller_arn, send
from lambda_lib.testing.events import Kind

type MakeHandler = Callable[..., Handler[Any]]

REFUSAL = {"status": 400, "code": "invalid_request", "errors": [{"location": "body.name", "message": "too short"}]}


def echo(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    return {"statusCode": 200, "body": json.dumps({"event": event, "request_id": context.aws_request_id})}


def a_problem(**changes: Any) -> dict[str, Any]:
    reply = {"statusCode": 400, "headers": {"Content-Type": "application/problem+json"}, "body": json.dumps(REFUSAL)}
    return reply | changes


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_request_reaches_its_route(kind: Kind, make_handler: MakeHandler) -> None:
    handler = make_handler()

    put = send(
        handler,
        "PUT /things/{thing_id}",
        kind=kind,
        path={"thing_id": "b"},
        headers={"Authorization": "Bearer alices-secret-token"},
        body={"name": "B"},
    )

    assert put["statusCode"] == 204
    assert body_of(send(handler, "GET /things/{thing_id}", kind=kind, path={"thing_id": "b"}))["name"] == "B"


@pytest.mark.parametrize("kind", KINDS)
def test_parameters_with_several_values_reach_their_route(kind: Kind, make_handler: MakeHandler) -> None:
    query = {"field": ["a", "b,c"], "consistent": "true", "limit": "5"}

    reply = send(make_handler(), "GET /things/{thing_id}", kind=kind, path={"thing_id": "echo"}, query=query)

    assert body_of(reply)["label"] == repr((True, ["a", "b,c"], 5, ""))


@pytest.mark.parametrize("kind", KINDS)
def test_a_caller_is_known_by_its_signature_in_every_kind_of_request(kind: Kind, make_handler: MakeHandler) -> None:
    assert send(make_handler(), "GET /internal", kind=kind, caller=CALLER)["statusCode"] == 200
    assert_problem(send(make_handler(), "GET /internal", kind=kind), 403, "forbidden")


def test_a_caller_is_the_role_of_its_service() -> None:
    assert caller_arn("profile") == "arn:aws:sts::123456789012:assumed-role/dev-profile-function/dev-profile"


def test_the_context_may_be_chosen() -> None:
    assert body_of(send(echo, "GET /", context=Context(aws_request_id="abc")))["request_id"] == "abc"


def test_cookies_are_sent() -> None:
    event = body_of(send(echo, "GET /", kind="http", cookies={"theme": "dark"}))["event"]

    assert event["cookies"] == ["theme=dark"]


def test_the_body_of_a_reply_is_read_in_base64_too() -> None:
    assert body_of({"statusCode": 200, "body": "eyJhIjogMX0=", "isBase64Encoded": True}) == {"a": 1}


def test_a_reply_with_another_status_is_no_success() -> None:
    with pytest.raises(AssertionError, match="too short"):
        body_of(a_problem())


def test_a_problem_is_known_by_status_code_and_field() -> None:
    assert_problem(a_problem(), 400, "invalid_request")
    assert_problem(a_problem(), 400, "invalid_request", "body.name")
    assert_problem(a_problem(), 400, "invalid_request", "body")


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (a_problem(statusCode=404), (400, "invalid_request")),
        (a_problem(body=json.dumps(REFUSAL | {"status": 404})), (400, "invalid_request")),
        (a_problem(headers={"Content-Type": "application/json"}), (400, "invalid_request")),
        (a_problem(), (400, "malformed_body")),
        (a_problem(), (400, "invalid_request", "body.label")),
    ],
)
def test_anything_else_is_not_the_expected_problem(reply: dict[str, Any], expected: Any) -> None:
    with pytest.raises(AssertionError):
        assert_problem(reply, *expected)
