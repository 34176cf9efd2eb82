"""The log lines: JSON as Powertools' Logger writes it, byte for byte, at a fraction of its cost.

`tests/test_log_line.py` holds the line of a request against what the Logger of Powertools 3 writes of the same fields,
with `utc=True, use_rfc3339=True, location=None`.
"""

import json
import logging
import os
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from http import HTTPStatus

# What JSONEncoder(ensure_ascii=False) makes of a text.
from json.encoder import encode_basestring as quoted
from typing import Any

from pydantic import ValidationError

from lambda_lib._invocation import Call, current_invocation
from lambda_lib._redaction import redacted, spellings, told
from lambda_lib._traceback import describe
from lambda_lib.errors import Throttled
from lambda_lib.outcome import Outcome

# What the line of a request says of itself: a field of the service's own has another name.
FIELDS = frozenset(
    {
        "level",
        "message",
        "timestamp",
        "service",
        "sampling_rate",
        "route",
        "status",
        "duration_ms",
        "correlation_id",
        "request_id",
        "caller",
        "cold_start",
        "calls",
        "code",
        "throttling_causes",
        "throttling_kinds",
        "exception",
        "exception_name",
        "xray_trace_id",
    }
)

_LARGEST = 1e300  # beyond any number that a service notes; JSON has no infinity, and Python writes no endless integer
_LEVELS = (logging.INFO, logging.WARNING, logging.ERROR)
_RECORD_ATTRIBUTES = frozenset({*vars(logging.makeLogRecord({})), "message", "asctime"})

# Made once: json.dumps with arguments makes an encoder for each line.
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class LogLines:
    """Writes log lines as texts, each with its line end.

    Args:
        service: Name of the service.
        sampling_rate: Part of the execution environments that log at DEBUG, as configured; None if not.
    """

    def __init__(self, *, service: str, sampling_rate: str | None = None) -> None:
        self._constant: dict[str, object] = {"service": service, "sampling_rate": sampling_rate}
        self._starts = {
            level: f'{{"level":"{logging.getLevelName(level)}","message":"request","timestamp":"' for level in _LEVELS
        }
        self._after_timestamp = f'"{_members(self._constant)},"route":'

    def request(self, outcome: Outcome, *, level: int, cold: bool, now_s: float) -> str:
        """The line of a request.

        Args:
            outcome: How the request went.
            level: INFO, WARNING or ERROR.
            cold: Whether the request is the first of its execution environment.
            now_s: Seconds since the epoch.
        """
        invocation = outcome.invocation
        correlation_id, request_id, caller = invocation.correlation_id, invocation.request_id, outcome.caller
        trace_id = _trace_id()
        return (
            f"{self._starts[level]}{_timestamp(now_s)}{self._after_timestamp}{quoted(outcome.route)}"
            f',"status":{outcome.status:d},"duration_ms":{round(outcome.duration_ms, 3)!r}'
            f"{'' if correlation_id is None else f',"correlation_id":{quoted(correlation_id)}'}"
            f"{'' if request_id is None else f',"request_id":{quoted(request_id)}'}"
            f"{'' if caller is None else f',"caller":{quoted(caller)}'}"
            f',"cold_start":{"true" if cold else "false"}'
            f"{'' if outcome.error is None and invocation.is_plain else _members(_rare_fields(outcome))}"
            f"{'' if trace_id is None else f',"xray_trace_id":{quoted(trace_id)}'}}}\n"
        )

    def own(self, record: logging.LogRecord) -> str:
        """A line that the service, or a library it uses, logs with `logging`."""
        current = current_invocation()
        secrets = spellings(current.secrets())
        error = record.exc_info[1] if record.exc_info else None
        line: dict[str, object] = {
            "level": record.levelname,
            "location": f"{record.funcName}:{record.lineno}",
            "message": redacted(_message(record), secrets),
            "timestamp": _timestamp(record.created),
            **self._constant,
            "correlation_id": current.correlation_id,
            "request_id": current.request_id,
            "logger": record.name,
        }
        for name, value in vars(record).items():
            if name not in _RECORD_ATTRIBUTES:
                line.setdefault(name, redacted(value, secrets))
        if error is not None:
            line |= {"exception": redacted(describe(error), secrets), "exception_name": type(error).__name__}
        return f"{{{_members({**line, 'xray_trace_id': _trace_id()})[1:]}}}\n"


def _members(fields: Mapping[str, object]) -> str:
    """Members of a JSON object, each after a comma; those that are None are left out, as Powertools does."""
    return "".join(f",{quoted(name)}:{_json(value)}" for name, value in fields.items() if value is not None)


def _rare_fields(outcome: Outcome) -> dict[str, object]:
    invocation, error = outcome.invocation, outcome.error
    fields: dict[str, object] = {}
    if invocation.calls:
        fields["calls"] = [{name: getattr(call, name) for name in Call.__slots__} for call in invocation.calls]
    if error is not None:
        fields["code"] = error.code
        if isinstance(error, Throttled):
            fields["throttling_causes"] = error.causes
            fields["throttling_kinds"] = sorted(error.kinds)
    # A throttled request needs no traceback: its causes say all, and it comes in numbers, when time is short.
    failed = outcome.status >= HTTPStatus.INTERNAL_SERVER_ERROR and not isinstance(error, Throttled)
    if failed or not all(map(_is_plain, invocation.fields.values())):
        secrets = spellings(invocation.secrets())
        fields |= {name: _writable(value, secrets) for name, value in invocation.fields.items()}
    else:
        fields |= invocation.fields
    if failed and outcome.exception is not None:
        fields["exception_name"] = type(outcome.exception).__name__
        fields["exception"] = describe(outcome.exception, invocation.secrets())
    return fields


def _is_plain(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and abs(value) < _LARGEST)


def _writable(value: object, secrets: Collection[str]) -> object:
    try:
        made: object = redacted(value, secrets)
        _json(made)
    except (RecursionError, TypeError, ValueError) as error:  # it is within itself, or a number without end
        return f"this field cannot be written: {type(error).__name__}"
    return made


def _message(record: logging.LogRecord) -> Any:
    if isinstance(record.msg, dict):
        return record.msg
    text, values = told(record.msg), record.args
    if isinstance(values, tuple):
        values = tuple(told(value) if isinstance(value, ValidationError) else value for value in values)
    try:
        return text % values if values else text
    except (KeyError, TypeError, ValueError):
        # The log call is wrong. `logging` would print its arguments, secrets among them, to standard error.
        return text


def _timestamp(now_s: float) -> str:
    return datetime.fromtimestamp(now_s, UTC).isoformat(timespec="milliseconds")


def _trace_id() -> str | None:
    # Set anew by Lambda's runtime for each invocation (Lambda developer guide, "Using Lambda environment variables").
    header = os.environ.get("_X_AMZN_TRACE_ID")
    return header.split(";")[0].replace("Root=", "") if header else None
