"""API Gateway's own refusals, in the form of our problems.

Types and default statuses: API Gateway developer guide, "Gateway response types". The templates know plain variable
substitution only ("x-amazon-apigateway-gateway-responses.responseTemplates object"); `$context.error.messageString`
comes with its quotation marks. `$context.error.validationErrorString` would tell more, but holds quotation marks that
nobody escapes.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from lambda_lib._cors import CorsHeaders
from lambda_lib.cors import Cors
from lambda_lib.problems import CONTENT_TYPE

# Response type -> (default status, code). API_CONFIGURATION_ERROR is left to the default: a malformed reply of the
# function is a 502 and would become a 500.
_TYPES = {
    "ACCESS_DENIED": (403, "forbidden"),
    "BAD_REQUEST_BODY": (400, "invalid_request"),
    "BAD_REQUEST_PARAMETERS": (400, "invalid_request"),
    "EXPIRED_TOKEN": (403, "expired_signature"),
    "INTEGRATION_FAILURE": (504, "integration_failure"),
    "INTEGRATION_TIMEOUT": (504, "integration_timeout"),
    "INVALID_SIGNATURE": (403, "invalid_signature"),
    "MISSING_AUTHENTICATION_TOKEN": (403, "missing_authentication"),
    "REQUEST_TOO_LARGE": (413, "request_too_large"),
    "RESOURCE_NOT_FOUND": (404, "unknown_route"),
    "THROTTLED": (429, "too_many_requests"),
    "UNSUPPORTED_MEDIA_TYPE": (415, "unsupported_media_type"),
}
# The fallbacks stand for several statuses, so their problems name none (RFC 9457 section 3.1: it is optional).
_FALLBACKS = {
    "DEFAULT_4XX": ("The request was refused", "request_refused"),
    "DEFAULT_5XX": ("The request failed", "internal_error"),
}


def gateway_responses(cors: Cors | None = None) -> dict[str, Any]:
    """The value of `x-amazon-apigateway-gateway-responses`.

    Args:
        cors: Which pages of other origins may read them. Of several origins none can: API Gateway can send a header
            that it is told, or one of the request's, but compares nothing.
    """
    headers = {"Cache-Control": "no-store", "Content-Type": CONTENT_TYPE, **_cors_headers(cors)}
    responses = {
        name: {"statusCode": str(status), **_response(HTTPStatus(status).phrase, code, headers, status)}
        for name, (status, code) in _TYPES.items()
    }
    responses["THROTTLED"]["responseParameters"]["gatewayresponse.header.Retry-After"] = "'1'"
    fallbacks = {name: _response(title, code, headers) for name, (title, code) in _FALLBACKS.items()}
    return dict(sorted({**responses, **fallbacks}.items()))


def _cors_headers(cors: Cors | None) -> Mapping[str, str]:
    if cors is None or len(cors.origins) > 1:
        return {}
    reply: dict[str, Any] = {"headers": {}}
    CorsHeaders(cors).add(reply, origin=cors.origins[0])
    return dict(reply["headers"])


def _response(title: str, code: str, headers: Mapping[str, str], status: int | None = None) -> dict[str, Any]:
    members = [("type", '"about:blank"'), ("title", json.dumps(title))]
    if status is not None:
        members.append(("status", str(status)))
    members += [
        ("detail", "$context.error.messageString"),
        ("code", json.dumps(code)),
        ("correlation_id", '"$context.requestId"'),
    ]
    return {
        "responseParameters": {f"gatewayresponse.header.{name}": f"'{value}'" for name, value in headers.items()},
        # Keyed by what a client accepts, with application/json as the fallback; the header above corrects the type.
        "responseTemplates": {
            "application/json": "{" + ", ".join(f'"{name}": {value}' for name, value in members) + "}"
        },
    }
