"""The border of a handler, for tests: what Lambda passes to it, and the services that it calls.

Development-time only: no handler imports this module.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

CALLER = "arn:aws:sts::123456789012:assumed-role/dev-caller-function/dev-caller"


@dataclass(frozen=True, slots=True)
class Context:
    """The context of an invocation.

    Attributes:
        aws_request_id: Id of the invocation.
        remaining_ms: Milliseconds until Lambda ends it.
    """

    aws_request_id: str = "11111111-2222-3333-4444-555555555555"
    remaining_ms: int = 10_000

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the invocation."""
        return self.remaining_ms


def an_event(
    method: str = "GET",
    target: str = "/",
    *,
    resource: str | None = None,
    path_parameters: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    body: Any = None,
    caller: str | None = None,
) -> dict[str, Any]:
    """An event of a REST API with Lambda proxy integration.

    Args:
        method: HTTP method.
        target: Path and query string, encoded.
        resource: Template that API Gateway matched; if not given, it is as behind `/{proxy+}`.
        path_parameters: Path parameters that API Gateway found, encoded.
        headers: Request headers; a body that is not text has a JSON content type besides.
        body: Text as it is, or what is to be sent as JSON.
        caller: ARN of the principal whose signature API Gateway checked.

    Returns:
        The event, after "Input format of a Lambda function for proxy integration" in API Gateway's developer guide.
    """
    parts = urlsplit(target)
    query: Mapping[str, Sequence[str]] = parse_qs(parts.query, keep_blank_values=True)
    sent = dict(headers or {})
    if body is not None and not isinstance(body, str):
        sent = {"Content-Type": "application/json", **sent}
        body = json.dumps(body)
    return {
        "resource": resource or "/{proxy+}",
        "path": parts.path,
        "httpMethod": method,
        "headers": sent or None,
        "multiValueHeaders": {name: [value] for name, value in sent.items()} or None,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": dict(path_parameters) if path_parameters else None,
        "stageVariables": None,
        "requestContext": {
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "stage": "live",
            "httpMethod": method,
            "path": f"/live{parts.path}",
            "resourcePath": resource or "/{proxy+}",
            "identity": {"userArn": caller, "sourceIp": "192.0.2.1"},
        },
        "body": body,
        "isBase64Encoded": False,
    }


def send(
    handler: Callable[[Mapping[str, Any], Any], dict[str, Any]],
    route: str,
    *,
    path: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    body: Any = None,
    caller: str | None = None,
) -> dict[str, Any]:
    """Sends a request to a handler as API Gateway does.

    Args:
        handler: The handler.
        route: Method and template, such as `GET /locations/{user_id}`.
        path: Values of the template's parameters, encoded.
        query: Query parameters.
        headers: Request headers.
        body: Text as it is, or what is to be sent as JSON.
        caller: ARN of the principal whose signature API Gateway checked.

    Returns:
        The handler's reply, as API Gateway gets it.
    """
    method, template = route.split(" ")
    target = template.format_map(path or {}) + (f"?{urlencode(query)}" if query else "")
    event = an_event(method, target, resource=template, path_parameters=path, headers=headers, body=body, caller=caller)
    return handler(event, Context())


class FakeService:
    """The API of another service, within `with`: gives the answers it was told to, and notes what it is asked.

    Attributes:
        answers: Status and body by method and path; 404 for any other. None hangs until the test is over.
        requests: Method and path, headers, and body of each request.
        url: Where it listens, for the parameter in which the service publishes its URL.
    """

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, object] | None] = {}
        self.requests: list[tuple[str, Mapping[str, str], Any]] = []
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

    def _request_handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class RequestHandler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                request = f"{self.command} {self.path.removeprefix('/live')}"
                service.requests.append((request, dict(self.headers), json.loads(body) if body else None))
                answer = service.answers.get(request, (404, {}))
                if answer is None:
                    service._over.wait()
                    return
                status, document = answer
                payload = b"" if document is None else json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            do_GET = do_POST = do_PUT = answer  # noqa: N815  the base class looks them up by these names

            def log_message(self, *_: object) -> None:
                """Says nothing: the test reads `requests`."""

        return RequestHandler
