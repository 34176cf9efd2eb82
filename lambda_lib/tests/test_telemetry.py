"""One log line and one set of metrics per request, and no secret in either."""

import json
import logging
import os
from collections.abc import Callable
from typing import Any, get_args

import pytest
from aws_lambda_powertools.metrics import MetricUnit
from botocore.exceptions import ClientError
from pydantic import BaseModel

from lambda_lib import Handler
from lambda_lib._invocation import Call, Invocation, current_invocation, invocation
from lambda_lib.errors import Throttled
from lambda_lib.telemetry import Outcome, Telemetry, Unit, annotate, count, measure
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


@pytest.mark.parametrize(
    ("reason", "kind", "metric"),
    [
        ("TableReadProvisionedThroughputExceeded", "capacity", "ThrottledByCapacity"),
        ("TableWriteAccountLimitExceeded", "capacity", "ThrottledByCapacity"),
        ("IndexReadKeyRangeThroughputExceeded", "hot_key", "ThrottledByHotKey"),
    ],
)
def test_throttling_is_logged_and_counted_by_its_cause(
    reason: str, kind: str, metric: str, make_handler: MakeHandler, output: Output
) -> None:
    def fail() -> None:
        response: Any = {
            "Error": {"Code": "ProvisionedThroughputExceededException"},
            "ThrottlingReasons": [{"reason": reason, "resource": "arn"}],
        }
        raise ClientError(response, "GetItem")

    make_handler(fail)(an_event("GET", "/things/a"), Context())
    (line,), (metrics,) = output()
    assert (line["level"], line["code"]) == ("WARNING", "throttled")
    assert (line["throttling_causes"], line["throttling_kinds"]) == ([reason], [kind])
    assert "exception" not in line
    seen = metric_values(metrics)
    assert {name for name in seen if name.startswith("ThrottledBy")} == {metric}
    assert (seen["Throttled"], seen[metric], seen["ServerErrors"]) == (1, 1, 1)


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


def test_own_fields_are_in_the_line_of_the_request(make_handler: MakeHandler, output: Output) -> None:
    make_handler(lambda: annotate(thing="a", rows=3, spare=None, sizes={"s": 1}))(
        an_event("GET", "/things/a"), Context()
    )
    (line,) = output()[0]
    assert (line["thing"], line["rows"], line["sizes"]) == ("a", 3, {"s": 1})
    assert "spare" not in line


@pytest.mark.parametrize("name", ["status", "correlation_id", "level", "exception", "xray_trace_id"])
def test_a_field_of_the_line_is_not_taken_for_another(name: str) -> None:
    with invocation(Invocation()), pytest.raises(ValueError, match=f"{name}: the log line has this of its own"):
        annotate(**{name: "mine"})


def test_outside_of_a_request_fields_and_metrics_are_dropped() -> None:
    annotate(thing="a")
    count("Orders")
    assert current_invocation().fields == {}
    assert current_invocation().metrics == {}


def test_a_secret_in_a_field_is_blanked_out(make_handler: MakeHandler, capsys: pytest.CaptureFixture[str]) -> None:
    event = an_event(
        "PUT",
        "/things/b",
        headers={"Authorization": "Bearer alices-secret-token"},
        body={"name": "B", "label": "correct-horse-battery"},
    )
    fields: dict[str, Any] = {"token": "alices-secret-token", "body": [{"label": "correct-horse-battery"}], "rows": 3}
    assert make_handler(lambda: annotate(**fields))(event, Context())["statusCode"] == 204
    written = capsys.readouterr().out
    assert '"token":"[redacted]","body":[{"label":"[redacted]"}],"rows":3' in written
    assert "alices-secret-token" not in written
    assert "correct-horse-battery" not in written


