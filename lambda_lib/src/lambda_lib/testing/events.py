"""The events in which HTTP requests reach a Lambda function, in every format that a handler reads.

Sources:
    REST API: "Input format of a Lambda function for proxy integration", API Gateway developer guide.
    HTTP API: "Payload format version" under "Create AWS Lambda proxy integrations for HTTP APIs", the same guide.
    Function URL: "Request payload format" under "Invoking Lambda function URLs", Lambda developer guide.

What a REST API has no value for is null; the later formats leave it out. A REST API and a function URL pass the path as
it was sent; an HTTP API passes it, and the path parameters, percent-decoded, in both of its formats
(https://github.com/aws-powertools/powertools-lambda-python/issues/1098).
"""

import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args
from urllib.parse import parse_qs, unquote, urlsplit

from lambda_lib.testing.callers import ACCOUNT_ID, REGION, account_of, principal_id

type Kind = Literal["rest", "rest-proxy", "http", "http-1.0", "function-url"]
"""What sends the event: a REST API, also behind `/{proxy+}`, an HTTP API in either of its formats, a function URL."""

KINDS: tuple[Kind, ...] = get_args(Kind.__value__)

_SOURCE_IP = "192.0.2.1"
_USER_AGENT = "test/1.0"
_REQUEST_ID = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
_ACCESS_KEY_ID = "ASIAIOSFODNN7EXAMPLE"
_API_ID = "a1b2c3d4e5"
_TIME = "15/Jan/2027:08:00:00 +0000"
_TIME_EPOCH_MS = 1_800_000_000_000
_PROXY = "/{proxy+}"
_DEFAULT = "$default"


