"""The line of a request is the one that Powertools' Logger would write; a service's own lines are like it."""

import json
import logging
import math
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPStatus
from io import StringIO
from typing import Any

import pytest
from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.logging.formatter import RESERVED_LOG_ATTRS
from hypothesis import example, given
from hypothesis import strategies as st

from lambda_lib._invocation import Call, Invocation
from lambda_lib._log_line import FIELDS, LogLines
from lambda_lib._traceback import describe
from lambda_lib.errors import NotFound, ServiceError, Throttled
from lambda_lib.outcome import Outcome

type Reference = Callable[..., str]

NOW_S = 1_700_000_000.123_456_7
TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"

# Names that `logging` or Powertools keep for themselves: Powertools refuses them or leaves them out.
KEPT = FIELDS | {*RESERVED_LOG_ATTRS, *vars(logging.makeLogRecord({})), "message", "asctime"}

# JSON has no other numbers: what becomes of them is in test_telemetry.py.
finite = st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | finite | st.text() | st.decimals() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
calls = st.builds(
    Call,
    service=st.text(),
    route=st.text(),
    outcome=st.integers() | st.text(),
    attempts=st.integers(),
    duration_ms=st.floats(0, 1e6),
)
errors = st.sampled_from(
    [
        (None, None),
        (NotFound("There is none."), NotFound("There is none.")),
        (ServiceError("failed"), RuntimeError('a "quoted"\ntext of two lines')),
        (Throttled(["TableReadProvisionedThroughputExceeded"]), KeyError("é")),
        (Throttled(), None),
    ]
)


@st.composite
def outcomes(draw: st.DrawFn) -> Outcome:
    invocation = Invocation(draw(st.text() | st.none()), None, draw(st.text() | st.none()))
    invocation.calls.extend(draw(st.lists(calls, max_size=2)))
    names = st.text(min_size=1).filter(lambda name: name not in KEPT)
    invocation.fields.update(draw(st.dictionaries(names, values, max_size=3)))
    error, exception = draw(errors)
    return Outcome(
        invocation=invocation,
        route=draw(st.text()),
        status=error.status if error else draw(st.sampled_from([200, 201, 204, 304, 400, 404])),
        duration_ms=draw(st.floats(0, 1e6)),
        caller=draw(st.text() | st.none()),
        error=error,
        exception=exception,
    )


@pytest.fixture(scope="module")
def reference() -> Reference:
    """Writes the line of a request with Powertools."""
    stream, now_s = StringIO(), 0.0
    handler = logging.StreamHandler(stream)

    def freeze(record: logging.LogRecord) -> bool:
        record.created = now_s
        return True

    handler.addFilter(freeze)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POWERTOOLS_LOG_DEDUPLICATION_DISABLED", "true")  # leaves the root logger's handlers alone
        logger = Logger(
            service="reference of a request's line",
            location=None,
            logger_handler=handler,
            utc=True,
            use_rfc3339=True,
            serialize_stacktrace=False,
        )

    def line(outcome: Outcome, *, level: int, cold: bool, at_s: float, service: str) -> str:
        nonlocal now_s
        now_s = at_s
        stream.seek(0)
        stream.truncate()
        logger.append_keys(service=service)
        write = {logging.INFO: logger.info, logging.WARNING: logger.warning, logging.ERROR: logger.error}[level]
        write("request", extra=fields(outcome, cold=cold))
        return stream.getvalue()

    return line


def fields(outcome: Outcome, *, cold: bool) -> dict[str, Any]:
    """What the line of a request tells, in its order."""
    invocation, error, exception = outcome.invocation, outcome.error, outcome.exception
    told: dict[str, Any] = {
        "route": outcome.route,
        "status": outcome.status,
        "duration_ms": round(outcome.duration_ms, 3),
        "correlation_id": invocation.correlation_id,
        "request_id": invocation.request_id,
        "caller": outcome.caller,
        "cold_start": cold,
    }
    if invocation.calls:
        names = ("service", "route", "outcome", "attempts", "duration_ms")
        told["calls"] = [{name: getattr(call, name) for name in names} for call in invocation.calls]
    if error is not None:
        told["code"] = error.code
    if isinstance(error, Throttled):
        told["throttling_causes"] = list(error.causes)
        told["throttling_kinds"] = sorted(error.kinds)
    told |= invocation.fields
    expected = outcome.status < HTTPStatus.INTERNAL_SERVER_ERROR or isinstance(error, Throttled)
    if exception is not None and not expected:
        told["exception_name"] = type(exception).__name__
        told["exception"] = describe(exception)
    return told


