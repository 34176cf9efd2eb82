"""What goes into a worker and what comes out of an invocation."""

import json
from dataclasses import dataclass

MAX_PAYLOAD_BYTES = 6 * 1024 * 1024
"""Of a synchronous request, https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html."""

MAX_RESPONSE_BYTES = MAX_PAYLOAD_BYTES + 100
"""Of a buffered response: Lambda's message about it names 6291556 bytes."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event for a worker. `deadline_ms` is milliseconds since the epoch."""

    request_id: str
    payload: bytes
    function_arn: str
    deadline_ms: int
    trace_id: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a worker answered an event.

    Attributes:
        payload: The response, or a JSON document that describes the error.
        error_type: None for a response; otherwise the type of the error, such as `Runtime.ExitError`.
        worker_lost: The worker ended or has to be ended.
    """

    payload: bytes
    error_type: str | None = None
    worker_lost: bool = False

    @staticmethod
    def failure(error_type: str, message: str, *, worker_lost: bool = True) -> "Outcome":
        """An error that Lambda reports, rather than the function's own code."""
        payload = json.dumps({"errorType": error_type, "errorMessage": message}).encode()
        return Outcome(payload, error_type, worker_lost)


@dataclass(frozen=True, slots=True)
class Invocation:
    """The answer to an invocation, as the Invoke action gives it.

    Attributes:
        status: 200 where the function was run, also if it failed; 404, 413 or 429 where it was not.
        payload: The function's response, or a JSON document that describes the error.
        function_error: `Unhandled` where the function failed.
        executed_version: The version that was run; empty where none was.
        request_id: The id of the invocation.
    """

    status: int
    payload: bytes
    function_error: str | None
    executed_version: str
    request_id: str = ""

    @staticmethod
    def refused(status: int, request_id: str, **document: str) -> "Invocation":
        """An invocation that did not reach the function."""
        return Invocation(status, json.dumps({"Type": "User", **document}).encode(), None, "", request_id)
