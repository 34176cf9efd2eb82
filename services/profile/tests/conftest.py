"""The border of the service: AWS as moto has it, the APIs of other services, and the events of API Gateway."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import urlencode

import pytest
from botocore.session import Session
from moto import mock_aws

from lambda_lib.testing import Context, an_event

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ssm import SSMClient


@pytest.fixture(scope="session")
def aws() -> Session:
    """One session for all tests: it keeps the service models that each client needs."""
    return Session()


@pytest.fixture
def dynamodb(aws: Session) -> "Iterator[DynamoDBClient]":
    """A DynamoDB client of a moto account that holds the service's table."""
    with mock_aws():
        client = cast("DynamoDBClient", aws.create_client("dynamodb", region_name="us-east-1"))
        client.create_table(
            TableName="dev-profile",
            AttributeDefinitions=[{"AttributeName": "user_id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "user_id", "KeyType": "HASH"}],
            ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
        )
        yield client


class Api:
    """The API of another service: gives the answers it was told to, and notes what it is asked.

    Attributes:
        answers: Status and body by method and path; 404 for any other. None hangs until the test is over.
        requests: Method and path, headers, and body of each request.
        url: Where it listens; its parameter in SSM says so.
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
        api = self

        class RequestHandler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                request = f"{self.command} {self.path.removeprefix('/live')}"
                api.requests.append((request, dict(self.headers), json.loads(body) if body else None))
                answer = api.answers.get(request, (404, {}))
                if answer is None:
                    api._over.wait()
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


@contextmanager
def published(aws: Session, service: str) -> Iterator[Api]:
    with Api() as api:
        ssm = cast("SSMClient", aws.create_client("ssm", region_name="us-east-1"))
        ssm.put_parameter(Name=f"/dev/{service}/url", Value=api.url, Type="String")
        yield api


@pytest.fixture
def authentication(aws: Session, dynamodb: "DynamoDBClient") -> Iterator[Api]:  # noqa: ARG001  within moto's account
    """The API of the authentication service, found by its parameter."""
    with published(aws, "authentication") as api:
        yield api


@pytest.fixture
def location(aws: Session, dynamodb: "DynamoDBClient") -> Iterator[Api]:  # noqa: ARG001  within moto's account
    """The API of the location service, found by its parameter."""
    with published(aws, "location") as api:
        yield api


@pytest.fixture
def send() -> Callable[..., dict[str, Any]]:
    """Sends a request to a handler as API Gateway does; returns the handler's reply."""

    def send(
        handler: Callable[[Mapping[str, Any], Context], dict[str, Any]],
        route: str,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: object = None,
    ) -> dict[str, Any]:
        method, resource = route.split(" ")
        target = resource.format_map(path or {}) + (f"?{urlencode(query)}" if query else "")
        event = an_event(method, target, resource=resource, path_parameters=path, headers=headers, body=body)
        return handler(event, Context())

    return send