@pytest.mark.parametrize(
    ("body", "media_type", "secret"),
    [
        ("correct-horse-battery", "text/plain", "correct-horse-battery"),
        ("user=a&password=correct%20horse%2Bbattery", "application/x-www-form-urlencoded", "correct horse+battery"),
        (b"correct-horse-battery", "text/plain", "correct-horse-battery"),
        ('{"number": ' + "9" * 5000 + ', "password": "correct-horse"}', "application/json", "correct-horse"),
    ],
)
def test_a_secret_of_a_body_of_any_kind_is_blanked_out(
    make_handler: MakeHandler, capsys: pytest.CaptureFixture[str], body: str | bytes, media_type: str, secret: str
) -> None:
    def fail() -> None:
        raise RuntimeError(f"refused {secret}")

    event = an_event("GET", "/things/a", headers={"Content-Type": media_type}, body=body)
    assert make_handler(fail)(event, Context())["statusCode"] == 500
    written = capsys.readouterr().out
    assert "refused [redacted]" in written
    assert secret not in written


class Unspeakable:
    """Has no text."""

    def __str__(self) -> str:
        raise RuntimeError("not a word")


ENDLESS: list[Any] = []
ENDLESS.append(ENDLESS)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (float("nan"), "nan"),
        ([float("-inf")], ["-inf"]),
        ({("a", "b"): 1}, {"('a', 'b')": 1}),
        (Unspeakable(), "<Unspeakable: RuntimeError>"),
        (ENDLESS, "this field cannot be written: RecursionError"),
        (10**5000, "this field cannot be written: ValueError"),
    ],
    ids=["no number", "no end", "a pair for a name", "no text", "within itself", "too long"],
)
def test_a_field_that_cannot_be_written_fails_no_request(
    make_handler: MakeHandler, capsys: pytest.CaptureFixture[str], value: Any, told: Any
) -> None:
    def note() -> None:
        annotate(noted=value)

    assert make_handler(note)(an_event("GET", "/things/a"), Context())["statusCode"] == 200
    line = capsys.readouterr().out.splitlines()[0]
    assert "NaN" not in line
    assert "Infinity" not in line
    assert json.loads(line)["noted"] == told


def test_an_exception_without_a_text_is_logged_by_its_name(make_handler: MakeHandler, output: Output) -> None:
    class SpeechlessError(Unspeakable, Exception):
        pass

    def fail() -> None:
        raise SpeechlessError

    assert make_handler(fail)(an_event("GET", "/things/a"), Context())["statusCode"] == 500
    assert output()[0][0]["exception"].endswith("SpeechlessError: <SpeechlessError: RuntimeError>")


def test_own_metrics_are_in_the_document_of_the_request(make_handler: MakeHandler, output: Output) -> None:
    def work() -> None:
        count("Orders")
        count("Orders", 2)
        measure("Weight", 1, "Kilobytes")
        measure("Weight", 2.5, "Kilobytes")

    make_handler(work)(an_event("GET", "/things/a"), Context())
    make_handler()(an_event("GET", "/things/a"), Context())
    (first, second) = output()[1]
    assert (first["Orders"], first["Weight"], first["Requests"]) == ([3.0], [1.0, 2.5], [1.0])
    definition = first["_aws"]["CloudWatchMetrics"][0]
    assert definition["Dimensions"] == [["service"]]
    assert definition["Metrics"][-2:] == [{"Name": "Orders", "Unit": "Count"}, {"Name": "Weight", "Unit": "Kilobytes"}]
    assert "Orders" not in second


@pytest.mark.parametrize(
    ("name", "value", "unit", "message"),
    [
        ("", 1, "Count", "no name for a metric"),
        (" Orders", 1, "Count", "no name for a metric"),
        ("x" * 256, 1, "Count", "no name for a metric"),
        ("Requests", 1, "Count", "no name for a metric"),
        ("service", 1, "Count", "no name for a metric"),
        ("Orders", float("nan"), "Count", "not a value in CloudWatch"),
        ("Orders", float("inf"), "Count", "not a value in CloudWatch"),
        ("Orders", 1, "Pieces", "not a value in CloudWatch"),
        ("Weight", 1, "Bytes", "measured in Kilobytes before"),
    ],
)
def test_what_cloudwatch_would_drop_is_refused(name: str, value: float, unit: Any, message: str) -> None:
    with invocation(Invocation()):
        measure("Weight", 1, "Kilobytes")
        with pytest.raises(ValueError, match=message):
            measure(name, value, unit)


