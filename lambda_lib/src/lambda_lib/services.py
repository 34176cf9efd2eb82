"""Signed calls to other services."""

import math
import os
import random
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import urllib3
from botocore.retries.quota import RetryQuota
from botocore.session import Session
from pydantic import BaseModel
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError
from urllib3.exceptions import TimeoutError as TimedOut

from lambda_lib._breaker import CircuitBreaker
from lambda_lib._connections import ADDRESSES, pool_manager, read_body
from lambda_lib._deadline import DeadlineExceeded, time_left_s
from lambda_lib._invocation import Call, Invocation, current_invocation
from lambda_lib._request import CORRELATION_HEADER
from lambda_lib._sigv4 import Unsigned, json_body, signed_headers
from lambda_lib._urls import ServiceUrls
from lambda_lib.errors import ServiceError, ServiceUnavailable, UnexpectedReply
from lambda_lib.reply import Reply

_IDEMPOTENT = frozenset({"GET", "PUT", "DELETE"})
_UNAVAILABLE = frozenset(  # not 500: a service says it of a request, and answers
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
_NO_ANSWER = "A service this one depends on does not answer."

_ATTEMPTS = 2
_PAUSE_S = 0.1  # at most, before the second attempt
_SHORTEST_S = 0.05  # in less than this, no attempt is worth making
_FAIR_S = 0.5  # a service that does not answer in less may be well

# The retry quota of the AWS SDKs' standard mode, with botocore's figures (botocore.retries.standard): a retry takes 14
# of 500 tokens and gives them back if it succeeds; a call that needs none gives 1.
_RETRY_COST = 14
_NO_RETRY_INCREMENT = 1

# Envoy's number of gateway failures in a row (outlier detection, `consecutive_gateway_failure`), and Hystrix's sleep
# window (`circuitBreaker.sleepWindowInMilliseconds`): to probe costs one request of this process one timeout.
_FAILURES = 5
_OPEN_S = 5.0

_TRACE_HEADER = "X-Amzn-Trace-Id"
_TRACE_VARIABLE = "_X_AMZN_TRACE_ID"


class _Failure(NamedTuple):
    """An attempt that brought no reply.

    Attributes:
        outcome: HTTP status, or the name of what went wrong.
        error: What the caller is told if it was the last.
        again: Whether another attempt may help, and does no harm.
    """

    outcome: int | str
    error: ServiceError
    again: bool = False


class _Health(NamedTuple):
    """What earlier calls to a service mean for the next."""

    breaker: CircuitBreaker
    retries: RetryQuota


class ServiceClient:
    """Calls other services, signed with this function's own credentials (SigV4, `execute-api`).

    The URL of a service is its parameter `/<environment>/<service>/url`, read at the first call and kept; after a call
    that found nobody there it is read again, at most every five seconds.

    A call never outlives the invocation: its timeouts, its pause and the reading of the URL are cut to what Lambda
    leaves. (Beyond reach are the look-up of a host's name, which has no timeout, and headers that drip in, of which
    each silence is bounded and not the whole; API Gateway sends them at once.) A reply larger than API Gateway can send
    is not read to its end.

    What failed before it reached the service is tried once more, after a random pause ("full jitter"); so is an
    idempotent call that timed out or met a 502, 503 or 504, unless the service said `Retry-After`. Retries are paid
    from a budget per service, which successes fill: a service in trouble is not given twice its load. After five
    failures in a row (no connection, no reply in time, 429, 502, 503, 504) a service is left alone, but for one call in
    five seconds that finds out whether it is back.

    Each call is told in the log line of the invocation and carries its correlation id and its trace header. Threads may
    share a client. Lambda runs Python one request at a time in a process, on Managed Instances too (developer guide,
    "Python runtime for Lambda Managed Instances"); a thread that a service starts itself knows its invocation if it
    runs in a copy of its context: `executor.submit(contextvars.copy_context().run, function)`.

    Environment variables, read at each call:
        _X_AMZN_TRACE_ID: Lambda's trace header of the invocation.

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
        self._urls = ServiceUrls(environment=environment, region=region, session=self._session, clock=clock)
        self._pool = pool or pool_manager()
        self._timeout_s = timeout_s
        self._clock = clock
        self._pause = pause
        self._health: dict[str, _Health] = {}

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
            headers: Further headers. With `Authorization`, as a user's bearer token for a route that takes one, the
                call is not signed: a request has one or the other.
            body: Sent as JSON; members of a model that are None are left out.
            idempotent: Whether the call may be repeated; by default what HTTP says of the method.

        Returns:
            The reply, whose status may well tell of an error on our side (4xx).

        Raises:
            ServiceUnavailable: The service cannot be found, cannot be reached in time, says 429 or 5xx, or did so too
                often lately to be asked.
            UnexpectedReply: The reply is larger than API Gateway can send.
            ValueError: A path parameter would make the call one of another route.
        """
        current = current_invocation()
        # A space as %20: that is what the server signs, whichever way it was sent.
        target = template.format_map({name: _segment(name, value) for name, value in (path or {}).items()}) + (
            f"?{urlencode(query, quote_via=quote)}" if query else ""
        )
        sent = _headers(current, has_body=body is not None)
        sent.update(headers or {})
        content = json_body(body)
        repeatable = method in _IDEMPOTENT if idempotent is None else idempotent
        health = self._health_of(service)
        started = self._clock()
        attempts = 0
        outcome: int | str = "circuit open"
        try:
            if probe_in_s := health.breaker.admit():
                raise ServiceUnavailable(_NO_ANSWER, retry_after_s=math.ceil(probe_in_s))
            while True:
                outcome = outcome if attempts else "no URL"
                request = Unsigned(method, self._urls.url(service) + target, sent, content)
                outcome = "not sent"  # unless it is: there may be no credentials, or a header that cannot be sent
                attempts += 1
                answer = self._attempt(service, request, health.breaker, repeatable=repeatable)
                if isinstance(answer, Reply):
                    outcome = answer.status
                    health.retries.release(_NO_RETRY_INCREMENT if attempts == 1 else _RETRY_COST)
                    return answer
                outcome = answer.outcome
                if not (answer.again and attempts < _ATTEMPTS and self._retry(health)):
                    raise answer.error
        finally:
            duration_ms = round((self._clock() - started) * 1000, 3)
            current.calls.append(Call(service, f"{method} {template}", outcome, attempts, duration_ms))

    def _health_of(self, service: str) -> _Health:
        known = self._health.get(service)
        if known is None:
            breaker = CircuitBreaker(failures=_FAILURES, open_s=_OPEN_S, clock=self._clock)
            known = self._health.setdefault(service, _Health(breaker, RetryQuota()))
        return known

    def _retry(self, health: _Health) -> bool:
        """Whether there is to be another attempt, after the pause before it."""
        pause_s = random.uniform(0, _PAUSE_S)  # noqa: S311  spreads retries, guards nothing
        left_s = time_left_s(self._clock)
        if health.breaker.is_open or (left_s is not None and left_s < pause_s + _SHORTEST_S):
            return False
        if not health.retries.acquire(_RETRY_COST):
            return False
        self._pause(pause_s)
        return True

    def _attempt(
        self, service: str, request: Unsigned, breaker: CircuitBreaker, *, repeatable: bool
    ) -> Reply | _Failure:
        """Send a request once."""
        headers = request.headers
        if "Authorization" not in headers:
            headers = signed_headers(request, session=self._session, region=self._region)
        left_s = time_left_s(self._clock)
        timeout_s = self._timeout_s if left_s is None else min(self._timeout_s, left_s)
        if timeout_s < _SHORTEST_S:
            return _Failure("no time left", DeadlineExceeded(_NO_ANSWER))
        sent_at = self._clock()
        try:
            response = self._pool.request(
                request.method,
                request.url,
                body=request.body,
                headers=headers,
                timeout=urllib3.Timeout(connect=timeout_s / ADDRESSES, total=timeout_s),
                retries=False,
                redirect=False,
                preload_content=False,
            )
            body = read_body(response, until=sent_at + timeout_s, clock=self._clock)
        except HTTPError as error:
            outcome = type(error).__name__
            refused = isinstance(error, NewConnectionError)
            if isinstance(error, TimedOut) and not refused and timeout_s < min(self._timeout_s, _FAIR_S):
                return _Failure(outcome, DeadlineExceeded(_NO_ANSWER))
            breaker.failed()
            unreached = isinstance(error, ConnectTimeoutError)  # which a refused connection is, too
            if unreached:
                self._urls.doubt(service)
            return _Failure(outcome, ServiceUnavailable(_NO_ANSWER), again=unreached or repeatable)
        return self._judged(service, response, body, breaker, repeatable=repeatable)

    def _judged(
        self,
        service: str,
        response: urllib3.BaseHTTPResponse,
        body: bytes | None,
        breaker: CircuitBreaker,
        *,
        repeatable: bool,
    ) -> Reply | _Failure:
        """What a response says: of the request, or of the service."""
        status, headers = response.status, response.headers
        if status in _UNAVAILABLE:
            breaker.failed()
            error = ServiceUnavailable(_NO_ANSWER, retry_after_s=_retry_after_s(headers))
            told = status == HTTPStatus.TOO_MANY_REQUESTS or "Retry-After" in headers
            return _Failure(status, error, again=repeatable and not told)
        breaker.succeeded()
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return _Failure(status, ServiceUnavailable(_NO_ANSWER))
        if body is None:
            return _Failure("too large", UnexpectedReply("A service this one depends on gave too large a reply."))
        # API Gateway's answer where there is no such stage (re:Post, "How do I troubleshoot HTTP 403 errors from API
        # Gateway?"). A route that is refused or unknown is of another type.
        if status == HTTPStatus.FORBIDDEN and headers.get("x-amzn-ErrorType") == "ForbiddenException":
            self._urls.doubt(service)
        return Reply(status, body, headers)


def _headers(current: Invocation, *, has_body: bool) -> urllib3.HTTPHeaderDict:
    """The headers that every call carries, of which a caller's own take the place in any spelling."""
    headers = urllib3.HTTPHeaderDict()
    if has_body:
        headers["Content-Type"] = "application/json"
    if current.correlation_id:
        headers[CORRELATION_HEADER] = current.correlation_id
    if trace := os.environ.get(_TRACE_VARIABLE):
        headers[_TRACE_HEADER] = trace  # left out of the signature by botocore's signer: it may change on the way
    return headers


def _retry_after_s(headers: Mapping[str, str]) -> int:
    """Seconds of a service's `Retry-After`; 1 where it gives none, or a date, or an absurd number."""
    text = headers.get("Retry-After", "")
    return int(text) if text.isdecimal() and 1 <= len(text) <= len("3600") else 1


def _segment(name: str, value: str) -> str:
    """A path parameter, encoded.

    Raises:
        ValueError: It is empty or a dot segment, which clients and servers take out of a path (RFC 3986 section 5.2.4),
            some of them even where it is encoded.
    """
    if value in {"", ".", ".."}:
        raise ValueError(f"the path parameter {name!r} is empty or a dot segment")
    return quote(value, safe="")
