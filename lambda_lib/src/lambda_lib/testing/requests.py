"""Requests sent to a handler, and its replies read."""

import json
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from lambda_lib.testing.context import Context
from lambda_lib.testing.events import Kind, an_event

type ProxyReply = dict[str, Any]
"""What a handler returns, as API Gateway gets it."""

type Send = Callable[..., ProxyReply]
"""`send`, or the same with some of its arguments given."""


def send(  # noqa: PLR0913  these are the parts of an HTTP request
    handler: Callable[[Mapping[str, Any], Any], ProxyReply],
    route: str,
    *,
    kind: Kind = "rest",
    path: Mapping[str, str] | None = None,
    query: Mapping[str, str | Sequence[str]] | None = None,
    headers: Mapping[str, str | Sequence[str]] | None = None,
    cookies: Mapping[str, str] | None = None,
    body: Any = None,
    caller: str | None = None,
    context: Context | None = None,
) -> ProxyReply:
    """Sends a request to a handler as API Gateway, or a function URL, does.

    Args:
        handler: The handler.
        route: Method and template, such as `GET /locations/{user_id}`.
        kind: What sends the request.
        path: Values of the template's parameters, encoded.
        query: Query parameters, unencoded; a repeated one has a sequence of values.
        headers: Request headers; one sent more than once has a sequence of values.
        cookies: Values of cookies by name.
        body: Text as it is, bytes in base64, anything else as JSON.
        caller: ARN of the principal whose signature was checked.
        context: The invocation's context, if it matters.

    Returns:
        The handler's reply.
    """
    method, template = route.split(" ")
    target = template.format_map(path or {}) + (f"?{urlencode(query, doseq=True)}" if query else "")
    event = an_event(
        method, target, kind=kind, resource=template, headers=headers, cookies=cookies, body=body, caller=caller
    )
    return handler(event, context or Context())


def body_of(reply: ProxyReply, status: int = 200) -> Any:
    """The JSON document in a reply, whose status has to be the expected one."""
    assert reply["statusCode"] == status, reply["body"]  # noqa: S101  it is for tests
    return json.loads(b64decode(reply["body"]) if reply.get("isBase64Encoded") else reply["body"])


def assert_problem(reply: ProxyReply, status: int, code: str, location: str | None = None) -> dict[str, Any]:
    """Asserts that a reply is a problem document (RFC 9457), and gives the document.

    Args:
        reply: The reply.
        status: Its HTTP status, which the document repeats.
        code: The problem's code.
        location: Where one of the fields at fault is, such as `body.latitude`, or what that starts with.
    """
    problem: dict[str, Any] = body_of(reply, status)
    assert (problem["status"], problem["code"]) == (status, code)  # noqa: S101
    assert reply["headers"]["Content-Type"] == "application/problem+json"  # noqa: S101
    if location is not None:
        locations = [error["location"] for error in problem["errors"]]
        assert any(found.startswith(location) for found in locations), locations  # noqa: S101
    return problem