def test_a_request_has_no_more_metrics_than_a_document_takes() -> None:
    with invocation(Invocation()):
        for number in range(50):
            count(f"Metric{number}")
        with pytest.raises(ValueError, match="Metric50: a request has at most 50"):
            count("Metric50")


@pytest.mark.parametrize("name", get_args(Unit.__value__))
def test_a_unit_is_one_that_powertools_knows(name: str) -> None:
    assert name == "None" or name in {unit.value for unit in MetricUnit}


def test_only_the_standard_metrics_that_were_asked_for_are_written(output: Output) -> None:
    telemetry = Telemetry("things", metrics=["Duration", "Requests"])
    telemetry.record(
        Outcome(Invocation(), "GET /", 503, 1.5, error=Throttled(["TableReadProvisionedThroughputExceeded"]))
    )
    (metrics,) = output()[1]
    assert metric_values(metrics) == {"Requests": 1.0, "Duration": 1.5}


def test_without_metrics_there_is_no_document_but_for_own_metrics(output: Output) -> None:
    telemetry = Telemetry("things", metrics=())
    telemetry.record(Outcome(Invocation(), "GET /", 200, 1.5))
    own = Invocation()
    with invocation(own):
        count("Orders")
    telemetry.record(Outcome(own, "GET /", 200, 1.5))
    lines, documents = output()
    assert len(lines) == 2
    assert [metric_values(document) for document in documents] == [{"Orders": 1.0}]


def test_a_standard_metric_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="Latency: not among the standard metrics"):
        Telemetry("things", metrics=["Latency", "Requests"])


@pytest.mark.parametrize(("setting", "documents"), [("true", 0), ("1", 0), ("false", 1), ("", 1)])
def test_metrics_can_be_disabled(monkeypatch: pytest.MonkeyPatch, output: Output, setting: str, documents: int) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", setting)
    Telemetry("things").record(Outcome(Invocation(), "GET /", 200, 1.5))
    assert len(output()[1]) == documents


def test_with_provisioned_concurrency_nobody_waits_for_a_cold_start(
    monkeypatch: pytest.MonkeyPatch, output: Output
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "provisioned-concurrency")
    Telemetry("things").record(Outcome(Invocation(), "GET /", 200, 1.5))
    (line,), (metrics,) = output()
    assert (line["cold_start"], metrics["ColdStart"]) == (False, [0.0])


def test_an_execution_environment_that_is_sampled_logs_at_debug(
    monkeypatch: pytest.MonkeyPatch, output: Output
) -> None:
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "ERROR")
    monkeypatch.setenv("POWERTOOLS_LOGGER_SAMPLE_RATE", "1")
    Telemetry("things").record(Outcome(Invocation(), "GET /", 200, 1.5))
    logging.getLogger("things_service").debug("seen")
    first, second = output()[0]
    assert (first["message"], first["sampling_rate"]) == ("request", "1")
    assert (second["message"], second["sampling_rate"]) == ("seen", "1")


def test_a_sampling_rate_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_LOGGER_SAMPLE_RATE", "often")
    with pytest.raises(ValueError, match="POWERTOOLS_LOGGER_SAMPLE_RATE: 'often'"):
        Telemetry("things")


def test_an_event_is_never_logged(
    make_handler: MakeHandler, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_LOGGER_LOG_EVENT", "true")
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "DEBUG")
    event = an_event("PUT", "/things/b", headers={"Authorization": "Bearer x", "X-Mark": "in-the-event"}, body={"a": 1})
    make_handler()(event, Context())
    written = capsys.readouterr()
    assert "in-the-event" not in written.out + written.err
    assert written.out.count("\n") == 2