@dataclass(frozen=True, slots=True)
class _Request:
    """A request as a client sends it, and where it ends up.

    Attributes:
        method: HTTP method.
        path: Path, encoded, without the stage.
        query: Query string, encoded.
        headers: Values by name.
        body: The body as handed over.
        body_is_base64: Whether it is encoded.
        caller: ARN of the principal whose signature was checked.
        resource: Template of the route; `$default` for the one that takes what no other does.
        path_parameters: Values of the template's parameters, encoded.
        stage: Name of the stage.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, Sequence[str]]
    body: str | None
    body_is_base64: bool
    caller: str | None
    resource: str
    path_parameters: Mapping[str, str]
    stage: str

    @property
    def parameters(self) -> dict[str, list[str]]:
        """Values of the query parameters by name, decoded."""
        return parse_qs(self.query, keep_blank_values=True)

    @property
    def stage_path(self) -> str:
        """The path with the stage, which the `$default` stage is not part of."""
        return self.path if self.stage == _DEFAULT else f"/{self.stage}{self.path}"


def an_event(  # noqa: PLR0913  these are the parts of an HTTP request
    method: str = "GET",
    target: str = "/",
    *,
    kind: Kind = "rest",
    resource: str | None = None,
    path_parameters: Mapping[str, str] | None = None,
    headers: Mapping[str, str | Sequence[str]] | None = None,
    cookies: Mapping[str, str] | None = None,
    body: Any = None,
    caller: str | None = None,
    stage: str | None = None,
) -> dict[str, Any]:
    """An event with every member that a real one has, and the headers that API Gateway adds.

    Args:
        method: HTTP method.
        target: Path and query string, encoded; a repeated parameter has several values.
        kind: What sends the event.
        resource: Template that API Gateway matched; if not given, that of the route that takes everything: `/{proxy+}`
            or `$default`.
        path_parameters: Path parameters that API Gateway found, encoded; by default what `target` has in the places of
            `resource`.
        headers: Request headers; a header sent more than once has a sequence of values. A body that is not text has a
            JSON content type besides.
        cookies: Values of cookies by name.
        body: Text as it is, bytes in base64, anything else as JSON.
        caller: ARN of the principal whose signature was checked (AWS_IAM).
        stage: Name of the stage; by default `live` of a REST API and `$default` of an HTTP API.

    Raises:
        ValueError: The target does not fit the resource.
    """
    parts = urlsplit(target)
    rest = kind in {"rest", "rest-proxy"}
    host = f"{_API_ID}.{'lambda-url' if kind == 'function-url' else 'execute-api'}.{REGION}" + (
        ".on.aws" if kind == "function-url" else ".amazonaws.com"
    )
    catch_all = _PROXY if rest else _DEFAULT
    found = catch_all if resource is None or kind in {"rest-proxy", "function-url"} else resource
    text, is_base64 = _body(body)
    request = _Request(
        method=method,
        path=parts.path,
        query=parts.query,
        headers=_headers(headers or {}, cookies or {}, host=host, is_json=not isinstance(body, str | bytes | None)),
        body=text,
        body_is_base64=is_base64,
        caller=caller,
        resource=found,
        path_parameters=_path_parameters(found, parts.path) if path_parameters is None else path_parameters,
        stage=stage or ("live" if rest else _DEFAULT),
    )
    match kind:
        case "rest" | "rest-proxy":
            return _rest_event(request, host)
        case "http-1.0":
            return _http_api_event_1(request, host)
        case "http":
            return _http_api_event_2(request, host)
        case "function-url":
            return _function_url_event(request, host)


def _body(body: Any) -> tuple[str | None, bool]:
    match body:
        case None | str():
            return body, False
        case bytes():
            return b64encode(body).decode(), True
        case _:
            return json.dumps(body), False


def _headers(
    given: Mapping[str, str | Sequence[str]], cookies: Mapping[str, str], *, host: str, is_json: bool
) -> dict[str, list[str]]:
    added = {
        "Host": host,
        "User-Agent": _USER_AGENT,
        "X-Amzn-Trace-Id": "Root=1-6b49d200-0123456789abcdef01234567",
        "X-Forwarded-For": _SOURCE_IP,
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
        **({"Content-Type": "application/json"} if is_json else {}),
        **({"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}),
    }
    names = {name.lower() for name in given}
    headers = {name: [value] for name, value in added.items() if name.lower() not in names}
    return headers | {name: [value] if isinstance(value, str) else list(value) for name, value in given.items()}


def _path_parameters(resource: str, path: str) -> dict[str, str]:
    if resource == _DEFAULT or (resource, path) == (_PROXY, "/"):
        return {}

    def group(placeholder: re.Match[str]) -> str:
        return f"(?P<{placeholder[1]}>{'.*' if placeholder[2] else '[^/]*'})"

    found = re.fullmatch(re.sub(r"\\{(\w+)(\\\+)?\\}", group, re.escape(resource)), path)
    if found is None:
        raise ValueError(f"the path {path} does not fit {resource}")
    return found.groupdict()


def _lower_case(headers: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    return {name.lower(): values for name, values in headers.items()}


def _decoded(path_parameters: Mapping[str, str]) -> dict[str, str]:
    return {name: unquote(value) for name, value in path_parameters.items()}


def _rest_event(request: _Request, host: str) -> dict[str, Any]:
    return {
        "resource": request.resource,
        "path": request.path,
        **_payload_1(request, request.headers, request.path_parameters),
        "requestContext": {
            "resourceId": "abc123",
            "resourcePath": request.resource,
            "path": request.stage_path,
            **_context_1(request, host),
        },
    }


def _http_api_event_1(request: _Request, host: str) -> dict[str, Any]:
    path = unquote(request.stage_path)
    return {
        "version": "1.0",
        "resource": request.resource,
        "path": path,
        **_payload_1(request, _lower_case(request.headers), _decoded(request.path_parameters)),
        "requestContext": {
            "authorizer": {"claims": None, "scopes": None},
            "resourceId": None,
            "resourcePath": request.resource,
            "path": path,
            **_context_1(request, host),
        },
    }


def _payload_1(
    request: _Request, headers: Mapping[str, Sequence[str]], path_parameters: Mapping[str, str]
) -> dict[str, Any]:
    parameters = request.parameters
    return {
        "httpMethod": request.method,
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": {name: list(values) for name, values in headers.items()},
        "queryStringParameters": {name: values[-1] for name, values in parameters.items()} or None,
        "multiValueQueryStringParameters": parameters or None,
        "pathParameters": dict(path_parameters) or None,
        "stageVariables": None,
        "body": request.body,
        "isBase64Encoded": request.body_is_base64,
    }


def _context_1(request: _Request, host: str) -> dict[str, Any]:
    caller = request.caller
    return {
        "accountId": ACCOUNT_ID,
        "apiId": _API_ID,
        "domainName": host,
        "domainPrefix": _API_ID,
        "extendedRequestId": "JJbExampleHYosFVYQ=",
        "httpMethod": request.method,
        "identity": {
            "accessKey": caller and _ACCESS_KEY_ID,
            "accountId": caller and account_of(caller),
            "caller": caller and principal_id(caller),
            "cognitoAuthenticationProvider": None,
            "cognitoAuthenticationType": None,
            "cognitoIdentityId": None,
            "cognitoIdentityPoolId": None,
            "principalOrgId": None,
            "sourceIp": _SOURCE_IP,
            "user": caller and principal_id(caller),
            "userAgent": _USER_AGENT,
            "userArn": caller,
        },
        "protocol": "HTTP/1.1",
        "requestId": _REQUEST_ID,
        "requestTime": _TIME,
        "requestTimeEpoch": _TIME_EPOCH_MS,
        "stage": request.stage,
    }


def _http_api_event_2(request: _Request, host: str) -> dict[str, Any]:
    route_key = request.resource if request.resource == _DEFAULT else f"{request.method} {request.resource}"
    path_parameters = _decoded(request.path_parameters)
    return _payload_2(request, host, path=unquote(request.stage_path), route_key=route_key, account=ACCOUNT_ID) | (
        {"pathParameters": path_parameters} if path_parameters else {}
    )


def _function_url_event(request: _Request, host: str) -> dict[str, Any]:
    account = account_of(request.caller) if request.caller else "anonymous"
    return _payload_2(request, host, path=request.path, route_key=_DEFAULT, account=account)


def _payload_2(request: _Request, host: str, *, path: str, route_key: str, account: str) -> dict[str, Any]:
    headers = _lower_case(request.headers)
    cookies = [cookie for line in headers.pop("cookie", ()) for cookie in line.split("; ")]
    parameters = request.parameters
    context = {
        "accountId": account,
        "apiId": _API_ID,
        **({"authorizer": {"iam": _iam(request.caller)}} if request.caller else {}),
        "domainName": host,
        "domainPrefix": _API_ID,
        "http": {
            "method": request.method,
            "path": path,
            "protocol": "HTTP/1.1",
            "sourceIp": _SOURCE_IP,
            "userAgent": _USER_AGENT,
        },
        "requestId": _REQUEST_ID,
        "routeKey": route_key,
        "stage": request.stage,
        "time": _TIME,
        "timeEpoch": _TIME_EPOCH_MS,
    }
    return {
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": path,
        "rawQueryString": request.query,
        **({"cookies": cookies} if cookies else {}),
        "headers": {name: ",".join(values) for name, values in headers.items()},
        **(
            {"queryStringParameters": {name: ",".join(values) for name, values in parameters.items()}}
            if parameters
            else {}
        ),
        "requestContext": context,
        **({} if request.body is None else {"body": request.body}),
        "isBase64Encoded": request.body_is_base64,
    }


def _iam(caller: str) -> dict[str, Any]:
    return {
        "accessKey": _ACCESS_KEY_ID,
        "accountId": account_of(caller),
        "callerId": principal_id(caller),
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": caller,
        "userId": principal_id(caller),
    }
