"""What a service logs with `logging` is a JSON line with the ids of the request, once, and holds no secret."""

import json
import logging
from collections.abc import Callable
from io import BytesIO, TextIOWrapper
from typing import Any
from urllib.parse import quote

import pytest
from aws_lambda_powertools.logging import Logger
from awslambdaric import bootstrap
from awslambdaric.lambda_runtime_log_utils import LogFormat
from pydantic import BaseModel, ValidationError

from lambda_lib._invocation import Invocation, invocation
from lambda_lib._log_handler import write
from lambda_lib.telemetry import Outcome, Telemetry

type Lines = Callable[[], list[dict[str, Any]]]

SECRET = "correct-horse-battery"
LOG = logging.getLogger("things_service.store")


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """Tells the lines that have been written since it was last asked."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def a_telemetry(service: str = "things") -> Telemetry:
    """With it alone at the root logger: pytest's handlers, there while a test runs, raise what ours survives."""
    root = logging.getLogger()
    root.handlers[:] = [handler for handler in root.handlers if "pytest" not in type(handler).__module__]
    return Telemetry(service)


def a_request() -> Invocation:
    return Invocation("the-correlation-id", None, "the-request-id", lambda: [SECRET])


def test_a_line_has_the_ids_of_the_request_the_service_and_its_place(lines: Lines) -> None:
    a_telemetry()
    with invocation(a_request()):
        LOG.warning("location unavailable: %s", "throttled", extra={"attempts": 2, "nothing": None})
    (line,) = lines()
    assert line.pop("location").startswith("test_a_line_has_the_ids_of_the_request_the_service_and_its_place:")
    assert line.pop("timestamp").endswith("+00:00")
    assert line == {
        "level": "WARNING",
        "message": "location unavailable: throttled",
        "service": "things",
        "correlation_id": "the-correlation-id",
        "request_id": "the-request-id",
        "logger": "things_service.store",
        "attempts": 2,
    }


def test_it_is_what_powertools_formatter_writes_of_the_same_record(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_LOG_DEDUPLICATION_DISABLED", "true")
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1")
    reference = Logger(service="things", utc=True, use_rfc3339=True, serialize_stacktrace=False)
    reference.append_keys(
        correlation_id="the-correlation-id", request_id="the-request-id", logger="things_service.store"
    )
    a_telemetry()
    record = LOG.makeRecord(LOG.name, logging.INFO, "f", 1, "é %d", (1,), None, "put", {"rows": [1, "two"]})
    with invocation(a_request()):
        LOG.handle(record)
    assert capsys.readouterr().out == f"{reference.registered_formatter.format(record)}\n"


def test_outside_of_a_request_a_line_has_no_ids(lines: Lines) -> None:
    a_telemetry()
    LOG.warning("starting")
    assert not {"correlation_id", "request_id"} & lines()[0].keys()


@pytest.mark.parametrize("log_format", [LogFormat.TEXT, LogFormat.JSON])
def test_on_lambda_a_line_is_written_once(capsys: pytest.CaptureFixture[str], log_format: LogFormat) -> None:
    bootstrap._setup_logging(log_format, "", bootstrap.StandardLogSink())
    a_telemetry()
    LOG.warning("unmistakable")
    written = capsys.readouterr()
    assert (written.out + written.err).count("unmistakable") == 1
    assert json.loads(written.out)["message"] == "unmistakable"


@pytest.mark.parametrize("first", ["powertools", "lambda_lib"])
def test_a_line_of_powertools_logger_is_written_once(capsys: pytest.CaptureFixture[str], first: str) -> None:
    makers: list[Callable[[], object]] = [lambda: Logger(service=f"{first} first"), a_telemetry]
    for make in makers if first == "powertools" else reversed(makers):
        make()
    logging.getLogger(f"{first} first").warning("unmistakable")
    assert capsys.readouterr().out.count("unmistakable") == 1


def test_a_second_telemetry_takes_the_place_of_the_first(lines: Lines) -> None:
    a_telemetry("first")
    a_telemetry("second")
    LOG.warning("unmistakable")
    assert [line["service"] for line in lines()] == ["second"]


class Account(BaseModel):
    password: int


def log_an_exception() -> None:
    try:
        int(SECRET)
    except ValueError:
        LOG.exception("refused")


def rejected() -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        Account.model_validate({"password": "short"})
    return caught.value


CIRCLE: list[Any] = [SECRET]
CIRCLE.append(CIRCLE)

LOGS_A_SECRET: dict[str, Callable[[], None]] = {
    "message": lambda: LOG.warning(f"refused {SECRET}"),  # noqa: G004  the mistake under test
    "argument": lambda: LOG.warning("refused %s", SECRET),
    "arguments by name": lambda: LOG.warning("refused %(password)s", {"password": SECRET}),
    "document": lambda: LOG.warning({"refused": [SECRET], SECRET: 1}),
    "extra": lambda: LOG.warning("refused", extra={"password": {"value": SECRET}}),
    "object": lambda: LOG.warning("refused", extra={"error": ValueError(SECRET)}),
    "exception": log_an_exception,
    "wrong call": lambda: LOG.warning("refused %s %s", SECRET),  # noqa: PLE1206  the mistake under test
    "line that cannot be written": lambda: LOG.warning("refused", extra={"password": CIRCLE}),
    "rejected input": lambda: LOG.warning("refused %s", rejected(), extra={"error": rejected()}),
    "rejected input as the message": lambda: LOG.error(rejected()),
}


@pytest.mark.parametrize("how", LOGS_A_SECRET)
def test_no_secret_reaches_the_log(capsys: pytest.CaptureFixture[str], how: str) -> None:
    a_telemetry()
    with invocation(a_request()):
        LOGS_A_SECRET[how]()
    written = capsys.readouterr()
    assert written.err == ""
    assert SECRET not in written.out
    assert "short" not in written.out
    assert json.loads(written.out)["correlation_id"] == "the-correlation-id"


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("wrong call", "refused %s %s"),
        ("line that cannot be written", "this line cannot be written: RecursionError"),
        ("rejected input", "refused Account: password: int_parsing"),
    ],
)
def test_a_line_that_cannot_be_written_as_it_was_meant_is_written_all_the_same(
    lines: Lines, how: str, message: str
) -> None:
    a_telemetry()
    LOGS_A_SECRET[how]()
    assert lines()[0]["message"] == message


