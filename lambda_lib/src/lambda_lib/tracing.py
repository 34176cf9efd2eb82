"""Traces in AWS X-Ray, for a service that asks for them: `Handler(…, tracer=XRayTracer())`.

Without a tracer nothing of this is imported and no request pays for it. A trace goes on from service to service either
way: `ServiceClient` passes the trace header on, and Lambda itself writes a segment for each function.

It stands on Powertools' Tracer and the X-Ray SDK: `pip install lambda-lib[tracing]`. AWS keeps that SDK in maintenance
since 25 February 2026 and supports it until 25 February 2027 (X-Ray developer guide, "X-Ray SDK and Daemon End of
Support timeline"); it recommends OpenTelemetry, whose layer for Lambda wraps a function from outside and needs nothing
here. Whatever has the method `traced` will do as a tracer.

Environment variables (all optional; the names are Powertools'):
    POWERTOOLS_SERVICE_NAME: The annotation `Service`.
    POWERTOOLS_TRACE_DISABLED: `true` for no traces. Outside of Lambda there are none anyway.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from aws_lambda_powertools.tracing import Tracer

from lambda_lib.telemetry import starts_cold


class XRayTracer:
    """Writes a subsegment for each request, named after its route, with what may be told of it.

    Annotations, by which traces are found: `Route`, `Status`, `ColdStart`, `Service`. Replies, parameters and the texts
    of exceptions are left out, since they may hold what a client sent; those of exceptions are in the log, redacted,
    and the log line has the trace's id.

    Powertools' own Tracer, made anywhere in the service, writes into the same trace.

    Args:
        service: Name of the service where POWERTOOLS_SERVICE_NAME is not set.
        patch: Libraries whose calls are traced: of `botocore`, operation and table, never an item.
    """

    def __init__(self, service: str | None = None, *, patch: Sequence[str] = ("botocore",)) -> None:
        self._tracer = Tracer(service=service, auto_patch=bool(patch), patch_modules=patch)
        self._cold = starts_cold()

    def traced[Q, R: Mapping[str, Any]](
        self, route: str, answer: Callable[[Q], R], status_of: Callable[[Exception], int]
    ) -> Callable[[Q], R]:
        """Make a route's answers traced.

        Args:
            route: Method and template.
            answer: Answers a request, or raises.
            status_of: Tells the HTTP status that an exception becomes.
        """
        # Braces are not among the characters of a name (X-Ray developer guide, "X-Ray segment documents").
        name = f"## {route.replace('{', ':').replace('}', '')}"

        def answer_traced(request: Q) -> R:
            raised: Exception | None = None
            # Any: what Powertools types is less than what the X-Ray SDK gives, and nothing at all comes while Lambda
            # initialises a function.
            with self._tracer.provider.in_subsegment(name=name) as subsegment:
                try:
                    reply = answer(request)
                    status = reply["statusCode"]
                except Exception as error:  # noqa: BLE001  raised again below: here the SDK would keep its text
                    raised, status = error, status_of(error)
                if subsegment is not None:
                    self._annotate(cast("Any", subsegment), route, status)
            if raised is not None:
                try:
                    raise raised
                finally:
                    del raised  # its traceback holds this frame
            return reply

        return answer_traced

    def _annotate(self, subsegment: Any, route: str, status: int) -> None:
        cold, self._cold = self._cold, False
        subsegment.put_annotation("Route", route)
        subsegment.put_annotation("Status", status)
        subsegment.put_annotation("ColdStart", cold)
        subsegment.put_annotation("Service", self._tracer.service)
        subsegment.apply_status_code(status)  # an error, a throttle or a fault
