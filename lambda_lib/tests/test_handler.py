"""One event in, one reply out: what is answered, and what is refused and how."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambda_lib import Handler, RouteError, Routes, ServiceUnavailable
from lambda_lib._invocation import current_invocation
from lambda_lib.testing import CALLER, Context, an_event

type MakeHandler = Callable[..., Handler[Any]]

BEARER = {"Authorization": "Bearer alices-secret-token"}


def problem_of(reply: dict[str, Any]) -> dict[str, Any]:
    assert reply["headers"]["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = json.loads(reply["body"])
    assert document["status"] == reply["statusCode"]
    assert document["type"] == "about:blank"
    return document


def test_a_model_is_answered_as_json(make_handler: MakeHandler) -> None:
    reply = make_handler()(an_event("GET", "/things/a"), Context())
    assert reply["statusCode"] == 200
    assert reply["headers"]["Content-Type"] == "application/json"
    assert json.loads(reply["body"]) == {"name": "A", "weight_g": 1.0, "label": "first"}
    assert reply["isBase64Encoded"] is False


def test_nothing_is_answered_as_204_without_a_body(make_handler: MakeHandler) -> None:
    handler = make_handler()
    reply = handler(an_event("PUT", "/things/b", headers=BEARER, body={"name": "B"}), Context())
    assert (reply["statusCode"], reply["body"]) == (204, "")
    assert "Content-Type" not in reply["headers"]
    assert json.loads(handler(an_event("GET", "/things/owner"), Context())["body"])["name"] == "alice"


def test_no_reply_is_to_be_stored_on_the_way(make_handler: MakeHandler) -> None:
    handler = make_handler()
    for target in ("/things/a", "/nowhere"):
        assert handler(an_event("GET", target), Context())["headers"]["Cache-Control"] == "no-store"


def test_every_field_at_fault_is_told_at_once(make_handler: MakeHandler) -> None:
    event = an_event("PUT", "/things/A1", headers=BEARER, body={"name": "", "weight_g": 0, "extra": 1})
    document = problem_of(make_handler()(event, Context()))
    assert document["status"] == 400
    assert document["code"] == "invalid_request"
    assert [error["location"] for error in document["errors"]] == [
        "path.thing_id",
        "body.name",
        "body.weight_g",
        "body.extra",
    ]
    assert document["errors"][2]["message"] == "Input should be greater than 0"


def test_parameters_arrive_typed_and_under_their_names(make_handler: MakeHandler) -> None:
    event = an_event(
        "GET", "/things/echo?consistent=true&field=a&field=b%20c&limit=5", headers={"if-none-match": '"e"'}
    )
    assert json.loads(make_handler()(event, Context())["body"])["label"] == repr((True, ["a", "b c"], 5, '"e"'))


def test_absent_parameters_take_their_defaults(make_handler: MakeHandler) -> None:
    reply = make_handler()(an_event("GET", "/things/echo"), Context())
    assert json.loads(reply["body"])["label"] == repr((None, None, 10, ""))


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/things/a?consistent=perhaps", "query.consistent"),
        ("/things/a?consistent=", "query.consistent"),
        ("/things/a?limit=0", "query.limit"),
        ("/things/a?limit=many", "query.limit"),
    ],
)
def test_a_wrong_query_parameter_is_refused(make_handler: MakeHandler, target: str, location: str) -> None:
    document = problem_of(make_handler()(an_event("GET", target), Context()))
    assert document["status"] == 400
    assert [error["location"] for error in document["errors"]] == [location]


def test_the_rejected_value_is_not_sent_back(make_handler: MakeHandler) -> None:
    event = an_event("PUT", "/things/a", headers=BEARER, body={"name": "an-overlong-secret"})
    assert "an-overlong-secret" not in make_handler()(event, Context())["body"]


@pytest.mark.parametrize("body", ["{", "", None, "nonsense", '{"name": }'])
def test_a_body_that_is_not_json_is_refused(make_handler: MakeHandler, body: str | None) -> None:
    document = problem_of(make_handler()(an_event("PUT", "/things/a", headers=BEARER, body=body), Context()))
    assert (document["status"], document["code"]) == (400, "malformed_body")


@pytest.mark.parametrize("body", ["[]", "null", '"text"', "1"])
def test_a_body_that_is_json_but_no_object_is_refused(make_handler: MakeHandler, body: str) -> None:
    document = problem_of(make_handler()(an_event("PUT", "/things/a", headers=BEARER, body=body), Context()))
    assert (document["status"], document["code"]) == (400, "invalid_request")
    assert document["errors"][0]["location"] == "body"


def test_a_base64_body_is_decoded(make_handler: MakeHandler) -> None:
    event = an_event("PUT", "/things/b", headers=BEARER, body=base64.b64encode(b'{"name": "B"}').decode())
    assert make_handler()(event | {"isBase64Encoded": True}, Context())["statusCode"] == 204


@pytest.mark.parametrize("body", ["{no base64}", "é"])
def test_a_body_that_is_not_the_base64_it_says_is_refused(make_handler: MakeHandler, body: str) -> None:
    event = an_event("PUT", "/things/b", headers=BEARER, body=body)
    document = problem_of(make_handler()(event | {"isBase64Encoded": True}, Context()))
    assert (document["status"], document["code"]) == (400, "malformed_body")


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "application/jsonp", ""])
def test_a_body_of_another_media_type_is_refused(make_handler: MakeHandler, media_type: str) -> None:
    event = an_event("PUT", "/things/b", headers={**BEARER, "content-type": media_type}, body='{"name": "B"}')
    document = problem_of(make_handler()(event, Context()))
    assert (document["status"], document["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("headers", [{}, {"content-type": "Application/JSON; charset=utf-8"}])
def test_json_is_accepted_by_any_spelling_and_by_default(make_handler: MakeHandler, headers: dict[str, str]) -> None:
    event = an_event("PUT", "/things/b", headers={**BEARER, **headers}, body='{"name": "B"}')
    assert make_handler()(event, Context())["statusCode"] == 204


def test_an_unknown_path_is_404(make_handler: MakeHandler) -> None:
    document = problem_of(make_handler()(an_event("GET", "/nowhere"), Context()))
    assert (document["status"], document["code"]) == (404, "unknown_route")


def test_an_unknown_method_is_405_and_tells_the_known_ones(make_handler: MakeHandler) -> None:
    reply = make_handler()(an_event("PATCH", "/things/a"), Context())
    assert problem_of(reply)["code"] == "method_not_allowed"
    assert reply["headers"]["Allow"] == "GET, PUT"


def test_an_error_that_a_function_raises_is_its_problem(make_handler: MakeHandler) -> None:
    document = problem_of(make_handler()(an_event("GET", "/things/z"), Context()))
    assert (document["status"], document["code"], document["title"]) == (404, "not_found", "Not Found")
    assert document["detail"] == "There is no such thing."


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "alices-secret-token"},
        {"Authorization": "Basic alices-secret-token"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer another-token"},
        {"X-User-Token": "alices-secret-token"},
    ],
)
def test_without_a_valid_bearer_token_nobody_enters(make_handler: MakeHandler, headers: dict[str, str]) -> None:
    reply = make_handler()(an_event("PUT", "/things/a", headers=headers, body="{"), Context())
    assert problem_of(reply)["status"] == 401
    assert reply["headers"]["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("target", ["/internal", "/owned"])
def test_a_signed_route_stays_shut_where_no_signature_was_checked(make_handler: MakeHandler, target: str) -> None:
    event = an_event("GET", target, headers={"X-User-Token": "alices-secret-token"})
    document = problem_of(make_handler()(event, Context()))
    assert (document["status"], document["code"]) == (403, "forbidden")


def test_a_signed_route_answers_a_signed_request(make_handler: MakeHandler) -> None:
    assert make_handler()(an_event("GET", "/internal", caller=CALLER), Context())["statusCode"] == 200


@pytest.mark.parametrize("headers", [{}, {"X-User-Token": " "}, {"X-User-Token": "another"}, BEARER])
def test_a_signed_route_with_a_user_needs_the_users_token(make_handler: MakeHandler, headers: dict[str, str]) -> None:
    event = an_event("GET", "/owned", headers=headers, caller=CALLER)
    assert problem_of(make_handler()(event, Context()))["status"] == 401


def test_a_signed_route_gets_the_user_whose_token_is_passed_on(make_handler: MakeHandler) -> None:
    event = an_event("GET", "/owned", headers={"x-user-token": "alices-secret-token"}, caller=CALLER)
    assert json.loads(make_handler()(event, Context())["body"])["name"] == "alice"


def test_what_nobody_expected_is_a_500_that_tells_nothing(make_handler: MakeHandler) -> None:
    def fail() -> None:
        raise RuntimeError("table dev-things at 10.0.0.1")

    reply = make_handler(fail)(an_event("GET", "/things/a"), Context())
    document = problem_of(reply)
    assert (document["status"], document["code"]) == (500, "internal_error")
    assert "dev-things" not in reply["body"]
    assert "RuntimeError" not in reply["body"]


@pytest.mark.parametrize("depth", [1_000, 100_000])
def test_a_body_nested_beyond_all_measure_keeps_no_error_from_its_problem(
    make_handler: MakeHandler, depth: int
) -> None:
    def fail() -> None:
        raise RuntimeError

    event = an_event("GET", "/things/a", headers={"Content-Type": "application/json"}, body="[" * depth + "]" * depth)
    assert problem_of(make_handler(fail)(event, Context()))["status"] == 500


def test_a_result_of_another_type_than_declared_is_a_500(make_handler: MakeHandler) -> None:
    assert problem_of(make_handler()(an_event("GET", "/wrong"), Context()))["status"] == 500


def test_throttling_is_a_503_that_says_when_to_come_back(make_handler: MakeHandler) -> None:
    def fail() -> None:
        raise ClientError({"Error": {"Code": "ProvisionedThroughputExceededException"}}, "GetItem")

    reply = make_handler(fail)(an_event("GET", "/things/a"), Context())
    document = problem_of(reply)
    assert (document["status"], document["code"]) == (503, "throttled")
    assert reply["headers"]["Retry-After"] == "1"
    assert "Provisioned" not in reply["body"]


def test_a_failed_condition_is_what_the_route_says(make_handler: MakeHandler) -> None:
    def fail() -> None:
        raise ClientError({"Error": {"Code": "ConditionalCheckFailedException"}}, "PutItem")

    handler = make_handler(fail)
    declared = handler(an_event("PUT", "/things/b", headers=BEARER, body={"name": "B"}), Context())
    undeclared = handler(an_event("GET", "/things/b"), Context())
    assert (problem_of(declared)["status"], problem_of(declared)["code"]) == (412, "precondition_failed")
    assert problem_of(undeclared)["code"] == "internal_error"


def test_an_unreachable_dependency_is_a_503(make_handler: MakeHandler) -> None:
    def fail() -> None:
        raise ServiceUnavailable

    document = problem_of(make_handler(fail)(an_event("GET", "/things/a"), Context()))
    assert (document["status"], document["code"]) == (503, "service_unavailable")


def test_the_callers_correlation_id_is_kept(make_handler: MakeHandler) -> None:
    reply = make_handler()(an_event("GET", "/nowhere", headers={"x-correlation-id": "abc-1"}), Context())
    assert reply["headers"]["X-Correlation-Id"] == "abc-1"
    assert problem_of(reply)["correlation_id"] == "abc-1"


@pytest.mark.parametrize("sent", ["", "a b", 'x"y', "a\nb", "a" * 65])
def test_a_correlation_id_unfit_for_a_log_is_replaced_by_api_gateways(make_handler: MakeHandler, sent: str) -> None:
    reply = make_handler()(an_event("GET", "/things/a", headers={"X-Correlation-Id": sent}), Context())
    assert reply["headers"]["X-Correlation-Id"] == "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"


def test_functions_see_the_time_that_lambda_leaves(make_handler: MakeHandler) -> None:
    seen: list[float | None] = []

    def look() -> None:
        seen.append(current_invocation().remaining_s())

    make_handler(look)(an_event("GET", "/things/a"), Context(remaining_ms=3000))
    assert seen[0] is not None
    assert 2.5 < seen[0] <= 3.0
    assert current_invocation().remaining_s() is None


def test_a_handler_without_the_routes_resources_is_refused(routes: Routes[Any]) -> None:
    with pytest.raises(RouteError, match="work with Resources, not with str"):
        Handler(routes, resources="none")


def test_a_handler_that_cannot_authenticate_its_routes_users_is_refused(routes: Routes[Any]) -> None:
    with pytest.raises(RouteError, match=r"PUT /things/\{thing_id\}: authenticates a user"):
        Handler(routes, resources=routes.resources({}, lambda: None))
