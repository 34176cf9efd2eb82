"""Log line and metric by hand around a framework that has neither."""

import time
from collections.abc import Callable
from typing import Any

from benchmarks.lib.by_hand import Writer
from benchmarks.lib.events import Context

type Handler = Callable[[dict[str, Any], Context], dict[str, Any]]


def observed(answer: Callable[[dict[str, Any], Any], Any]) -> Handler:
    """A handler that writes the two lines of a request after a framework has answered it."""
    writer = Writer()

    def handler(event: dict[str, Any], context: Context) -> dict[str, Any]:
        started = time.monotonic()
        reply: dict[str, Any] = answer(event, context)
        writer.write(
            route=f"{event['httpMethod']} {event['resource']}",
            status=reply["statusCode"],
            duration_ms=(time.monotonic() - started) * 1000,
            correlation_id=event["requestContext"]["requestId"],
            request_id=context.aws_request_id,
        )
        return reply

    return handler
