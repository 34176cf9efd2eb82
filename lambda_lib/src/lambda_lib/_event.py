"""The kinds of event that a handler answers, each read into a `Request`.

| event | path and its parameters are | path has the stage |
|---|---|---|
| of a REST API | percent-encoded | no |
| of an HTTP API, payload format 1.0 or 2.0 | decoded | unless it is `$default` |
| of a Lambda function URL | percent-encoded | no |

Sources: API Gateway developer guide, "Input format of a Lambda function for proxy integration" (REST) and "Create AWS
Lambda proxy integrations for HTTP APIs" (both payload formats); Lambda developer guide, "Invoking Lambda function
URLs". They do not say what is decoded: that was seen in recorded events (middleapi/standard-server pull request 93,
aws/aws-lambda-dotnet pull request 1901), and so was the stage in the path (aws-powertools/powertools-lambda-python
issue 621).

Events are read as if they were well-formed, so that those which are cost little: see `is_event`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from lambda_lib._request import Request

# Whoever sends a correlation id writes into our logs: nothing but these, and not much of it.
_is_correlation_id = re.compile(r"[A-Za-z0-9._-]{1,64}").fullmatch

UNKNOWN = "unknown"
_DEFAULT_STAGE = "$default"
_MAX_NAMES = 256
_MAX_NAME = 64  # characters


class _LowerCase(dict[str, str]):
    """Names of headers in lower case: the same few come with every request, and are quicker to look up than to make.

    Clients choose the names, so that it does not grow without bounds.
    """

    def __missing__(self, name: str) -> str:
        lower_case = name.lower()
        if len(self) < _MAX_NAMES and len(name) <= _MAX_NAME:
            self[name] = lower_case
        return lower_case


_LOWER_CASE = _LowerCase()


def is_event(event: object) -> bool:
    """Whether what is read of an event is there, and of the type that its kind promises.

    Asked when a request has failed for a reason that nobody expected: the event may have been the reason.
    """
    if not isinstance(event, Mapping):
        return False
    context = event.get("requestContext") or {}
    if not isinstance(context, Mapping) or not _has_callers(context):
        return False
    if "httpMethod" in event:
        texts = [event["httpMethod"], event.get("path")]
    else:
        http = context.get("http")
        method = http.get("method") if isinstance(http, Mapping) else None
        texts = [method, event.get("rawPath"), event.get("rawQueryString", "")]
    return (
        all(isinstance(text, str) for text in texts)
        and all(isinstance(event.get(name), str | None) for name in ("resource", "routeKey", "body"))
        and all(_is_map(event.get(name), str) for name in ("headers", "pathParameters"))
        and all(_is_map(event.get(name), list) for name in ("multiValueHeaders", "multiValueQueryStringParameters"))
        and all(isinstance(line, str) for lines in (event.get("multiValueHeaders") or {}).values() for line in lines)
    )


def _has_callers(context: Mapping[str, Any]) -> bool:
    """Whether what tells who signed the request is as it should be; there may be nothing."""
    callers = [context.get("identity"), context.get("authorizer")]
    if isinstance(callers[1], Mapping):
        callers.append(callers[1].get("iam"))
    return all(isinstance(caller, Mapping | None) for caller in callers)


def _is_map(members: object, kind: type) -> bool:
    """Whether it maps texts to values of a kind; there may be none."""
    return members is None or (
        isinstance(members, Mapping)
        and all(isinstance(name, str) and isinstance(value, kind) for name, value in members.items())
    )


class Payload1(Request):
    """A request of a REST API, or of an HTTP API with payload format 1.0."""

    __slots__ = ()

    def __init__(self, event: Mapping[str, Any]) -> None:
        context = event.get("requestContext") or {}
        self.event = event
        self.headers = headers = {_LOWER_CASE[name]: value for name, value in (event.get("headers") or {}).items()}
        self.method = event["httpMethod"]
        self.template = event.get("resource", "")
        self.path_parameters = event.get("pathParameters") or {}
        self.caller = None
        sent = headers.get("x-correlation-id")
        self.correlation_id = sent if sent and _is_correlation_id(sent) else str(context.get("requestId") or UNKNOWN)

    @property
    def path(self) -> str:
        """Path without the stage, as the event has it."""
        path: str = self.event["path"]
        return path if self.is_encoded else _without_stage(path, self.event["requestContext"])

    @property
    def is_encoded(self) -> bool:
        """Whether path and path parameters are percent-encoded."""
        return "version" not in self.event

    def signer(self) -> str | None:
        """ARN of the principal that signed the request, if its signature was checked."""
        return ((self.event.get("requestContext") or {}).get("identity") or {}).get("userArn")

    def query(self) -> Mapping[str, Sequence[str]]:
        """The query parameters: their values by name, decoded."""
        return self.event.get("multiValueQueryStringParameters") or {}

    def header_items(self, name: str) -> Sequence[str]:
        """The items of a header that is a list, out of all its lines; `headers` has the last line alone."""
        lines: Mapping[str, Sequence[str]] = self.event.get("multiValueHeaders") or {}
        values = [value for sent, values in lines.items() if sent.lower() == name for value in values]
        return [item.strip() for value in values for item in value.split(",")] or super().header_items(name)

    def source_ip(self) -> str:
        """The address that the request came from; empty where the event has none."""
        identity = (self.event.get("requestContext") or {}).get("identity") or {}
        return str(identity.get("sourceIp") or "")

    def set_cookies(self, reply: dict[str, Any], cookies: Sequence[str]) -> None:
        """Add cookies to a reply."""
        reply["multiValueHeaders"] = {"Set-Cookie": list(cookies)}


class Payload2(Request):
    """A request of an HTTP API with payload format 2.0, or of a Lambda function URL."""

    __slots__ = ("_query",)

    _query: Mapping[str, Sequence[str]] | None

    def __init__(self, event: Mapping[str, Any]) -> None:
        context = event["requestContext"]
        self.event = event
        self._query = None
        # AWS sends lower-case names; those who build events themselves may not know.
        self.headers = headers = {_LOWER_CASE[name]: value for name, value in (event.get("headers") or {}).items()}
        self.method = context["http"]["method"]
        self.template = event.get("routeKey", "").partition(" ")[2]
        self.path_parameters = event.get("pathParameters") or {}
        self.caller = None
        sent = headers.get("x-correlation-id")
        self.correlation_id = sent if sent and _is_correlation_id(sent) else str(context.get("requestId") or UNKNOWN)

    @property
    def path(self) -> str:
        """Path without the stage, as the event has it."""
        return _without_stage(self.event["rawPath"], self.event["requestContext"])

    @property
    def is_encoded(self) -> bool:
        """Whether path and path parameters are percent-encoded."""
        return ".lambda-url." in self.event["requestContext"].get("domainName", "")

    def signer(self) -> str | None:
        """ARN of the principal that signed the request, if its signature was checked."""
        return ((self.event["requestContext"].get("authorizer") or {}).get("iam") or {}).get("userArn")

    def query(self) -> Mapping[str, Sequence[str]]:
        """The query parameters: their values by name, decoded."""
        if self._query is None:
            # Not from queryStringParameters, which joins the values of one name with commas.
            self._query = parse_qs(self.event.get("rawQueryString", ""), keep_blank_values=True)
        return self._query

    def source_ip(self) -> str:
        """The address that the request came from; empty where the event has none."""
        return str(self.event["requestContext"]["http"].get("sourceIp") or "")

    def set_cookies(self, reply: dict[str, Any], cookies: Sequence[str]) -> None:
        """Add cookies to a reply."""
        reply["cookies"] = list(cookies)

    def _cookies(self) -> Iterable[str]:
        return self.event.get("cookies") or ()


def _without_stage(path: str, context: Mapping[str, Any]) -> str:
    stage = context.get("stage", _DEFAULT_STAGE)
    # As a whole segment: behind a domain name of one's own the stage is not in the path.
    is_within = stage != _DEFAULT_STAGE and f"{path}/".startswith(f"/{stage}/")
    return (path[len(stage) + 1 :] or "/") if is_within else path