@pytest.mark.parametrize("secret", ["it's mine\\", 'a+b/c=/é"', "Grüße-aus-Köln", "two\nlines", 'it\'s "quoted"'])
def test_a_secret_is_found_however_it_is_quoted(capsys: pytest.CaptureFixture[str], secret: str) -> None:
    a_telemetry()
    with invocation(Invocation("id", None, "id", lambda: [secret])):
        LOG.warning("%s %r %s", secret, secret, json.dumps(secret))
        LOG.warning("%s", json.dumps(secret, ensure_ascii=False))
        LOG.warning("%r %s %s", secret.encode(), quote(secret), quote(secret, safe=""))
    messages = [json.loads(line)["message"] for line in capsys.readouterr().out.splitlines()]
    assert [message.replace("[redacted]", "").strip("b\"' ") for message in messages] == ["", "", ""]


def test_of_two_secrets_the_longer_one_goes_whole(lines: Lines) -> None:
    a_telemetry()
    with invocation(Invocation("id", None, "id", lambda: ["password", "password-and-more"])):
        LOG.warning("password-and-more")
    assert lines()[0]["message"] == "[redacted]"


def test_an_exception_is_told_with_its_notes_and_its_place(lines: Lines) -> None:
    a_telemetry()
    try:
        error = ValueError("wrong")
        error.add_note("while reading the third row")
        raise error
    except ValueError:
        LOG.exception("failed")
    (line,) = lines()
    assert (line["level"], line["exception_name"]) == ("ERROR", "ValueError")
    assert line["exception"].endswith("builtins.ValueError: wrong\nwhile reading the third row")


@pytest.mark.parametrize(
    ("environment", "seen"),
    [
        ({}, "IWE"),
        ({"POWERTOOLS_LOG_LEVEL": "debug"}, "DIWE"),
        ({"POWERTOOLS_LOG_LEVEL": "ERROR"}, "E"),
        ({"LOG_LEVEL": "WARNING"}, "WE"),
        ({"AWS_LAMBDA_LOG_LEVEL": "WARN", "POWERTOOLS_LOG_LEVEL": "DEBUG"}, "WE"),
        ({"AWS_LAMBDA_LOG_LEVEL": "TRACE"}, "DIWE"),
        ({"AWS_LAMBDA_LOG_LEVEL": "FATAL"}, ""),
    ],
)
def test_the_level_comes_from_the_environment(
    lines: Lines, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], seen: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    a_telemetry()
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
        LOG.log(level, "x")
    assert "".join(line["level"][0] for line in lines()) == seen


def test_a_level_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "LOUD")
    with pytest.raises(ValueError, match="'LOUD' is not a log level"):
        a_telemetry()


def test_libraries_that_log_whole_requests_do_not_do_so_at_debug(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "DEBUG")
    a_telemetry()
    logging.getLogger("botocore.endpoint").debug("x-amz-security-token: %s", SECRET)
    logging.getLogger("urllib3.connectionpool").debug("GET /?token=%s", SECRET)
    assert capsys.readouterr().out == ""


def test_lines_are_handed_over_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    writes: list[str] = []

    class Stream:
        def write(self, text: str) -> None:
            writes.append(text)

    telemetry = a_telemetry()
    monkeypatch.setattr("sys.stdout", Stream())
    telemetry.record(Outcome(a_request(), "GET /", 200, 1.0))
    LOG.warning("one\ntwo")
    assert [text.count("\n") for text in writes] == [2, 1]
    assert all(text.endswith("\n") for text in writes)


def test_half_a_surrogate_pair_stops_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = TextIOWrapper(BytesIO(), "utf-8")
    monkeypatch.setattr("sys.stdout", stream)
    write('{"name":"\ud800"}\n{"name":"é"}\n')
    stream.flush()
    written = [json.loads(line) for line in stream.buffer.getvalue().decode().splitlines()]  # type: ignore[attr-defined]
    assert written == [{"name": "\ud800"}, {"name": "é"}]
