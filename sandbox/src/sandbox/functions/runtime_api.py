"""The Lambda Runtime API of one worker (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).

Each worker has a listener of its own, so that a request needs nothing to say which worker it comes from.
"""

import asyncio
import re
import socket
from collections.abc import Callable
from http import HTTPStatus

from sandbox.functions.invocation import Event
from sandbox.functions.worker_connection import WorkerConnection, WorkerRequest

_BASE = "/2018-06-01/runtime"
_ANSWER = re.compile(_BASE + r"/invocation/([^/]+)/(response|error)")
_JSON = {"Content-Type": "application/json"}


class RuntimeApi:
    """Hands events to a worker one at a time and takes its answers.

    Args:
        on_ready: Called whenever the worker asks for an event.
        on_init_error: Called with the type and the description of the error where the worker could not start.
        on_answer: Called with the request's id, the type of the error or None for a response, and the payload.
    """

    def __init__(
        self,
        *,
        on_ready: Callable[[], None],
        on_init_error: Callable[[str, bytes], None],
        on_answer: Callable[[str, str | None, bytes], None],
    ) -> None:
        self._on_ready = on_ready
        self._on_init_error = on_init_error
        self._on_answer = on_answer
        self._connections: set[WorkerConnection] = set()
        self._polling: WorkerConnection | None = None
        self._event: Event | None = None
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        """Listens on a free port of the loopback interface.

        Returns:
            The value of `AWS_LAMBDA_RUNTIME_API`: host and port.
        """
        listener = socket.create_server(("127.0.0.1", 0))
        self._server = await asyncio.get_running_loop().create_server(self._connect, sock=listener)
        host, port = listener.getsockname()
        return f"{host}:{port}"

    def stop(self) -> None:
        """Closes the listener and every connection."""
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            connection.close()

    def deliver(self, event: Event) -> None:
        """Gives the worker its next event, now or when it asks; the answer to the one before must have come."""
        if self._polling is None:
            self._event = event
        else:
            polling, self._polling = self._polling, None
            _send(polling, event)

    def _connect(self) -> WorkerConnection:
        connection = WorkerConnection(self._on_request, self._on_lost)
        self._connections.add(connection)
        return connection

    def _on_lost(self, connection: WorkerConnection) -> None:
        self._connections.discard(connection)
        if self._polling is connection:
            self._polling = None

    def _on_request(self, connection: WorkerConnection, request: WorkerRequest) -> None:
        if request.path == f"{_BASE}/invocation/next":
            self._on_ready()
            if self._event is None:
                self._polling = connection
            else:
                event, self._event = self._event, None
                _send(connection, event)
            return
        if answer := _ANSWER.fullmatch(request.path):
            request_id, kind = answer.groups()
            self._on_answer(request_id, _error_type(request) if kind == "error" else None, request.body)
        elif request.path == f"{_BASE}/init/error":
            self._on_init_error(_error_type(request), request.body)
        else:
            connection.respond(HTTPStatus.NOT_FOUND, {}, b"")
            return
        connection.respond(HTTPStatus.ACCEPTED, _JSON, b'{"status":"OK"}')


def _send(connection: WorkerConnection, event: Event) -> None:
    connection.respond(
        HTTPStatus.OK,
        {
            **_JSON,
            "Lambda-Runtime-Aws-Request-Id": event.request_id,
            "Lambda-Runtime-Deadline-Ms": str(event.deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": event.function_arn,
            "Lambda-Runtime-Trace-Id": event.trace_id,
        },
        event.payload,
    )


def _error_type(request: WorkerRequest) -> str:
    return request.headers.get("lambda-runtime-function-error-type", "Runtime.Unknown")
