"""Powertools' Logger and Metrics around one of its resolvers, with the log fields and the metric of all contestants."""

import time
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.exceptions import UnauthorizedError
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.metrics import MetricUnit
from benchmarks.lib.events import Context
from benchmarks.lib.orders import bearer_token, user_of


def user_id_of(app: APIGatewayRestResolver) -> str:
    """The user of the current request.

    Raises:
        UnauthorizedError: There is none.
    """
    user_id = user_of(bearer_token(app.current_event.headers.get("Authorization")))
    if user_id is None:
        raise UnauthorizedError("A bearer token is required.")
    return user_id


class Observed:
    """A resolver with one log line and one metric per request.

    `metrics.log_metrics` is used as Powertools' documentation shows. `logger.inject_lambda_context` adds four fields
    that no other contestant logs, and the time that they take, so it is left to a contestant of its own.
    """

    def __init__(self, app: APIGatewayRestResolver) -> None:
        self.logger = Logger(location=None, utc=True, use_rfc3339=True)
        self._metrics = Metrics()
        self._app = app
        self._cold = True
        self._measured = self._metrics.log_metrics(self._answer)

    def __call__(self, event: dict[str, Any], context: Context) -> dict[str, Any]:
        """Answer one event."""
        return self._measured(event, context)  # type: ignore[no-any-return]

    def _answer(self, event: dict[str, Any], context: Context) -> dict[str, Any]:
        started = time.monotonic()
        cold, self._cold = self._cold, False
        reply = self._app.resolve(event, context)  # type: ignore[arg-type]
        self.logger.info(
            "request",
            extra={
                "route": f"{event['httpMethod']} {event['resource']}",
                "status": reply["statusCode"],
                "duration_ms": round((time.monotonic() - started) * 1000, 3),
                "correlation_id": event["requestContext"]["requestId"],
                "request_id": context.aws_request_id,
                "cold_start": cold,
            },
        )
        self._metrics.add_metric(name="Requests", unit=MetricUnit.Count, value=1)
        return reply


def with_context(observed: Observed) -> Any:
    """The same with the decorator that Powertools' documentation recommends for every function."""
    decorate = observed.logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_REST)
    return decorate(observed)
