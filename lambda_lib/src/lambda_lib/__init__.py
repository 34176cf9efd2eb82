"""Handler utilities for Lambda microservices: routing, validation, authentication, signed calls, metrics.

Development-time parts (`lambda_lib.contract`, `lambda_lib.bundle`, `lambda_lib.cli`) are imported by their own names
and never by a handler.
"""

from lambda_lib.access import Access, Bearer, Public, Signed
from lambda_lib.authentication import Authenticator
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
from lambda_lib.reply import Reply
from lambda_lib.response import Response
from lambda_lib.routes import Route, Routes
from lambda_lib.services import ServiceClient
from lambda_lib.settings import Settings
from lambda_lib.telemetry import Telemetry, annotate, count, measure

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
