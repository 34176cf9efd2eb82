"""Builders of what Lambda passes to a handler, for tests.

Development-time only: no handler imports this module.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

CALLER = "arn:aws:sts::123456789012:assumed-role/dev-caller-function/dev-caller"


@dataclass(frozen=True, slots=True)
class Context:
    """The context of an invocation.

    Attributes:
        aws_request_id: Id of the invocation.
        remaining_ms: Milliseconds until Lambda ends it.
    """

    aws_request_id: str = "11111111-2222-3333-4444-555555555555"
    remaining_ms: int = 10_000

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the invocation."""
        return self.remaining_ms


def an_event(
    method: str = "GET",
    target: str = "/",
    *,
    resource: str | None = None,
    path_parameters: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    body: Any = None,
    caller: str | None = None,
) -> dict[str, Any]:
    """An event of a REST API with Lambda proxy integration.

    Args:
        method: HTTP method.
        target: Path and query string, encoded.
        resource: Template that API Gateway matched; if not given, it is as behind `/{proxy+}`.
        path_parameters: Path parameters that API Gateway found, encoded.
        headers: Request headers; a body that is not text has a JSON content type besides.
        body: Text as it is, or what is to be sent as JSON.
        caller: ARN of the principal whose signature API Gateway checked.

    Returns:
        The event, after "Input format of a Lambda function for proxy integration" in API Gateway's developer guide.
    """
    parts = urlsplit(target)
    query: Mapping[str, Sequence[str]] = parse_qs(parts.query, keep_blank_values=True)
    sent = dict(headers or {})
    if body is not None and not isinstance(body, str):
        sent = {"Content-Type": "application/json", **sent}
        body = json.dumps(body)
    return {
        "resource": resource or "/{proxy+}",
        "path": parts.path,
        "httpMethod": method,
        "headers": sent or None,
        "multiValueHeaders": {name: [value] for name, value in sent.items()} or None,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": dict(path_parameters) if path_parameters else None,
        "stageVariables": None,
        "requestContext": {
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "stage": "live",
            "httpMethod": method,
            "path": f"/live{parts.path}",
            "resourcePath": resource or "/{proxy+}",
            "identity": {"userArn": caller, "sourceIp": "192.0.2.1"},
        },
        "body": body,
        "isBase64Encoded": False,
    }