def plain(**further: Any) -> Outcome:
    return Outcome(
        invocation=Invocation("c6af9ac6-7b61-11e6-9a41-93e8deadbeef", None, "11111111-2222-3333-4444-555555555555"),
        **({"route": "GET /things/{thing_id}", "status": 200, "duration_ms": 1.2345} | further),
    )


@given(
    outcome=outcomes(),
    level=st.sampled_from([logging.INFO, logging.WARNING, logging.ERROR]),
    cold=st.booleans(),
    now_s=st.floats(0, 4e9),
    service=st.text(min_size=1),
)
@example(outcome=plain(), level=logging.INFO, cold=True, now_s=NOW_S, service="things")
@example(
    outcome=plain(duration_ms=12, caller="arn:aws:iam::1:role/é"),
    level=logging.INFO,
    cold=False,
    now_s=1.000_999_999_6,
    service="things",
)
@example(
    outcome=plain(duration_ms=math.nextafter(0.0005, 1)), level=logging.INFO, cold=False, now_s=0.999_999_9, service='"'
)
def test_it_is_what_the_logger_of_powertools_writes(
    reference: Reference, *, outcome: Outcome, level: int, cold: bool, now_s: float, service: str
) -> None:
    line = LogLines(service=service).request(outcome, level=level, cold=cold, now_s=now_s)
    assert line == reference(outcome, level=level, cold=cold, at_s=now_s, service=service)
    assert line.count("\n") == 1


def test_with_a_trace_it_is_what_the_logger_of_powertools_writes(
    reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", TRACE)
    line = LogLines(service="things").request(plain(), level=logging.INFO, cold=True, now_s=NOW_S)
    assert line == reference(plain(), level=logging.INFO, cold=True, at_s=NOW_S, service="things")
    assert json.loads(line)["xray_trace_id"] == "1-5759e988-bd862e3fe1be46a994272793"


def test_with_a_sampling_rate_it_is_what_the_logger_of_powertools_writes() -> None:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POWERTOOLS_LOG_DEDUPLICATION_DISABLED", "true")
        patch.setenv("POWERTOOLS_LOGGER_SAMPLE_RATE", "0.25")
        logger = Logger(
            service="sampled",
            location=None,
            logger_handler=handler,
            utc=True,
            use_rfc3339=True,
            serialize_stacktrace=False,
        )
    records: list[logging.LogRecord] = []
    handler.addFilter(lambda record: records.append(record) or True)
    logger.info("request", extra=fields(plain(), cold=True))
    lines = LogLines(service="sampled", sampling_rate="0.25")
    assert lines.request(plain(), level=logging.INFO, cold=True, now_s=records[0].created) == stream.getvalue()


def test_the_time_is_utc_to_the_millisecond_as_rfc_3339_has_it() -> None:
    line = json.loads(LogLines(service="things").request(plain(), level=logging.INFO, cold=True, now_s=NOW_S))
    assert line["timestamp"] == "2023-11-14T22:13:20.123+00:00"


def test_what_json_does_not_know_is_a_text() -> None:
    outcome = plain()
    outcome.invocation.fields.update(price=Decimal("1.10"), when=datetime(2026, 1, 2, tzinfo=UTC), who={"a"})
    line = json.loads(LogLines(service="things").request(outcome, level=logging.INFO, cold=True, now_s=NOW_S))
    assert (line["price"], line["when"], line["who"]) == ("1.10", "2026-01-02 00:00:00+00:00", "{'a'}")
