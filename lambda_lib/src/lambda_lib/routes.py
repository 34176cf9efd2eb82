"""Routes: which function answers which method and path, compiled while the declaring module is imported."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Required, TypedDict, Unpack

from lambda_lib._function_signature import JSON, Signature, read_signature
from lambda_lib.access import Access, needs_user
from lambda_lib.cors import Cors
from lambda_lib.errors import RouteError, ServiceError, UnknownRoute

# API Gateway, "Important notes for REST APIs": a segment is of these characters, or is one placeholder as a whole.
_SEGMENT = re.compile(r"[A-Za-z0-9.,_-]+|\{[A-Za-z_][A-Za-z0-9_]*\}")
_BODILESS_METHODS = frozenset({"GET", "DELETE"})
_BODILESS_STATUSES = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT, HTTPStatus.NOT_MODIFIED})


class RouteOptions(TypedDict, total=False):
    """What a route declares besides its method, path and function.

    Attributes:
        access: Who may call it.
        status: HTTP status of a success; 200 if not given, or 204 where the function returns nothing.
        statuses: Further statuses, without a body, that a returned `Response` may carry: 304 for example.
        errors: Errors that the function raises, for the contract.
        condition_failed: What DynamoDB's refusal of a condition tells the caller: `NotFound`, `Conflict`,
            `PreconditionFailed` or a leaf of the service's own. It counts as one of the `errors`. Without it, such a
            refusal is a 500.
        produces: Media type of what the function returns as `str` or `bytes`, in place of JSON.
        representations: Further media types of the same result, each with what makes it out of the result. The caller's
            `Accept` chooses; JSON is the default.
        max_body_bytes: Size in bytes of the largest body taken; that of the `Routes` if not given.
        idempotent: Whether a request with an `Idempotency-Key` is carried out once only, however often it is sent.
    """

    access: Required[Access]
    status: int
    statuses: Sequence[int]
    errors: Sequence[type[ServiceError]]
    condition_failed: type[ServiceError]
    produces: str
    representations: Mapping[str, Callable[[Any], str | bytes]]
    max_body_bytes: int
    idempotent: bool


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path; the attributes that are not told here are those of `RouteOptions`.

    Attributes:
        method: HTTP method, upper case.
        template: Path with placeholders, for example `/locations/{user_id}`.
        function: The function that answers.
        signature: What the function takes and returns.
        produces: Media type of a success as the function returns it; None where it returns nothing.
    """

    method: str
    template: str
    function: Callable[..., Any]
    signature: Signature
    access: Access
    status: int
    statuses: tuple[int, ...]
    errors: tuple[type[ServiceError], ...]
    condition_failed: type[ServiceError] | None
    produces: str | None
    representations: Mapping[str, Callable[[Any], str | bytes]]
    max_body_bytes: int
    idempotent: bool

    @property
    def name(self) -> str:
        """The route in logs: its method and template, never a path that somebody sent."""
        return f"{self.method} {self.template}"


