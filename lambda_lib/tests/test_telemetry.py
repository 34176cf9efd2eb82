"""One log line and one set of metrics per request, and no secret in either."""

import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pydantic import BaseModel

from lambda_lib import Handler
from lambda_lib._invocation import Call, current_invocation
from lambda_lib.telemetry import Telemetry
from lambda_lib.testing import CALLER, Context, an_event

type MakeHandler = Callable[..., Handler[Any]]
type Output = Callable[[], tuple[list[dict[str, Any]], list[dict[str, Any]]]]


def metric_values(metrics: dict[str, Any]) -> dict[str, float]:
    names = [item["Name"] for item in metrics["_aws"]["CloudWatchMetrics"][0]["Metrics"]]
    return {name: metrics[name][0] for name in names}


def test_each_request_is_one_line(make_handler: MakeHandler, output: Output) -> None:
    handler = make_handler()
    handler(an_event("GET", "/internal", headers={"X-Correlation-Id": "abc"}, caller=CALLER), Context())
    handler(an_event("GET", "/things/z"), Context())
    first, second = output()[0]
    assert first["message"] == "request"
    assert first["level"] == "INFO"
    assert first["service"] == "things"
    assert first["route"] == "GET /internal"
    assert first["status"] == 200
    assert first["duration_ms"] > 0
    assert first["correlation_id"] == "abc"
    assert first["request_id"] == Context().aws_request_id
    assert first["caller"] == CALLER
    assert (first["cold_start"], second["cold_start"]) == (True, False)
    assert (second["route"], second["status"], second["code"]) == ("GET /things/{thing_id}", 404, "not_found")
    assert second["level"] == "INFO"
    assert "caller" not in second


def test_a_path_that_somebody_sent_is_not_logged(make_handler: MakeHandler, capsys: pytest.CaptureFixture[str]) -> None:
    make_handler()(an_event("GET", "/admin-secrets?token=abc"), Context())
    written = capsys.readouterr().out
    assert "admin-secrets" not in written
    assert '"route":"none"' in written


def test_each_request_is_one_set_of_metrics_by_service(make_handler: MakeHandler, output: Output) -> None:
    handler = make_handler()
    handler(an_event("GET", "/things/a"), Context())
    handler(an_event("GET", "/things/z"), Context())
    first, second = output()[1]
    definition = first["_aws"]["CloudWatchMetrics"][0]
    assert (definition["Namespace"], definition["Dimensions"], first["service"]) == (
        "Services",
        [["service"]],
        "things",
    )
    seen = metric_values(first)
    assert seen.pop("Duration") > 0
    assert seen == {"Requests": 1, "ClientErrors": 0, "ServerErrors": 0, "Throttled": 0, "ColdStart": 1}
    assert (metric_values(second)["ClientErrors"], metric_values(second)["ColdStart"]) == (1, 0)


def test_throttling_is_logged_and_counted_by_its_cause(make_handler: MakeHandler, output: Output) -> None:
    def fail() -> None:
        response: Any = {
            "Error": {"Code": "ProvisionedThroughputExceededException"},
            "ThrottlingReasons": [{"reason": "TableReadProvisionedThroughputExceeded", "resource": "arn"}],
        }
        raise ClientError(response, "GetItem")

    make_handler(fail)(an_event("GET", "/things/a"), Context())
    (line,), (metrics,) = output()
    assert (line["level"], line["code"]) == ("WARNING", "throttled")
    assert line["throttling_causes"] == ["TableReadProvisionedThroughputExceeded"]
    seen = metric_values(metrics)
    assert (seen["Throttled"], seen["TableReadProvisionedThroughputExceeded"], seen["ServerErrors"]) == (1, 1, 1)


