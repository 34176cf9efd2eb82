"""Signed calls to other services."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import urllib3
from botocore.session import Session
from pydantic import BaseModel, ValidationError
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from lambda_lib._invocation import Call, Invocation, current_invocation
from lambda_lib._request import CORRELATION_HEADER
from lambda_lib._sigv4 import Unsigned, json_body, signed_headers
from lambda_lib._urls import ServiceUrls
from lambda_lib.errors import ServiceUnavailable, UnexpectedReply

_IDEMPOTENT = frozenset({"GET", "PUT", "DELETE"})
_TRANSIENT = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})
_ATTEMPTS = 2
_PAUSE_S = 0.1  # at most, before the second attempt
_RESERVE_S = 0.2  # of Lambda's time, for our own reply
_SHORTEST_S = 0.05  # in less than this, no attempt is worth making


@dataclass(frozen=True, slots=True)
class Reply:
    """What another service answered, other than that it cannot answer.

    Attributes:
        status: HTTP status, below 500 and not 429.
        body: The body as sent.
    """

    status: int
    body: bytes

    def read[M: BaseModel](self, model: type[M]) -> M:
        """The body as a model.

        Raises:
            UnexpectedReply: It is something else.
        """
        try:
            return model.model_validate_json(self.body)
        except ValidationError as error:
            raise UnexpectedReply("A service this one depends on gave an unexpected reply.") from error


class ServiceClient:
    """Calls other services, signed with this function's own credentials (SigV4, `execute-api`).

    The URL of a service is its parameter `/<environment>/<service>/url`, read at the first call and kept. A call never
    outlives the invocation: its timeout is cut to what Lambda leaves. What failed before it reached the service is
    tried once more; so is an idempotent call that timed out or met a 502, 503 or 504, unless the service said
    `Retry-After`. Each call is told in the log line of the invocation and carries its correlation id.

    Args:
        environment: Name of the environment.
        region: AWS region.
        session: Session for credentials and the parameter store; one of its own if not given.
        pool: Connections.
        timeout_s: Seconds that one attempt may take.
        clock: Seconds on the clock of `time.monotonic`.
        pause: Waits for a number of seconds.
    """

    def __init__(
        self,
        *,
        environment: str,
        region: str,
        session: Session | None = None,
        pool: urllib3.PoolManager | None = None,
        timeout_s: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._region = region
        self._session = session or Session()
        self._urls = ServiceUrls(environment=environment, region=region, session=self._session)
        self._pool = pool or urllib3.PoolManager(retries=False)
        self._timeout_s = timeout_s
        self._clock = clock
        self._pause = pause

    def call(  # noqa: PLR0913  these are the parts of an HTTP request
        self,
        service: str,
        method: str,
        template: str,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: BaseModel | Mapping[str, Any] | None = None,
        idempotent: bool | None = None,
    ) -> Reply:
        """Call a route of another service.

        Args:
            service: Name of the service.
            method: HTTP method.
            template: Path, with `{placeholders}` that `path` fills.
            path: Path parameters, unencoded; none may be empty, `.` or `..`.
            query: Query parameters, unencoded.
            headers: Further headers.
            body: Sent as JSON; members of a model that are None are left out.
            idempotent: Whether the call may be repeated; by default what HTTP says of the method.

        Returns:
            The reply, whose status may well tell of an error on our side (4xx).

        Raises:
            ServiceUnavailable: The service cannot be found, cannot be reached in time, or says 429 or 5xx.
            ValueError: A path parameter would make the call one of another route.
        """
        current = current_invocation()
        filled = template.format_map({name: _segment(name, value) for name, value in (path or {}).items()})
        repeatable = method in _IDEMPOTENT if idempotent is None else idempotent
        started = self._clock()
        attempts = 0
        outcome: int | str = "no URL"
        try:
            request = Unsigned(
                method=method,
                # A space as %20: that is what the server signs, whichever way it was sent.
                url=self._urls.url(service) + filled + (f"?{urlencode(query, quote_via=quote)}" if query else ""),
                headers={
                    **({"Content-Type": "application/json"} if body is not None else {}),
                    **({CORRELATION_HEADER: current.correlation_id} if current.correlation_id else {}),
                    **(headers or {}),
                },
                body=json_body(body),
            )
            while True:
                attempts += 1
                reply, outcome, again = self._attempt(request, current, repeatable=repeatable)
                if reply is not None:
                    return reply
                if not again or attempts == _ATTEMPTS:
                    raise ServiceUnavailable("A service this one depends on does not answer.")
                self._pause(random.uniform(0, _PAUSE_S))  # noqa: S311  spreads retries, guards nothing
        finally:
            duration_ms = round((self._clock() - started) * 1000, 3)
            current.calls.append(Call(service, f"{method} {template}", outcome, attempts, duration_ms))

    def _attempt(
        self, request: Unsigned, current: Invocation, *, repeatable: bool
    ) -> tuple[Reply | None, int | str, bool]:
        """Send a request once: the reply if it is one, how it went, whether trying again may help."""
        timeout_s = self._timeout_s
        remaining_s = current.remaining_s(self._clock)
        if remaining_s is not None:
            timeout_s = min(timeout_s, remaining_s - _RESERVE_S)
        if timeout_s < _SHORTEST_S:
            return None, "no time left", False
        headers = signed_headers(request, session=self._session, region=self._region)
        try:
            response = self._pool.request(
                request.method,
                request.url,
                body=request.body,
                headers=headers,
                timeout=urllib3.Timeout(total=timeout_s),
                retries=False,
                redirect=False,
            )
        except (NewConnectionError, ConnectTimeoutError) as error:  # the service has not seen the request
            return None, type(error).__name__, True
        except HTTPError as error:
            return None, type(error).__name__, repeatable
        if response.status in _TRANSIENT and "Retry-After" not in response.headers:
            return None, response.status, repeatable
        if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR or response.status == HTTPStatus.TOO_MANY_REQUESTS:
            return None, response.status, False
        return Reply(response.status, response.data), response.status, False


def _segment(name: str, value: str) -> str:
    """A path parameter, encoded.

    Raises:
        ValueError: It is empty or a dot segment, which clients and servers take out of a path (RFC 3986 section 5.2.4),
            some of them even where it is encoded.
    """
    if value in {"", ".", ".."}:
        raise ValueError(f"the path parameter {name!r} is empty or a dot segment")
    return quote(value, safe="")
