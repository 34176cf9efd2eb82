"""The errors a service raises, as one tree; `problems.py` is the one place that translates them for the wire.

```
ServiceError                500 internal_error
├── InvalidRequest          400 invalid_request
│   ├── MalformedBody       400 malformed_body
│   └── MalformedEvent      400 malformed_event
├── Unauthenticated         401 unauthenticated
├── Forbidden               403 forbidden
├── NotFound                404 not_found
│   └── UnknownRoute        404 unknown_route
├── MethodNotAllowed        405 method_not_allowed
├── NotAcceptable           406 not_acceptable
├── Conflict                409 conflict
│   └── RequestInProgress   409 request_in_progress
├── PreconditionFailed      412 precondition_failed
├── RequestTooLarge         413 request_too_large
├── UnsupportedMediaType    415 unsupported_media_type
├── IdempotencyKeyReused    422 idempotency_key_reused
├── PreconditionRequired    428 precondition_required
├── UnexpectedReply         502 unexpected_reply
└── ServiceUnavailable      503 service_unavailable
    └── Throttled           503 throttled
```

A service may add a leaf of its own: a subclass that sets `status` and `code`. `RouteError` stands outside the
tree: it reports a mistake in a route's declaration, at import, to the developer.
"""

# ruff: noqa: N818  an error is named after what happened, as in httpx and in HTTP itself

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar, Literal


class RouteError(TypeError):
    """A route is declared in a way that cannot work; raised while the module that declares it is imported."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with one field of a request.

    Attributes:
        location: Where, as a dotted path that starts with `path`, `query`, `header` or `body`.
        message: What, for the person who wrote the request; never the rejected value.
    """

    location: str
    message: str


class ServiceError(Exception):
    """An error with an HTTP status and a stable code.

    Args:
        detail: What happened, for the caller: it is sent as it is, so it holds nothing internal.

    Attributes:
        status: HTTP status of the reply.
        code: Stable, machine-readable name of the kind of error.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"

    def __init_subclass__(cls) -> None:
        """Refuse a leaf whose status has no name, which would fail the reply that tells of it."""
        super().__init_subclass__()
        if cls.status not in HTTPStatus or cls.status < HTTPStatus.BAD_REQUEST:
            raise RouteError(f"{cls.__qualname__}: {cls.status} is no status of an error in HTTP")

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers that the reply carries besides the problem document."""
        return {}

    @property
    def errors(self) -> Sequence[FieldError]:
        """The fields at fault, where there are any."""
        return ()


