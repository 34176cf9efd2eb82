"""Handler utilities for Lambda microservices: routing, validation, authentication, signed calls, metrics.

Development-time parts (`lambda_lib.contract`, `lambda_lib.bundle`, `lambda_lib.cli`) are imported by their own names
and never by a handler. What calls other services is imported when it is first asked for: a service that calls none
does not wait for it at its cold start.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from lambda_lib.access import Access, Bearer, Public, Signed
from lambda_lib.cors import Cors
from lambda_lib.dynamodb import dynamodb_client
from lambda_lib.errors import (
    Conflict,
    FieldError,
    Forbidden,
    IdempotencyKeyReused,
    InvalidRequest,
    MalformedBody,
    MalformedEvent,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    RequestInProgress,
    RequestTooLarge,
    RouteError,
    ServiceError,
    ServiceUnavailable,
    Throttled,
    Unauthenticated,
    UnexpectedReply,
    UnknownRoute,
    UnsupportedMediaType,
)
from lambda_lib.handler import Handler, LambdaContext
from lambda_lib.identity import Identity
from lambda_lib.parameters import Body, Header, Query, SourceIp
from lambda_lib.problems import Problem, ProblemField
from lambda_lib.response import Response
from lambda_lib.routes import Route, Routes
from lambda_lib.settings import Settings
from lambda_lib.telemetry import Telemetry, annotate, count, measure

if TYPE_CHECKING:
    from lambda_lib.authentication import Authenticator
    from lambda_lib.reply import Reply
    from lambda_lib.services import ServiceClient

__all__ = [
    "Access",
    "Authenticator",
    "Bearer",
    "Body",
    "Conflict",
    "Cors",
    "FieldError",
    "Forbidden",
    "Handler",
    "Header",
    "IdempotencyKeyReused",
    "Identity",
    "InvalidRequest",
    "LambdaContext",
    "MalformedBody",
    "MalformedEvent",
    "MethodNotAllowed",
    "NotAcceptable",
    "NotFound",
    "PreconditionFailed",
    "PreconditionRequired",
    "Problem",
    "ProblemField",
    "Public",
    "Query",
    "Reply",
    "RequestInProgress",
    "RequestTooLarge",
    "Response",
    "Route",
    "RouteError",
    "Routes",
    "ServiceClient",
    "ServiceError",
    "ServiceUnavailable",
    "Settings",
    "Signed",
    "SourceIp",
    "Telemetry",
    "Throttled",
    "Unauthenticated",
    "UnexpectedReply",
    "UnknownRoute",
    "UnsupportedMediaType",
    "annotate",
    "count",
    "dynamodb_client",
    "measure",
]

_WHEN_ASKED_FOR = {
    "Authenticator": "lambda_lib.authentication",
    "Reply": "lambda_lib.reply",
    "ServiceClient": "lambda_lib.services",
}


def __getattr__(name: str) -> object:
    if name not in _WHEN_ASKED_FOR:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_WHEN_ASKED_FOR[name]), name)
    return found