def test_what_nobody_expected_is_logged_with_where_and_why(make_handler: MakeHandler, output: Output) -> None:
    def fail() -> None:
        try:
            os.environ["FIRST_NAME_OF_NOTHING"]
        except KeyError as error:
            raise RuntimeError("second") from error

    make_handler(fail)(an_event("GET", "/things/a"), Context())
    (line,) = output()[0]
    assert (line["level"], line["exception_name"]) == ("ERROR", "RuntimeError")
    assert line["exception"].index("builtins.KeyError: 'FIRST_NAME_OF_NOTHING'") < line["exception"].index(
        "RuntimeError: second"
    )
    assert "in fail" in line["exception"]


def test_calls_to_other_services_are_in_the_line(make_handler: MakeHandler, output: Output) -> None:
    def call() -> None:
        current_invocation().calls.append(Call("location", "GET /locations/{user_id}", 404, 1, 3.0))

    make_handler(call)(an_event("GET", "/things/a"), Context())
    assert output()[0][0]["calls"] == [
        {
            "service": "location",
            "route": "GET /locations/{user_id}",
            "outcome": 404,
            "attempts": 1,
            "duration_ms": 3.0,
        }
    ]


class Account(BaseModel):
    password: int


def raise_with_a_secret(kind: str) -> None:
    match kind:
        case "token":
            raise RuntimeError("refused alices-secret-token")
        case "password":
            raise RuntimeError("refused correct-horse-battery")
        case "rejected input":
            Account.model_validate({"password": "correct-horse-battery"})
        case "in the cause":
            try:
                int("correct-horse-battery")
            except ValueError as error:
                raise RuntimeError("failed") from error
        case _:
            assert kind == "none"


@pytest.mark.parametrize("kind", ["none", "token", "password", "rejected input", "in the cause"])
def test_no_secret_reaches_the_log(make_handler: MakeHandler, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    event = an_event(
        "PUT",
        "/things/b",
        headers={"Authorization": "Bearer alices-secret-token", "X-Amz-Security-Token": "session-token-of-a-role"},
        body={"name": "B", "label": "correct-horse-battery"},
    )
    reply = make_handler(lambda: raise_with_a_secret(kind))(event, Context())
    assert reply["statusCode"] == (204 if kind == "none" else 500)
    written = capsys.readouterr()
    for secret in ("alices-secret-token", "correct-horse-battery", "session-token-of-a-role"):
        assert secret not in written.out + written.err
        assert secret not in json.dumps(reply)


def test_white_space_around_a_token_hides_it_no_less(
    make_handler: MakeHandler, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise RuntimeError("token=alices-secret-token")

    headers = {"Authorization": "Bearer  alices-secret-token"}
    event = an_event("PUT", "/things/b", headers=headers, body={"name": "B"})
    assert make_handler(fail)(event, Context())["statusCode"] == 500
    assert "alices-secret-token" not in capsys.readouterr().out


def test_a_users_token_on_a_signed_route_does_not_reach_the_log(
    make_handler: MakeHandler, capsys: pytest.CaptureFixture[str]
) -> None:
    make_handler()(an_event("GET", "/owned", headers={"X-User-Token": "alices-secret-token"}, caller=CALLER), Context())
    make_handler()(an_event("GET", "/owned", headers={"X-User-Token": "not-a-valid-token"}, caller=CALLER), Context())
    written = capsys.readouterr().out
    assert "secret-token" not in written
    assert "not-a-valid-token" not in written


def test_service_and_namespace_come_from_the_environment(
    make_handler: MakeHandler, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "renamed")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Elsewhere")
    make_handler()(an_event("GET", "/things/a"), Context())
    (line,), (metrics,) = output()
    assert (line["service"], metrics["service"]) == ("renamed", "renamed")
    assert metrics["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Elsewhere"


def test_the_level_comes_from_the_environment(
    make_handler: MakeHandler, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "quiet")
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "ERROR")
    make_handler()(an_event("GET", "/things/a"), Context())
    assert output()[0] == []


def test_a_second_telemetry_of_one_service_does_not_double_the_lines(output: Output, make_handler: MakeHandler) -> None:
    Telemetry("things")
    make_handler()(an_event("GET", "/things/a"), Context())
    assert len(output()[0]) == 1
