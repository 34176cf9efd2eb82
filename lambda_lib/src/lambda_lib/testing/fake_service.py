"""The API of another service."""

import json
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, NamedTuple, Self


class ReceivedRequest(NamedTuple):
    """A request that a fake service got.

    Attributes:
        route: Method and path, such as `GET /locations/alice`.
        headers: Its headers.
        body: The JSON document in its body, if any.
    """

    route: str
    headers: Mapping[str, str]
    body: Any


type Answer = tuple[int, object] | None
"""Status and JSON document (None for no body); None hangs until the test is over."""


class FakeService:
    """The API of another service, within `with`: gives the answers it was told to, and notes what it is asked.

    Attributes:
        answers: The answer by method and path, or what makes it of the request; 404 for any other.
        requests: What came.
        url: Where it listens, for the parameter in which the service publishes its URL.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Answer | Callable[[ReceivedRequest], Answer]] = {}
        self.requests: list[ReceivedRequest] = []
        self._over = Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._request_handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/live"

    def __enter__(self) -> Self:
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, request: ReceivedRequest) -> Answer:
        self.requests.append(request)
        answer = self.answers.get(request.route, (404, {}))
        return answer(request) if callable(answer) else answer

    def _request_handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class RequestHandler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                route = f"{self.command} {self.path.removeprefix('/live')}"
                answer = service._answer(ReceivedRequest(route, dict(self.headers), json.loads(body) if body else None))
                if answer is None:
                    service._over.wait()
                    return
                status, document = answer
                payload = b"" if document is None else json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815  the base class looks them up by these names

            def log_message(self, *_: object) -> None:
                """Says nothing: the test reads `requests`."""

        return RequestHandler
