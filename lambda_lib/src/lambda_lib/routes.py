"""Routes: which function answers which method and path, compiled while the declaring module is imported."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from lambda_lib._function_signature import Signature, read_signature
from lambda_lib.access import Access, needs_user
from lambda_lib.errors import MethodNotAllowed, RouteError, ServiceError, UnknownRoute

# API Gateway, "Important notes for REST APIs": a segment is of these characters, or is one placeholder as a whole.
_SEGMENT = re.compile(r"[A-Za-z0-9.,_-]+|\{[A-Za-z_][A-Za-z0-9_]*\}")
_BODILESS = frozenset({"GET", "DELETE"})


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path.

    Attributes:
        method: HTTP method, upper case.
        template: Path with placeholders, for example `/locations/{user_id}`.
        access: Who may call it.
        status: HTTP status of a success.
        errors: Errors that the function raises, for the contract.
        function: The function that answers.
        signature: What the function takes and returns.
    """

    method: str
    template: str
    access: Access
    status: int
    errors: tuple[type[ServiceError], ...]
    function: Callable[..., Any]
    signature: Signature

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
    """

    def __init__(self, *, title: str, version: str, resources: type[R]) -> None:
        self.title = title
        self.version = version
        self.resources = resources
        self._by_template: dict[str, dict[str, Route]] = {}
        self._patterns: list[tuple[re.Pattern[str], str]] = []

    @property
    def all(self) -> Sequence[Route]:
        """Every route, in the order of declaration."""
        return [route for methods in self._by_template.values() for route in methods.values()]

    def get[F: Callable[..., Any]](
        self, template: str, *, access: Access, status: int = 200, errors: Sequence[type[ServiceError]] = ()
    ) -> Callable[[F], F]:
        """Declare the function that answers GET; see `add`."""
        return self._decorator("GET", template, access, status, errors)

    def put[F: Callable[..., Any]](
        self, template: str, *, access: Access, status: int = 200, errors: Sequence[type[ServiceError]] = ()
    ) -> Callable[[F], F]:
        """Declare the function that answers PUT; see `add`."""
        return self._decorator("PUT", template, access, status, errors)

    def post[F: Callable[..., Any]](
        self, template: str, *, access: Access, status: int = 200, errors: Sequence[type[ServiceError]] = ()
    ) -> Callable[[F], F]:
        """Declare the function that answers POST; see `add`."""
        return self._decorator("POST", template, access, status, errors)

    def patch[F: Callable[..., Any]](
        self, template: str, *, access: Access, status: int = 200, errors: Sequence[type[ServiceError]] = ()
    ) -> Callable[[F], F]:
        """Declare the function that answers PATCH; see `add`."""
        return self._decorator("PATCH", template, access, status, errors)

    def delete[F: Callable[..., Any]](
        self, template: str, *, access: Access, status: int = 204, errors: Sequence[type[ServiceError]] = ()
    ) -> Callable[[F], F]:
        """Declare the function that answers DELETE; see `add`."""
        return self._decorator("DELETE", template, access, status, errors)

    def add(
        self,
        method: str,
        template: str,
        function: Callable[..., Any],
        *,
        access: Access,
        status: int,
        errors: Sequence[type[ServiceError]] = (),
    ) -> None:
        """Add a route.

        Args:
            method: HTTP method.
            template: Path; each `{name}` in it is an argument of the function.
            function: Answers the route. Its arguments are told by their annotations: one named in the template is a
                path parameter, `Annotated[T, Query()]` and `Annotated[T, Header()]` are what they say, a pydantic model
                is the body, `Identity` the authenticated user, the resources' type the resources.
            access: Who may call it.
            status: HTTP status of a success.
            errors: Errors that the function raises, for the contract.

        Raises:
            RouteError: The declaration cannot work.
        """
        name = f"{function.__module__}.{function.__qualname__}"
        placeholders = _placeholders(template, name)
        signature = read_signature(function, placeholders=placeholders, resources=self.resources)
        if signature.identity and not needs_user(access):
            raise RouteError(f"{name}: takes an Identity, but its access authenticates no user")
        if signature.body and method in _BODILESS:
            raise RouteError(f"{name}: {method} carries no body")
        if (signature.response is None) != (status == HTTPStatus.NO_CONTENT):
            raise RouteError(f"{name}: status {status} and its return type disagree: 204 goes with None, and only it")
        methods = self._by_template.setdefault(template, {})
        if method in methods:
            raise RouteError(f"{name}: {method} {template} is declared already")
        if not methods:
            self._patterns.append((_pattern(template), template))
            # A literal segment goes before a placeholder in the same place, as in API Gateway.
            self._patterns.sort(key=lambda item: ["{" in segment for segment in item[1].split("/")])
        methods[method] = Route(method, template, access, status, tuple(errors), function, signature)

    def match(
        self, *, method: str, path: str, resource: str | None, path_parameters: Mapping[str, str] | None
    ) -> tuple[Route, Mapping[str, str]]:
        """The route of a request, and its path parameters, decoded.

        Args:
            method: HTTP method.
            path: Path as the client sent it, still percent-encoded, without the stage.
            resource: Template that API Gateway matched, if it did.
            path_parameters: Path parameters as API Gateway found them, still percent-encoded.

        Raises:
            UnknownRoute: No route has the path.
            MethodNotAllowed: The path has no route for the method.
        """
        if resource in self._by_template:
            return self._route(resource, method), _decoded(path_parameters or {})
        # A greedy resource, a function URL or a custom domain: API Gateway matched no template of ours.
        for pattern, template in self._patterns:
            if found := pattern.fullmatch(path):
                return self._route(template, method), _decoded(found.groupdict())
        raise UnknownRoute("No route has this path.")

    def _route(self, template: str, method: str) -> Route:
        methods = self._by_template[template]
        if method not in methods:
            raise MethodNotAllowed(list(methods))
        return methods[method]

    def _decorator[F: Callable[..., Any]](
        self, method: str, template: str, access: Access, status: int, errors: Sequence[type[ServiceError]]
    ) -> Callable[[F], F]:
        def declare(function: F) -> F:
            self.add(method, template, function, access=access, status=status, errors=errors)
            return function

        return declare


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


def _decoded(parameters: Mapping[str, str]) -> Mapping[str, str]:
    # A REST API hands path parameters over percent-encoded, unlike query parameters and unlike an HTTP API.
    return {name: unquote(value) for name, value in parameters.items()}