class InvalidRequest(ServiceError):
    """The request does not match the route's declaration; every field at fault is listed."""

    status = 400
    code = "invalid_request"

    def __init__(self, detail: str = "The request is not valid.", *, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self._errors = tuple(errors)

    @property
    def errors(self) -> Sequence[FieldError]:
        """The fields at fault."""
        return self._errors


class MalformedBody(InvalidRequest):
    """The body is not a JSON document."""

    code = "malformed_body"


class MalformedEvent(InvalidRequest):
    """The function was invoked with something that is no request."""

    code = "malformed_event"

    def __init__(self) -> None:
        super().__init__("The event is not one of an HTTP request.")


class Unauthenticated(ServiceError):
    """The caller shows no valid token."""

    status = 401
    code = "unauthenticated"

    @property
    def headers(self) -> Mapping[str, str]:
        """The challenge that RFC 9110 section 15.5.2 asks for.

        API Gateway sends it on as `x-amzn-Remapped-WWW-Authenticate` (its page "Important notes for REST APIs").
        """
        return {"WWW-Authenticate": "Bearer"}


class Forbidden(ServiceError):
    """The caller is known and may not do this."""

    status = 403
    code = "forbidden"


class NotFound(ServiceError):
    """The thing asked for does not exist."""

    status = 404
    code = "not_found"


class UnknownRoute(NotFound):
    """No route has this path."""

    code = "unknown_route"


class MethodNotAllowed(ServiceError):
    """The path is known, the method is not.

    Args:
        allowed: Methods the path knows.
    """

    status = 405
    code = "method_not_allowed"

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__("This path does not answer the method.")
        self._allowed = ", ".join(sorted(allowed))

    @property
    def headers(self) -> Mapping[str, str]:
        """The methods that would do (RFC 9110 section 15.5.6)."""
        return {"Allow": self._allowed}


class NotAcceptable(ServiceError):
    """The route has no representation of a media type that the caller accepts."""

    status = 406
    code = "not_acceptable"


class Conflict(ServiceError):
    """The state of the thing does not allow this."""

    status = 409
    code = "conflict"


class RequestInProgress(Conflict):
    """A request with this `Idempotency-Key` is being carried out.

    Args:
        detail: What happened, for the caller.
        retry_after_s: Seconds after which trying again makes sense.
    """

    code = "request_in_progress"

    def __init__(
        self, detail: str = "A request with this Idempotency-Key is being carried out.", *, retry_after_s: int = 1
    ) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s

    @property
    def headers(self) -> Mapping[str, str]:
        """When to try again (RFC 9110 section 10.2.3)."""
        return {"Retry-After": str(self.retry_after_s)}


class PreconditionFailed(ServiceError):
    """The thing is not in the state that the caller named, by `If-Match` for example."""

    status = 412
    code = "precondition_failed"


class RequestTooLarge(ServiceError):
    """The body is larger than the route takes."""

    status = 413
    code = "request_too_large"


class UnsupportedMediaType(ServiceError):
    """The body is of a media type that the route does not take."""

    status = 415
    code = "unsupported_media_type"


class IdempotencyKeyReused(ServiceError):
    """The `Idempotency-Key` belongs to another request than this one."""

    status = 422
    code = "idempotency_key_reused"


class PreconditionRequired(ServiceError):
    """The route needs `If-Match`, so that no write is lost (RFC 6585 section 3)."""

    status = 428
    code = "precondition_required"


class UnexpectedReply(ServiceError):
    """Another service answered what its contract does not say."""

    status = 502
    code = "unexpected_reply"


class ServiceUnavailable(ServiceError):
    """Something this service depends on does not answer for now.

    Args:
        detail: What happened, for the caller.
        retry_after_s: Seconds after which trying again makes sense.
    """

    status = 503
    code = "service_unavailable"

    def __init__(self, detail: str = "The service is temporarily unavailable.", *, retry_after_s: int = 1) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s

    @property
    def headers(self) -> Mapping[str, str]:
        """When to try again (RFC 9110 section 10.2.3)."""
        return {"Retry-After": str(self.retry_after_s)}


class Throttled(ServiceUnavailable):
    """The database refuses requests beyond its capacity.

    Args:
        causes: Reasons as DynamoDB names them, for example `TableReadProvisionedThroughputExceeded`;
            for logs and metrics, never sent to the caller.
        retry_after_s: Seconds after which trying again makes sense.
    """

    code = "throttled"

    def __init__(self, causes: Sequence[str] = (), *, retry_after_s: int = 1) -> None:
        super().__init__(
            "The service is receiving more requests than it has capacity for.", retry_after_s=retry_after_s
        )
        self.causes = tuple(causes)

    @property
    def kinds(self) -> frozenset[Literal["capacity", "hot_key"]]:
        """What it takes to end it: more capacity (or a higher limit), or another choice of keys.

        By the last part of a reason (DynamoDB API reference, `ThrottlingReason`). Empty where DynamoDB gave no reason.
        """
        return frozenset(
            kind for cause in self.causes for ending, kind in _KINDS_OF_THROTTLING.items() if cause.endswith(ending)
        )


_KINDS_OF_THROTTLING: Mapping[str, Literal["capacity", "hot_key"]] = {
    "ProvisionedThroughputExceeded": "capacity",
    "AccountLimitExceeded": "capacity",
    "MaxOnDemandThroughputExceeded": "capacity",
    "KeyRangeThroughputExceeded": "hot_key",
}
