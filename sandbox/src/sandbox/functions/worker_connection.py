"""HTTP/1.1 as a worker's runtime interface client speaks it: one request at a time, bodies of a stated length.

An event loop protocol rather than a web framework: it is on the path of every invocation, twice, and both ends of the
connection are known.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class WorkerRequest:
    """A request of a worker; header names are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes


class WorkerConnection(asyncio.Protocol):
    """A connection of a worker.

    Args:
        on_request: Called with each request; answers it by `respond`, now or later.
        on_lost: Called when the connection has ended.
    """

    def __init__(
        self,
        on_request: Callable[["WorkerConnection", WorkerRequest], None],
        on_lost: Callable[["WorkerConnection"], None],
    ) -> None:
        self._on_request = on_request
        self._on_lost = on_lost
        self._transport: asyncio.WriteTransport | None = None
        self._buffer = bytearray()
        self._head: tuple[str, dict[str, str]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        assert isinstance(transport, asyncio.WriteTransport)  # noqa: S101  # what a stream server gives
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # the event loop's signature
        """Called by the event loop."""
        self._transport = None
        self._on_lost(self)

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        self._buffer += data
        if self._head is None:
            end = self._buffer.find(_END_OF_HEAD)
            if end < 0:
                return
            self._head = _parse_head(self._buffer[:end].decode("latin-1"))
            del self._buffer[: end + len(_END_OF_HEAD)]
            if "expect" in self._head[1] and self._transport is not None:
                self._transport.write(_CONTINUE)  # libcurl asks before it sends a large body
        path, headers = self._head
        length = int(headers.get("content-length", "0"))
        if len(self._buffer) >= length:
            body = bytes(self._buffer[:length])
            del self._buffer[:length]
            self._head = None
            self._on_request(self, WorkerRequest(path, headers, body))

    def respond(self, status: HTTPStatus, headers: Mapping[str, str], body: bytes) -> None:
        """Answers the last request; the answer is lost where the worker has gone."""
        if self._transport is None:
            return
        fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\n{fields}Content-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode("latin-1") + body)

    def close(self) -> None:
        """Ends the connection."""
        if self._transport is not None:
            self._transport.abort()


def _parse_head(head: str) -> tuple[str, dict[str, str]]:
    request_line, *lines = head.split("\r\n")
    _, path, _ = request_line.split(" ")
    fields = (line.partition(":") for line in lines)
    return path, {name.lower(): value.strip() for name, _, value in fields}
