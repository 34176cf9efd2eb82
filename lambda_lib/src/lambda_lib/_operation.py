"""A route, made ready to answer requests: what can be known before the first one is known here."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

from lambda_lib._admission import Authenticate, admission
from lambda_lib._arguments import INVALID, argument_readers, everything_invalid
from lambda_lib._request import CORRELATION_HEADER, Request
from lambda_lib._response import Renderer, Renderers, Reply, failure
from lambda_lib.errors import ServiceError
from lambda_lib.problems import as_service_error
from lambda_lib.routes import Route

type Answer = Callable[[Request], Reply]
type _CarryOut = Callable[[Request, Renderer, list[Any]], Reply]


class Once(Protocol):
    """What carries out a request once only: see `Idempotency`."""

    def once(self, *, key: str, scope: str, payload: object, answer: Callable[[], Reply]) -> Reply:
        """The answer to a request; if the request has been answered already, that answer.

        Args:
            key: The request's `Idempotency-Key`.
            scope: Route and caller, who do not share keys with others.
            payload: What the request asks for, as JSON: another request with the same key is refused.
            answer: Carries out the request. Nothing is kept of what it raises.
        """
        ...


class Tracer(Protocol):
    """What traces requests: see `XRayTracer`."""

    def traced(self, route: str, answer: Answer, status_of: Callable[[Exception], int]) -> Answer:
        """The same answers, traced.

        Args:
            route: Method and template.
            answer: Answers a request, or raises.
            status_of: Tells the HTTP status that an exception becomes.
        """
        ...


@dataclass(frozen=True, slots=True)
class Operation:
    """A route, made ready.

    Attributes:
        name: The route in logs.
        answer: Answers a request, or raises.
        condition_failed: What DynamoDB's refusal of a condition tells the caller.
    """

    name: str
    answer: Answer
    condition_failed: type[ServiceError] | None = None


def operation(
    route: Route,
    *,
    resources: object,
    authenticate: Authenticate | None,
    idempotency: Once | None,
    tracer: Tracer | None,
) -> Operation:
    """Make a route ready.

    Args:
        route: The route.
        resources: What its function works with.
        authenticate: Turns a user's token into an identity; there is one if the route needs it.
        idempotency: Carries out a request once only; there is one if the route needs it.
        tracer: Traces each request, if there is one.
    """
    admit = admission(route.access, authenticate)
    renderers = Renderers(route)
    preferred, is_negotiated = renderers.preferred, renderers.is_negotiated
    readers = argument_readers(route, resources)
    read_all = [read for _location, read in readers]
    function, is_plain = route.function, not (route.signature.keywords or route.idempotent)
    carry_out = _call(route)
    if route.idempotent and idempotency is not None:
        carry_out = _once(route, idempotency, carry_out)

    def answer(request: Request) -> Reply:
        request.identity = admit(request)
        render = renderers.chosen(request) if is_negotiated else preferred
        try:
            values = [read(request) for read in read_all]
        except INVALID:
            raise everything_invalid(readers, request) from None
        return render(request, function(*values)) if is_plain else carry_out(request, render, values)

    def status_of(error: Exception) -> int:
        return as_service_error(error, route.condition_failed).status

    traced = answer if tracer is None else tracer.traced(route.name, answer, status_of)
    return Operation(route.name, traced, route.condition_failed)


def _call(route: Route) -> _CarryOut:
    """Calls the function with its arguments, given in the order of its signature, and makes a reply of its result."""
    function, keywords = route.function, route.signature.keywords
    count = len(route.signature.positional)

    def call(request: Request, render: Renderer, values: list[Any]) -> Reply:
        return render(request, function(*values[:count], **dict(zip(keywords, values[count:], strict=True))))

    return call


def _once(route: Route, idempotency: Once, carry_out: _CarryOut) -> _CarryOut:
    """Carries out a request with an idempotency key once only; the key is the last of the arguments."""
    # A header that the function reads, `If-Match` for example, asks for something else if it says something else.
    headers = [item.name.lower() for item in route.signature.parameters if item.location == "header"]

    def carry_out_once(request: Request, render: Renderer, values: list[Any]) -> Reply:
        *arguments, key = values
        if key is None:
            return carry_out(request, render, arguments)
        refusal: ServiceError | None = None

        def answer() -> Reply:
            nonlocal refusal
            try:
                return carry_out(request, render, arguments)
            except Exception as error:
                translated = as_service_error(error, route.condition_failed)
                if translated.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise  # the next request with this key is a new attempt
                refusal = translated
                return failure(request, translated)

        reply = idempotency.once(
            key=key,
            scope=f"{route.name} {request.identity.user_id if request.identity else request.caller or ''}",
            payload={
                "path": request.path,
                "query": request.query(),
                "headers": {name: request.headers.get(name) for name in headers},
                "body": request.event.get("body"),
            },
            answer=answer,
        )
        if refusal is not None:
            raise refusal  # so that it is logged as one; the reply is the one that was kept
        return {**reply, "headers": {**reply["headers"], CORRELATION_HEADER: request.correlation_id}}

    return carry_out_once
