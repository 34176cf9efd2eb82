"""The response of a Lambda proxy integration, from what the function returned.

Follows https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
#api-gateway-simple-proxy-for-lambda-output-format. No field is mandatory, but any other field makes it malformed.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any

from sandbox.gateway.messages import Request, Response
from sandbox.gateway.proxy_event import is_binary

_FIELDS = frozenset({"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"})
_REMAPPED = frozenset({"connection", "content-length", "date", "server"})
_DROPPED = "transfer-encoding"
_BODILESS = (204, 304)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class MalformedError(Exception):
    """What the function returned is not a proxy response."""


def proxy_response(payload: bytes, request: Request, *, binary_media_types: frozenset[str]) -> Response:
    """Makes the response.

    Args:
        payload: What the function returned.
        request: The request, whose Accept header says whether a binary body is decoded.
        binary_media_types: The API's binary media types.

    Raises:
        MalformedError: It is not a proxy response.
    """
    try:
        document = json.loads(payload)
    except (ValueError, RecursionError):
        raise MalformedError("it is not JSON") from None
    if not isinstance(document, dict):
        raise MalformedError("it is not an object")
    if unknown := document.keys() - _FIELDS:
        raise MalformedError(f"it has a field that is none of a proxy response: {min(unknown)}")
    status = _status(document.get("statusCode"))
    headers = _headers(document.get("headers"), document.get("multiValueHeaders"))
    body = _body(document, request, binary_media_types)
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    return Response(status, tuple(headers), b"" if status in _BODILESS else body)


def _status(value: Any) -> int:
    if value is None:
        return 200
    try:
        status = int(value)
    except (OverflowError, TypeError, ValueError):
        raise MalformedError(f"statusCode is {value!r}") from None
    if not 200 <= status <= 599:  # noqa: PLR2004  # the range of HTTP, without those that announce another response
        raise MalformedError(f"statusCode is {status}")
    return status


def _headers(single: Any, multiple: Any) -> list[tuple[str, str]]:
    for fields in (single, multiple):
        if fields is not None and not isinstance(fields, Mapping):
            raise MalformedError("headers are not an object")
    # Where both name a header, only the multiple values count.
    lists = {name: [value] for name, value in (single or {}).items()}
    for name, values in (multiple or {}).items():
        if not isinstance(values, list):
            raise MalformedError(f"the values of header {name} are not a list")
        lists = {other: kept for other, kept in lists.items() if other.lower() != name.lower()}
        lists[name] = values
    return [
        (_name(name), _value(name, value))
        for name, values in lists.items()
        if name.lower() != _DROPPED
        for value in values
    ]


def _name(name: str) -> str:
    if not _TOKEN.fullmatch(name):
        raise MalformedError(f"{name!r} is not the name of a header")
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
    return f"x-amzn-Remapped-{name}" if name.lower() in _REMAPPED else name


def _value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int):
        raise MalformedError(f"the value of header {name} is not a string")
    text = str(value)
    if _CONTROL.search(text):
        raise MalformedError(f"the value of header {name} has control characters")
    return text


def _body(document: Mapping[str, Any], request: Request, binary_media_types: frozenset[str]) -> bytes:
    body = document.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise MalformedError("body is not a string")
    accepted = (request.header("accept") or "").partition(",")[0]
    if document.get("isBase64Encoded") and binary_media_types and is_binary(accepted, binary_media_types):
        try:
            return base64.b64decode(body, validate=True)
        except binascii.Error:
            raise MalformedError("body is not Base64") from None
    return body.encode()
