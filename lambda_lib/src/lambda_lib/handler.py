"""The Lambda function of a service: one event in, one reply out, one log line between."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from lambda_lib._invocation import Invocation, invocation
from lambda_lib._request import Request, arguments
from lambda_lib._response import failure, success
from lambda_lib.access import Bearer, Signed, needs_user
from lambda_lib.errors import Forbidden, RouteError
from lambda_lib.identity import Identity
from lambda_lib.problems import as_service_error
from lambda_lib.routes import Route, Routes
from lambda_lib.telemetry import Outcome, Telemetry

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


class Handler[R]:
    """Answers API Gateway's events (REST API, Lambda proxy integration) with a service's routes.

    A request passes, in this order: route (404, 405), access (401, 403), body and parameters (415, 400), the route's
    function. Whatever is raised becomes a problem document; what nobody expected becomes a 500 that tells the caller
    nothing and the log everything but secrets.

    Args:
        routes: The service's routes.
        resources: What route functions work with.
        authenticate: Turns a user's token into an identity, or raises `Unauthenticated`; see `Authenticator`.
        clock: Seconds on a monotonic clock.

    Raises:
        RouteError: A route needs a user and `authenticate` is missing, or the resources are not the routes' kind.
    """

    def __init__(
        self,
        routes: Routes[R],
        *,
        resources: R,
        authenticate: Callable[[str], Identity] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not isinstance(resources, routes.resources):
            raise RouteError(f"the routes work with {routes.resources.__name__}, not with {type(resources).__name__}")
        for route in routes.all:
            if authenticate is None and needs_user(route.access):
                raise RouteError(f"{route.name}: authenticates a user, but the handler was given no authenticate=")
        self._routes = routes
        self._resources = resources
        self._authenticate = authenticate
        self._clock = clock
        self._telemetry = Telemetry(routes.title)

    def __call__(self, event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
        """Answer one event."""
        started = self._clock()
        request = Request.of(event)
        route: Route | None = None
        error = exception = None
        current = Invocation(request.correlation_id, started + context.get_remaining_time_in_millis() / 1000)
        with invocation(current):
            try:
                route, path_parameters = self._routes.match(
                    method=request.method,
                    path=request.path,
                    resource=request.resource,
                    path_parameters=request.path_parameters,
                )
                reply = success(
                    route, self._answer(route, request, path_parameters), correlation_id=request.correlation_id
                )
            except Exception as caught:  # noqa: BLE001  the outermost handler: Lambda would answer 502 and say nothing
                exception, error = caught, as_service_error(caught)
                reply = failure(error, correlation_id=request.correlation_id)
        self._telemetry.record(
            Outcome(
                route=route.name if route else NO_ROUTE,
                status=reply["statusCode"],
                duration_ms=(self._clock() - started) * 1000,
                correlation_id=request.correlation_id,
                request_id=context.aws_request_id,
                caller=request.caller,
                error=error,
                exception=exception,
                calls=current.calls,
            ),
            secrets=request.secrets,
        )
        return reply

    def _answer(self, route: Route, request: Request, path_parameters: Mapping[str, str]) -> Any:
        identity = self._identity(route, request)
        signature = route.signature
        found = arguments(request, path_parameters, signature)
        if signature.identity:
            found[signature.identity] = identity
        if signature.resources:
            found[signature.resources] = self._resources
        return route.function(**found)

    def _identity(self, route: Route, request: Request) -> Identity | None:
        if isinstance(route.access, Signed) and request.caller is None:
            # API Gateway names the principal of a request whose signature it checked. A method that was deployed
            # without AWS_IAM by mistake stays shut.
            raise Forbidden("The request has to be signed.")
        if self._authenticate is None or not needs_user(route.access):
            return None
        return self._authenticate(request.bearer_token() if isinstance(route.access, Bearer) else request.user_token())
