"""Replies in the form that API Gateway's Lambda proxy integrations take, of both payload formats."""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import TypeAdapter

from lambda_lib._accept import choose
from lambda_lib._function_signature import JSON
from lambda_lib._request import CORRELATION_HEADER, Request
from lambda_lib.errors import NotAcceptable, ServiceError
from lambda_lib.problems import CONTENT_TYPE, problem
from lambda_lib.response import Response
from lambda_lib.routes import Route

type Reply = dict[str, Any]
type Renderer = Callable[[Request, Any], Reply]

# What ends a header, and would begin another one that a client has written (RFC 9110 section 5.5).
_ends_header = re.compile(r"[\r\n\0]").search

# Replies hold tokens and people's data: nobody on the way stores them.
_HEADERS: Mapping[str, str] = {"Cache-Control": "no-store"}


def failure(request: Request, error: ServiceError) -> Reply:
    """The reply that tells of an error."""
    document = json.dumps(problem(error, correlation_id=request.correlation_id))
    return _reply(request, error.status, {**_HEADERS, "Content-Type": CONTENT_TYPE, **error.headers}, document)


def bodiless(request: Request, status: int, headers: Mapping[str, str]) -> Reply:
    """A reply without a body."""
    return _reply(request, status, {**_HEADERS, **headers}, "")


class Renderers:
    """What makes a reply of a route's success: one for each media type, to be chosen before the function is called.

    A renderer raises `TypeError` or pydantic's error for a result that is not of the declared type.

    Args:
        route: The route.

    Attributes:
        preferred: The one where the caller accepts anything.
        is_negotiated: Whether there are several.
    """

    def __init__(self, route: Route) -> None:
        self._by_media_type = _renderers(route)
        self._offered = list(self._by_media_type)
        self.preferred = self._by_media_type[self._offered[0]]
        self.is_negotiated = len(self._offered) > 1

    def chosen(self, request: Request) -> Renderer:
        """The one that the caller likes best.

        Raises:
            NotAcceptable: There is none that the caller accepts.
        """
        accept = request.headers.get("accept") or "*/*"
        media_type = self._offered[0] if accept == "*/*" else choose(accept, self._offered)
        if media_type is None:
            raise NotAcceptable(f"This route answers with {', '.join(self._offered)}.")
        return self._by_media_type[media_type]


def _renderers(route: Route) -> dict[str, Renderer]:
    """By media type, the preferred one first."""
    signature = route.signature
    found: dict[str, Renderer] = {}
    if signature.response is None or route.produces is None:
        found[""] = lambda request, _result: _reply(request, route.status, _HEADERS, "")
    else:
        headers = {**_HEADERS, "Vary": "Accept"} if route.representations else _HEADERS
        if route.produces == JSON:
            found[JSON] = _json_renderer(route.status, headers, signature.response)
        else:
            same = _only(signature.returned)
            found[route.produces] = _content_renderer(route.status, headers, route.produces, same)
        for media_type, make in route.representations.items():
            found[media_type] = _content_renderer(route.status, headers, media_type, make)
    if signature.returns_response:
        return {media_type: _response_renderer(route, render) for media_type, render in found.items()}
    return found


def _json_renderer(status: int, headers: Mapping[str, str], adapter: TypeAdapter[Any]) -> Renderer:
    to_json = adapter.serializer.to_json
    headers = {**headers, "Content-Type": JSON}
    may_be_none = adapter.validator.isinstance_python(None)

    def render(request: Request, result: Any) -> Reply:
        if result is None and not may_be_none:  # a forgotten return: pydantic writes null for it without a word
            raise TypeError("returned None, where something else is declared")
        return {  # as `_reply` does, without the detour: this is what most replies are
            "statusCode": status,
            "headers": {**headers, CORRELATION_HEADER: request.correlation_id},
            "body": to_json(result, by_alias=True).decode(),
            "isBase64Encoded": False,
        }

    return render


def _content_renderer(
    status: int, headers: Mapping[str, str], media_type: str, make: Callable[[Any], str | bytes]
) -> Renderer:
    is_plain_text = media_type.startswith("text/") and "charset" not in media_type
    headers = {**headers, "Content-Type": f"{media_type}; charset=utf-8" if is_plain_text else media_type}

    def render(request: Request, result: Any) -> Reply:
        content = make(result)
        if isinstance(content, str):
            return _reply(request, status, headers, content)
        return _reply(request, status, headers, b64encode(content).decode(), is_base64=True)

    return render


def _only(kind: type[str] | type[bytes]) -> Callable[[Any], str | bytes]:
    def same(result: Any) -> Any:
        if not isinstance(result, kind):
            raise TypeError(f"returned {type(result).__name__}, where {kind.__name__} is declared")
        return result

    return same


def _response_renderer(route: Route, render: Renderer) -> Renderer:
    """A renderer of what comes in a `Response`."""

    def render_response(request: Request, response: Any) -> Reply:
        if not isinstance(response, Response):
            raise TypeError(f"returned {type(response).__name__}, where a Response is declared")
        if isinstance(response.cookies, str):
            raise TypeError("returned a Response whose cookies are one text, where there should be a list")
        if response.status in {None, route.status}:
            reply = render(request, response.body)
        elif response.status in route.statuses and response.body is None:
            reply = bodiless(request, response.status, {})
        else:
            raise TypeError(f"returned a Response that is not declared: status {response.status}")
        if any(map(_ends_header, (*response.headers, *response.headers.values(), *response.cookies))):
            raise ValueError("returned a Response with a line's end in a header or a cookie")
        own = {name.lower() for name in response.headers}
        others = {name: value for name, value in reply["headers"].items() if name.lower() not in own}
        reply["headers"] = {**others, **response.headers}
        if response.cookies:
            request.set_cookies(reply, response.cookies)
        return reply

    return render_response


def _reply(request: Request, status: int, headers: Mapping[str, str], body: str, *, is_base64: bool = False) -> Reply:
    return {
        "statusCode": status,
        "headers": {**headers, CORRELATION_HEADER: request.correlation_id},
        "body": body,
        "isBase64Encoded": is_base64,
    }
