"""A request, whichever kind of event it came in."""

import json
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from lambda_lib.access import USER_TOKEN_HEADER
from lambda_lib.errors import MalformedBody
from lambda_lib.identity import Identity

CORRELATION_HEADER = "X-Correlation-Id"

_SHORTEST_SECRET = 8  # what is shorter is no secret, and would turn up in words
_CREDENTIALS = ("authorization", "x-api-key", "x-amz-security-token", USER_TOKEN_HEADER.lower())


class Request:
    """A request: what its route function's arguments are read from. Each kind of event is a subclass.

    One is made for each request, and most of them need little of it: it is a plain class, and what few requests need
    is read from the event when it is asked for. Of itself it is what is known where there is no event: nothing.

    Attributes:
        event: The event it came in.
        method: HTTP method.
        template: Path template that API Gateway matched; one of ours or another.
        path_parameters: By name, as the event has them.
        headers: Values by lower-case name.
        correlation_id: Sent by the caller, or API Gateway's request id.
        caller: ARN of the principal that signed the request, once a route has asked for one.
        identity: The user whose token has been checked.
    """

    __slots__ = (
        "caller",
        "correlation_id",
        "event",
        "headers",
        "identity",
        "method",
        "path_parameters",
        "template",
    )

    event: Mapping[str, Any]
    method: str
    template: str
    path_parameters: Mapping[str, str]
    headers: Mapping[str, str]
    correlation_id: str
    caller: str | None
    identity: Identity | None

    def __init__(self, correlation_id: str) -> None:
        self.event = {}
        self.method = self.template = ""
        self.path_parameters = {}
        self.headers = {}
        self.correlation_id = correlation_id
        self.caller = None

    @property
    def path(self) -> str:
        """Path without the stage, as the event has it."""
        return ""

    @property
    def is_encoded(self) -> bool:
        """Whether path and path parameters are percent-encoded."""
        return False

    def signer(self) -> str | None:
        """ARN of the principal that signed the request, if its signature was checked."""
        return None

    def query(self) -> Mapping[str, Sequence[str]]:
        """The query parameters: their values by name, decoded."""
        return {}

    def header_items(self, name: str) -> Sequence[str]:
        """The items of a header that is a list (RFC 9110 section 5.6.1), out of all its lines.

        Args:
            name: Name in lower case.
        """
        return [item.strip() for item in self.headers[name].split(",")] if name in self.headers else []

    def source_ip(self) -> str:
        """The address that the request came from; empty where the event has none."""
        return ""

    def set_cookies(self, reply: dict[str, Any], cookies: Sequence[str]) -> None:
        """Add cookies to a reply, as this kind of event wants them."""

    def body(self) -> str | bytes:
        """The body: text, or bytes if it was handed over in base64.

        Raises:
            MalformedBody: It is said to be base64 and is not.
        """
        event = self.event
        body: str = event.get("body") or ""
        if not event.get("isBase64Encoded"):
            return body
        try:
            return b64decode(body, validate=True)
        except ValueError:  # binascii.Error is one; characters beyond ASCII raise a plain one
            raise MalformedBody("The body is not valid base64.") from None

    def secrets(self) -> list[str]:
        """What this request carries that no log may show: credentials, and the texts in its query and its body."""
        return [text for text in map(str.strip, self._carried()) if len(text) >= _SHORTEST_SECRET]

    def _carried(self) -> Iterator[str]:
        for name in _CREDENTIALS:
            value = str(self.headers.get(name, ""))
            yield value
            yield value.partition(" ")[2]  # without the scheme
        try:
            for cookie in self._cookies():
                yield str(cookie).partition("=")[2]
            yield from _texts(list(self.query().values()))
            body = self.body()
            text = body.decode() if isinstance(body, bytes) else body
        except (AttributeError, MalformedBody, TypeError, UnicodeError):
            return  # not an event, or no text
        try:
            yield from _texts(json.loads(text, parse_int=float))
        except (RecursionError, TypeError, ValueError):
            # No JSON; or nested deeper than json reads, and whoever does that hides no secret of theirs.
            yield str(text)
            yield from _texts(list(parse_qs(str(text)).values()))  # a form

    def _cookies(self) -> Iterable[str]:
        """The cookies that came with the request, each with its name."""
        return str(self.headers.get("cookie", "")).split(";")


def _texts(document: Any) -> Iterator[str]:
    # Not recursive: a client says how deep the document is.
    pending = [document]
    while pending:
        match pending.pop():
            case str() as text:
                yield text
            case dict() as members:
                pending += members.values()
            case list() as items:
                pending += items
