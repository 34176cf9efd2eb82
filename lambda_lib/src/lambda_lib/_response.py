"""Replies in the form that API Gateway's Lambda proxy integration takes."""

import json
from typing import Any

from lambda_lib._request import CORRELATION_HEADER
from lambda_lib.errors import ServiceError
from lambda_lib.problems import CONTENT_TYPE, problem
from lambda_lib.routes import Route


def success(route: Route, result: Any, *, correlation_id: str) -> dict[str, Any]:
    """The reply that carries what a route function returned.

    Raises:
        pydantic_core.PydanticSerializationError: The result is not of the declared type.
    """
    response = route.signature.response
    if response is None:
        return _reply(route.status, "", correlation_id)
    body = response.dump_json(result, by_alias=True, warnings="error").decode()
    return _reply(route.status, body, correlation_id, {"Content-Type": "application/json"})


def failure(error: ServiceError, *, correlation_id: str) -> dict[str, Any]:
    """The reply that tells of an error."""
    body = json.dumps(problem(error, correlation_id=correlation_id))
    return _reply(error.status, body, correlation_id, {"Content-Type": CONTENT_TYPE, **error.headers})


def _reply(status: int, body: str, correlation_id: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "statusCode": status,
        # Replies hold tokens and people's data: nobody on the way stores them.
        "headers": {"Cache-Control": "no-store", CORRELATION_HEADER: correlation_id, **(headers or {})},
        "body": body,
        "isBase64Encoded": False,
    }
