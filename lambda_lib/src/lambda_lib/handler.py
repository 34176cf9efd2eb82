"""The Lambda function of a service: one event in, one reply out, one log line between."""

import time
import warnings
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from lambda_lib._admission import Authenticate
from lambda_lib._cors import CorsHeaders, preflight
from lambda_lib._event import Payload1, Payload2, is_event
from lambda_lib._invocation import CURRENT, Invocation
from lambda_lib._operation import Once, Operation, Tracer, operation
from lambda_lib._request import Request
from lambda_lib._response import failure
from lambda_lib.access import needs_user
from lambda_lib.errors import MalformedEvent, MethodNotAllowed, RouteError, ServiceError
from lambda_lib.outcome import Outcome
from lambda_lib.problems import as_service_error
from lambda_lib.routes import Routes
from lambda_lib.telemetry import Telemetry

NO_ROUTE = "none"


class LambdaContext(Protocol):
    """What is used of the context object that Lambda's runtime passes."""

    @property
    def aws_request_id(self) -> str:
        """Id of the invocation."""
        ...

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the invocation."""
        ...


class Records(Protocol):
    """What is told how each request went: see `Telemetry`."""

    def record(self, outcome: Outcome) -> None:
        """Take note of how a request went."""
        ...


class Handler[R]:
    """Answers API Gateway's events and those of Lambda function URLs with a service's routes.

    The events may be of a REST API, of an HTTP API (payload format 1.0 or 2.0), or of a function URL.

    A request passes, in this order: route (404, 405), access (401, 403), acceptable representation (406), parameters
    and body (413, 415, 400), the route's function. Whatever is raised becomes a problem document; what nobody expected
    becomes a 500 that tells the caller nothing and the log everything but secrets.

    Args:
        routes: The service's routes.
        resources: What route functions work with.
        authenticate: Turns a user's token into an identity, or raises `Unauthenticated`; see `Authenticator`.
        telemetry: Is told how each request went; writes a log line and metrics by default.
        idempotency: Carries out requests with an `Idempotency-Key` once only; see `Idempotency`.
        tracer: Traces each request; see `XRayTracer`. Without one, nothing is traced and nothing is paid for it.
        clock: Seconds on a monotonic clock.

    Raises:
        RouteError: A route needs a user and `authenticate` is missing, or it is idempotent and `idempotency` is
            missing, or the resources are not the routes' kind.
    """

    def __init__(
        self,
        routes: Routes[R],
        *,
        resources: R,
        authenticate: Authenticate | None = None,
        telemetry: Records | None = None,
        idempotency: Once | None = None,
        tracer: Tracer | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not isinstance(resources, routes.resources):
            raise RouteError(f"the routes work with {routes.resources.__name__}, not with {type(resources).__name__}")
        for route in routes.all:
            if authenticate is None and needs_user(route.access):
                raise RouteError(f"{route.name}: authenticates a user, but the handler was given no authenticate=")
            if idempotency is None and route.idempotent:
                raise RouteError(f"{route.name}: is idempotent, but the handler was given no idempotency=")
        # pydantic tells of a result that is not of its declared type by a warning. It can raise instead, but asking for
        # that with each result costs twice what writing the result does.
        warnings.filterwarnings("error", message="Pydantic serializer warnings", category=UserWarning)
        self._routes = routes
        self._telemetry = Telemetry(routes.title) if telemetry is None else telemetry
        self._clock = clock
        self._operations = {
            template: {
                method: operation(
                    route, resources=resources, authenticate=authenticate, idempotency=idempotency, tracer=tracer
                )
                for method, route in methods.items()
            }
            for template, methods in routes.by_template.items()
        }
        self._cors = None if routes.cors is None else CorsHeaders(routes.cors)
        if routes.cors is not None:
            for template, operations in self._operations.items():
                operations.setdefault("OPTIONS", preflight(template, routes.cors, operations))

    def __call__(self, event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
        """Answer one event."""
        started = self._clock()
        request: Request
        chosen: Operation | None = None
        error: ServiceError | None = None
        exception: Exception | None = None
        try:
            request = (Payload1 if "httpMethod" in event else Payload2)(event)
        except (AttributeError, KeyError, TypeError):  # it is neither
            request = Request(context.aws_request_id)
        deadline_s = started + context.get_remaining_time_in_millis() / 1000
        invocation = Invocation(request.correlation_id, deadline_s, context.aws_request_id, request.secrets)
        token = CURRENT.set(invocation)
        try:
            try:
                chosen = self._operations[request.template][request.method]
            except KeyError:
                chosen = self._find(request)
            reply = chosen.answer(request)
        except Exception as caught:  # noqa: BLE001  the outermost handler: Lambda would answer 502 and say nothing
            exception = caught
            error = as_service_error(caught, chosen.condition_failed if chosen else None)
            if not isinstance(caught, ServiceError) and not is_event(event):
                error = MalformedEvent()
            reply = failure(request, error)
        finally:
            CURRENT.reset(token)
        if self._cors is not None:
            self._cors.add(reply, origin=request.headers.get("origin"))
        self._telemetry.record(
            Outcome(
                invocation,
                chosen.name if chosen else NO_ROUTE,
                reply["statusCode"],
                (self._clock() - started) * 1000,
                request.caller,
                error,
                exception,
            )
        )
        return reply

    def _find(self, request: Request) -> Operation:
        """The operation of a request whose template is none of ours, or whose method is none of the template's.

        API Gateway matched another template where the function is behind a greedy resource, a default route, or a
        function URL.

        Raises:
            MalformedEvent: There is no request in the event.
            UnknownRoute: No route has the path.
            MethodNotAllowed: None of those that have it answers the method.
        """
        if not request.path:
            raise MalformedEvent
        template = request.template
        if template not in self._operations:
            template, request.path_parameters = self._routes.find(request.path)
        operations = self._operations[template]
        if request.method not in operations:
            raise MethodNotAllowed(list(operations))
        return operations[request.method]
