"""Handler utilities for Lambda microservices: routing, validation, authentication, signed calls, metrics.

Development-time parts (`lambda_lib.contract`, `lambda_lib.bundle`, `lambda_lib.cli`) are imported by their own names
and never by a handler.
"""

from lambda_lib.access import Access, Bearer, Public, Signed
from lambda_lib.authentication import Authenticator
from lambda_lib.dynamodb import dynamodb_client
from lambda_lib.errors import (
    Conflict,
    FieldError,
    Forbidden,
    InvalidRequest,
    MalformedBody,
    MethodNotAllowed,
    NotFound,
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
from lambda_lib.parameters import Header, Query
from lambda_lib.problems import Problem, ProblemField
from lambda_lib.routes import Route, Routes
from lambda_lib.services import Reply, ServiceClient
from lambda_lib.settings import Settings

__all__ = [
    "Access",
    "Authenticator",
    "Bearer",
    "Conflict",
    "FieldError",
    "Forbidden",
    "Handler",
    "Header",
    "Identity",
    "InvalidRequest",
    "LambdaContext",
    "MalformedBody",
    "MethodNotAllowed",
    "NotFound",
    "Problem",
    "ProblemField",
    "Public",
    "Query",
    "Reply",
    "Route",
    "RouteError",
    "Routes",
    "ServiceClient",
    "ServiceError",
    "ServiceUnavailable",
    "Settings",
    "Signed",
    "Throttled",
    "Unauthenticated",
    "UnexpectedReply",
    "UnknownRoute",
    "UnsupportedMediaType",
    "dynamodb_client",
]
