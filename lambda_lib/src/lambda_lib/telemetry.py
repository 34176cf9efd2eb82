"""One log line and one set of metrics per request, through Powertools.

Environment variables, read when a `Telemetry` is made (all optional):
    POWERTOOLS_SERVICE_NAME: `service` in logs and the one dimension of the metrics; the contract's title by default.
    POWERTOOLS_METRICS_NAMESPACE: Namespace of the metrics; `Services` by default.
    POWERTOOLS_LOG_LEVEL: Level of the log; `INFO` by default.

Metrics, each with the dimension `service`: `Requests`, `ClientErrors`, `ServerErrors`, `Throttled`, `ColdStart`
(0 or 1 per request, so that an average is a rate), `Duration` (milliseconds), and for each cause of throttling one by
DynamoDB's name for it, for example `TableReadProvisionedThroughputExceeded`.
"""

import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import TextIO

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit

from lambda_lib._invocation import Call
from lambda_lib._traceback import describe
from lambda_lib.errors import ServiceError, Throttled


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a request went. It holds nothing that a client sent but the ids.

    Attributes:
        route: Method and template, or a note that none matched.
        status: HTTP status of the reply.
        duration_ms: Time in the handler.
        correlation_id: Finds the request in every service's log.
        request_id: Lambda's id of the invocation.
        caller: ARN of the principal that signed the request, if any.
        error: What the reply tells, if it tells of an error.
        exception: What was raised, before its translation into `error`.
        calls: Calls made to other services.
    """

    route: str
    status: int
    duration_ms: float
    correlation_id: str
    request_id: str | None
    caller: str | None = None
    error: ServiceError | None = None
    exception: Exception | None = None
    calls: Sequence[Call] = ()


class Telemetry:
    """Writes the log line and the metrics of each request to standard output.

    Args:
        service: Name of the service where POWERTOOLS_SERVICE_NAME is not set.
    """

    def __init__(self, service: str) -> None:
        service = os.environ.get("POWERTOOLS_SERVICE_NAME") or service
        self._logger = Logger(
            service=service,
            location=None,  # would name this module in every line
            logger_handler=_StandardOutput(),
            utc=True,
            use_rfc3339=True,
            serialize_stacktrace=False,
            # Made once: Powertools' default makes an encoder for each line.
            json_serializer=json.JSONEncoder(default=str, ensure_ascii=False, separators=(",", ":")).encode,
        )
        self._metrics = Metrics(service=service, namespace=os.environ.get("POWERTOOLS_METRICS_NAMESPACE") or "Services")
        self._cold = True

    def record(self, outcome: Outcome, *, secrets: Callable[[], Iterable[str]]) -> None:
        """Log a request and count it.

        Args:
            outcome: How the request went.
            secrets: Tells what the request carried that must not reach the log, whatever an exception's text says;
                asked only where there is such a text.
        """
        cold, self._cold = self._cold, False
        fields: dict[str, object] = {
            "route": outcome.route,
            "status": outcome.status,
            "duration_ms": round(outcome.duration_ms, 3),
            "correlation_id": outcome.correlation_id,
            "request_id": outcome.request_id,
            "caller": outcome.caller,
            "cold_start": cold,
        }
        if outcome.calls:
            fields["calls"] = [asdict(call) for call in outcome.calls]
        causes: tuple[str, ...] = ()
        if outcome.error is not None:
            fields["code"] = outcome.error.code
            if isinstance(outcome.error, Throttled):
                causes = outcome.error.causes
                fields["throttling_causes"] = list(causes)
        log = self._logger.info
        if outcome.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log = self._logger.warning if isinstance(outcome.error, Throttled) else self._logger.error
            if outcome.exception is not None:
                fields["exception_name"] = type(outcome.exception).__name__
                fields["exception"] = describe(outcome.exception, secrets())
        log("request", extra={name: value for name, value in fields.items() if value is not None})
        self._count(outcome, causes, cold=cold)

    def _count(self, outcome: Outcome, causes: Iterable[str], *, cold: bool) -> None:
        add, count = self._metrics.add_metric, MetricUnit.Count
        add("Requests", count, 1)
        add("ClientErrors", count, int(HTTPStatus.BAD_REQUEST <= outcome.status < HTTPStatus.INTERNAL_SERVER_ERROR))
        add("ServerErrors", count, int(outcome.status >= HTTPStatus.INTERNAL_SERVER_ERROR))
        add("Throttled", count, int(isinstance(outcome.error, Throttled)))
        add("ColdStart", count, int(cold))
        add("Duration", MetricUnit.Milliseconds, outcome.duration_ms)
        for cause in causes:
            add(cause, count, 1)
        self._metrics.flush_metrics()


class _StandardOutput(logging.StreamHandler[TextIO]):
    """Writes to whatever standard output is at the time of writing, not at the time of construction.

    A logger outlives the handler that made it, and Lambda's runtime (or a test) may replace the stream meanwhile.
    """

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]  # as logging's own _StderrHandler does
        return sys.stdout