class Routes[R]:
    """The routes of a service.

    Args:
        title: Name of the service, for the contract.
        version: Version of the contract.
        resources: Type of what route functions work with: the service's own frozen dataclass.
        cors: Lets web pages of other origins use them.
        max_body_bytes: Size in bytes of the largest body that a route takes, unless it declares another.
    """

    def __init__(
        self,
        *,
        title: str,
        version: str,
        resources: type[R],
        cors: Cors | None = None,
        max_body_bytes: int = 1_000_000,
    ) -> None:
        self.title = title
        self.version = version
        self.resources = resources
        self.cors = cors
        self.max_body_bytes = max_body_bytes
        self._by_template: dict[str, dict[str, Route]] = {}
        self._patterns: list[tuple[re.Pattern[str], str]] = []

    @property
    def all(self) -> Sequence[Route]:
        """Every route, in the order of declaration."""
        return [route for methods in self._by_template.values() for route in methods.values()]

    @property
    def by_template(self) -> Mapping[str, Mapping[str, Route]]:
        """Every route, by its path template and method."""
        return MappingProxyType(self._by_template)

    def get[F: Callable[..., Any]](self, template: str, **options: Unpack[RouteOptions]) -> Callable[[F], F]:
        """Declare the function that answers GET; see `add`."""
        return self._decorator("GET", template, **options)

    def put[F: Callable[..., Any]](self, template: str, **options: Unpack[RouteOptions]) -> Callable[[F], F]:
        """Declare the function that answers PUT; see `add`."""
        return self._decorator("PUT", template, **options)

    def post[F: Callable[..., Any]](self, template: str, **options: Unpack[RouteOptions]) -> Callable[[F], F]:
        """Declare the function that answers POST; see `add`."""
        return self._decorator("POST", template, **options)

    def patch[F: Callable[..., Any]](self, template: str, **options: Unpack[RouteOptions]) -> Callable[[F], F]:
        """Declare the function that answers PATCH; see `add`."""
        return self._decorator("PATCH", template, **options)

    def delete[F: Callable[..., Any]](self, template: str, **options: Unpack[RouteOptions]) -> Callable[[F], F]:
        """Declare the function that answers DELETE; see `add`."""
        return self._decorator("DELETE", template, **options)

    def add(self, method: str, template: str, function: Callable[..., Any], **options: Unpack[RouteOptions]) -> None:
        """Add a route.

        Args:
            method: HTTP method.
            template: Path; each `{name}` in it is an argument of the function.
            function: Answers the route. Its arguments are told by their annotations: one named in the template is a
                path parameter, `Annotated[T, Query()]`, `Annotated[T, Header()]` and `Annotated[T, Body()]` are what
                they say, a pydantic model is the body, `Identity` the authenticated user, the resources' type the
                resources. It returns the body of a success, or a `Response`.
            options: See `RouteOptions`.

        Raises:
            RouteError: The declaration cannot work.
        """
        name = f"{function.__module__}.{function.__qualname__}"
        if "access" not in options:
            raise RouteError(f"{name}: declares no access")
        signature = read_signature(function, placeholders=_placeholders(template, name), resources=self.resources)
        route = self._route(method, template, function, signature, options)
        for mistake in _mistakes(route):
            raise RouteError(f"{name}: {mistake}")
        methods = self._by_template.setdefault(template, {})
        if method in methods:
            raise RouteError(f"{name}: {method} {template} is declared already")
        if not methods:
            self._patterns.append((_pattern(template), template))
            # A literal segment goes before a placeholder in the same place, as in API Gateway.
            self._patterns.sort(key=lambda item: ["{" in segment for segment in item[1].split("/")])
        methods[method] = route

    def find(self, path: str) -> tuple[str, dict[str, str]]:
        """The template that a path fits, and its path parameters as they stand in the path.

        Raises:
            UnknownRoute: There is none.
        """
        for pattern, template in self._patterns:
            if found := pattern.fullmatch(path):
                return template, found.groupdict()
        raise UnknownRoute("No route has this path.")

    def _decorator[F: Callable[..., Any]](
        self, method: str, template: str, **options: Unpack[RouteOptions]
    ) -> Callable[[F], F]:
        if "access" not in options:  # before there is a function to name
            raise RouteError(f"{method} {template}: declares no access")

        def declare(function: F) -> F:
            self.add(method, template, function, **options)
            return function

        return declare

    def _route(
        self,
        method: str,
        template: str,
        function: Callable[..., Any],
        signature: Signature,
        options: RouteOptions,
    ) -> Route:
        errors = list(options.get("errors", ()))
        condition_failed = options.get("condition_failed")
        if condition_failed and condition_failed not in errors:
            errors.append(condition_failed)
        nothing = signature.response is None
        return Route(
            method=method,
            template=template,
            function=function,
            signature=signature,
            access=options["access"],
            status=int(options.get("status", HTTPStatus.NO_CONTENT if nothing else HTTPStatus.OK)),
            statuses=tuple(map(int, options.get("statuses", ()))),
            errors=tuple(errors),
            condition_failed=condition_failed,
            produces=options.get("produces", None if nothing else JSON),
            representations=MappingProxyType(dict(options.get("representations", {}))),
            max_body_bytes=options.get("max_body_bytes", self.max_body_bytes),
            idempotent=options.get("idempotent", False),
        )


def _mistakes(route: Route) -> Sequence[str]:
    """What is wrong with a route's declaration."""
    signature = route.signature
    text = signature.returned in (str, bytes)
    checks = {
        "takes an Identity, but its access authenticates no user": signature.identity and not needs_user(route.access),
        f"{route.method} carries no body": signature.body and route.method in _BODILESS_METHODS,
        f"status {route.status} and its return type disagree: 204 goes with None, and 200 does not": (
            route.status == HTTPStatus.OK if signature.response is None else route.status in _BODILESS_STATUSES
        ),
        "a status of 400 and more is an error's: raise it": any(
            status >= HTTPStatus.BAD_REQUEST for status in (route.status, *route.statuses)
        ),
        "statuses= are for what a returned Response carries, and it returns none": (
            route.statuses and not signature.returns_response
        ),
        "returns bytes, but produces= names no media type": signature.returned is bytes and route.produces == JSON,
        "produces= is the media type of a str or of bytes, and it returns neither": (
            route.produces not in (None, JSON) and not text
        ),
        "representations= are made of what it returns, and it returns nothing": (
            route.representations and signature.response is None
        ),
        "condition_failed= has to be made without arguments": not _is_made_of_nothing(route.condition_failed),
        "idempotent= is for writes": route.idempotent and route.method == "GET",
    }
    return [mistake for mistake, made in checks.items() if made]


def _is_made_of_nothing(error: type[ServiceError] | None) -> bool:
    try:
        if error is not None:
            error()
    except TypeError:
        return False
    return True


def _placeholders(template: str, name: str) -> frozenset[str]:
    segments = template.removeprefix("/").split("/")
    if not template.startswith("/") or (template != "/" and not all(map(_SEGMENT.fullmatch, segments))):
        raise RouteError(f"{name}: {template!r} is not a path that API Gateway accepts")
    found = [segment[1:-1] for segment in segments if segment.startswith("{")]
    if len(found) != len(set(found)):
        raise RouteError(f"{name}: {template!r} names a placeholder twice")
    return frozenset(found)


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(template)))
