"""The event of a Lambda proxy integration of a REST API.

Follows https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
#api-gateway-simple-proxy-for-lambda-input-format. Path and path parameters are passed on as they were sent, query
parameters decoded; of repeated ones the single-value maps hold the last.
"""

import base64
import functools
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from sandbox.access.signature import Authenticated
from sandbox.gateway.exchange import Exchange
from sandbox.gateway.messages import Request, media_type

# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
_DROPPED = frozenset(
    {
        "connection",
        "content-length",
        "content-md5",
        "expect",
        "max-forwards",
        "proxy-authenticate",
        "server",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "www-authenticate",
    }
)


def proxy_event(exchange: Exchange, *, binary_media_types: frozenset[str]) -> bytes:
    """The event for a request, as JSON."""
    request, method = exchange.request, exchange.route.method
    headers = _headers(exchange)
    query = _lists(parse_qsl(request.query, keep_blank_values=True))
    body, encoded = _body(request, binary_media_types)
    event = {
        "resource": method.resource,
        "path": exchange.path,
        "httpMethod": request.method,
        "headers": _last(headers),
        "multiValueHeaders": headers,
        "queryStringParameters": _last(query) or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": exchange.route.path_parameters or None,
        "stageVariables": exchange.stage_variables or None,
        "requestContext": _request_context(exchange),
        "body": body,
        "isBase64Encoded": encoded,
    }
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def resource_id(resource: str) -> str:
    """The id of a resource: six characters, as on AWS, and the same each time."""
    return hashlib.sha256(resource.encode()).hexdigest()[:6]


def caller_id(caller: Authenticated) -> str:
    """The unique id of a caller: of the role and the session, or of the user."""
    principal = caller.principal
    digest = base64.b32encode(hashlib.sha256((principal.role_arn or principal.arn).encode()).digest()).decode()[:17]
    return f"AIDA{digest}" if principal.role_arn is None else f"AROA{digest}:{principal.arn.rsplit('/', 1)[1]}"


def request_time(at: float) -> str:
    """A time in the common log format, which `$context.requestTime` has."""
    return _second(int(at))


@functools.lru_cache(maxsize=16)
def _second(at_s: int) -> str:
    return f"{datetime.fromtimestamp(at_s, UTC):%d/%b/%Y:%H:%M:%S} +0000"


def _request_context(exchange: Exchange) -> Mapping[str, Any]:
    domain = exchange.domain_name
    return {
        "resourceId": resource_id(exchange.route.method.resource),
        "resourcePath": exchange.route.method.resource,
        "httpMethod": exchange.request.method,
        "extendedRequestId": exchange.extended_request_id,
        "requestTime": request_time(exchange.at),
        "path": exchange.request.path,
        "accountId": exchange.account_id,
        "protocol": "HTTP/1.1",
        "stage": exchange.stage,
        "domainPrefix": domain.partition(".")[0],
        "requestTimeEpoch": int(exchange.at * 1000),
        "requestId": exchange.request_id,
        "identity": _identity(exchange),
        "domainName": domain,
        "deploymentId": exchange.api_id[:6],
        "apiId": exchange.api_id,
    }


def _identity(exchange: Exchange) -> Mapping[str, str | None]:
    caller = exchange.caller
    known = None if caller is None else caller_id(caller)
    return {
        "cognitoIdentityPoolId": None,
        "accountId": None if caller is None else caller.principal.account_id,
        "cognitoIdentityId": None,
        "caller": known,
        "sourceIp": exchange.request.source_ip,
        "principalOrgId": None,
        "accessKey": None if caller is None else caller.credentials.access_key_id,
        "cognitoAuthenticationType": None,
        "cognitoAuthenticationProvider": None,
        "userArn": None if caller is None else caller.principal.arn,
        "userAgent": exchange.request.header("user-agent"),
        "user": known,
    }


def _headers(exchange: Exchange) -> dict[str, list[str]]:
    request = exchange.request
    # A signature is for the gateway only.
    dropped = _DROPPED if exchange.caller is None else _DROPPED | {"authorization"}
    headers: dict[str, list[str]] = {}
    spelled: dict[str, str] = {}
    for name, value in request.headers:
        lower = name.lower()
        if lower not in dropped and not lower.startswith("x-forwarded-") and lower != "x-amzn-trace-id":
            headers.setdefault(spelled.setdefault(lower, name), []).append(value)
    host = request.header("host") or ""
    forwarded_for = request.header("x-forwarded-for")
    headers["X-Amzn-Trace-Id"] = [exchange.trace_id]
    headers["X-Forwarded-For"] = [f"{forwarded_for}, {request.source_ip}" if forwarded_for else request.source_ip]
    # What is true here, where AWS has 443 and https, so that a URL made from them works.
    headers["X-Forwarded-Port"] = [host.rpartition(":")[2] if ":" in host else "80"]
    headers["X-Forwarded-Proto"] = ["http"]
    return headers


def _body(request: Request, binary_media_types: frozenset[str]) -> tuple[str | None, bool]:
    if not request.body:
        return None, False
    if is_binary(request.header("content-type"), binary_media_types):
        return base64.b64encode(request.body).decode(), True
    return request.body.decode(errors="replace"), False


def is_binary(content_type: str | None, binary_media_types: frozenset[str]) -> bool:
    """Whether a content type is one of the API's binary media types, of which `*/*` is every one."""
    return "*/*" in binary_media_types or media_type(content_type) in binary_media_types


def _lists(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    lists: dict[str, list[str]] = {}
    for name, value in pairs:
        lists.setdefault(name, []).append(value)
    return lists


def _last(lists: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: values[-1] for name, values in lists.items()}
