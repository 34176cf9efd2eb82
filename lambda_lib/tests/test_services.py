"""Signed calls: what is sent, what comes back, what is tried again, and what gives up."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
import urllib3
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, NoCredentialsError
from botocore.session import Session
from pydantic import BaseModel
from urllib3.exceptions import ConnectTimeoutError, ProtocolError, ReadTimeoutError

from lambda_lib import ServiceClient, ServiceUnavailable, UnexpectedReply
from lambda_lib._invocation import Invocation, invocation

URL = "https://abc123.execute-api.us-east-1.amazonaws.com/live"


class Thing(BaseModel):
    name: str
    label: str | None = None


@dataclass
class Response:
    status: int = 200
    data: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Sent:
    method: str
    url: str
    body: bytes
    headers: dict[str, str]
    timeout: urllib3.Timeout


class Pool:
    """Stands for the network: gives one answer after another, and notes what it is sent."""

    def __init__(self, *answers: Response | Exception) -> None:
        self.answers = list(answers)
        self.sent: list[Sent] = []

    def request(self, method: str, url: str, **sent: Any) -> Response:
        assert (sent.pop("retries"), sent.pop("redirect")) == (False, False)
        self.sent.append(Sent(method, url, **sent))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class ParameterStore:
    """Stands for SSM."""

    def __init__(self, **urls: str) -> None:
        self.parameters = {f"/dev/{name}/url": url for name, url in urls.items()}
        self.reads: list[str] = []

    def get_parameter(self, *, Name: str) -> Any:  # noqa: N803  SSM's own name
        self.reads.append(Name)
        if Name not in self.parameters:
            raise ClientError({"Error": {"Code": "ParameterNotFound"}}, "GetParameter")
        return {"Parameter": {"Value": self.parameters[Name]}}


@dataclass
class AwsSession:
    """Stands for botocore's session."""

    store: ParameterStore
    credentials: Credentials | None = field(default_factory=lambda: Credentials("AKIDEXAMPLE", "secret", "session"))
    clients: list[str] = field(default_factory=list)

    def create_client(self, service: str, **_: Any) -> ParameterStore:
        self.clients.append(service)
        return self.store

    def get_credentials(self) -> Credentials | None:
        return self.credentials


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def a_client(*answers: Response | Exception, session: AwsSession | None = None) -> tuple[ServiceClient, Pool]:
    pool = Pool(*answers)
    client = ServiceClient(
        environment="dev",
        region="us-east-1",
        session=cast("Session", session or AwsSession(ParameterStore(location=URL))),
        pool=cast("urllib3.PoolManager", pool),
        clock=Clock(),
        pause=lambda _: None,
    )
    return client, pool


@pytest.fixture
def current() -> Iterator[Invocation]:
    """An invocation with 10 seconds left."""
    running = Invocation("abc", deadline_s=110.0)
    with invocation(running):
        yield running


def expected_signature(sent: Sent) -> str:
    """The signature of a request after "Signature Version 4 signing process", computed by hand."""
    headers = {name.lower(): value for name, value in sent.headers.items()}
    parts = urlsplit(sent.url)
    headers.setdefault("host", parts.netloc)
    authorization = headers["authorization"]
    names = authorization.partition("SignedHeaders=")[2].partition(",")[0]
    canonical = "\n".join(
        [
            sent.method,
            parts.path.replace("%", "%25"),  # every service but S3 encodes the path twice
            parts.query,
            *(f"{name}:{headers[name]}" for name in names.split(";")),
            "",
            names,
            hashlib.sha256(sent.body).hexdigest(),
        ]
    )
    date = headers["x-amz-date"]
    scope = f"{date[:8]}/us-east-1/execute-api/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", date, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = b"AWS4secret"
    for part in (date[:8], "us-east-1", "execute-api", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def test_a_call_goes_to_the_services_url_with_its_parameters_encoded() -> None:
    client, pool = a_client(Response())
    client.call("location", "GET", "/locations/{user_id}", path={"user_id": "a/b c"}, query={"consistent": "true"})
    assert pool.sent[0].method == "GET"
    assert pool.sent[0].url == f"{URL}/locations/a%2Fb%20c?consistent=true"
    assert pool.sent[0].body == b""
    assert "Content-Type" not in pool.sent[0].headers


def test_a_body_is_sent_as_json_without_empty_members() -> None:
    client, pool = a_client(Response(204, b""), Response(204, b""))
    client.call("location", "PUT", "/things", body=Thing(name="a"))
    client.call("location", "PUT", "/things", body={"name": "a"})
    assert [json.loads(sent.body) for sent in pool.sent] == [{"name": "a"}] * 2
    assert pool.sent[0].headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("user_id", ["", ".", ".."])
def test_a_path_parameter_that_would_name_another_route_is_refused(user_id: str) -> None:
    client, pool = a_client(Response())
    with pytest.raises(ValueError, match="'user_id' is empty or a dot segment"):
        client.call("location", "GET", "/locations/{user_id}/history", path={"user_id": user_id})
    assert pool.sent == []


def test_a_space_in_the_query_is_signed_as_the_server_writes_it() -> None:
    client, pool = a_client(Response())
    client.call("location", "GET", "/locations", query={"label": "a b+c/d"})
    assert urlsplit(pool.sent[0].url).query == "label=a%20b%2Bc%2Fd"


@pytest.mark.parametrize("query", [None, {"consistent": "true"}])
def test_a_call_is_signed_for_execute_api(query: dict[str, str] | None) -> None:
    client, pool = a_client(Response())
    headers = {"X-User-Token": "users-token"}
    client.call("location", "PUT", "/things/{id}", path={"id": "a b"}, query=query, headers=headers, body={"a": 1})
    (sent,) = pool.sent
    assert sent.headers["X-Amz-Security-Token"] == "session"
    assert sent.headers["Authorization"].endswith(f"Signature={expected_signature(sent)}")
    assert "/us-east-1/execute-api/aws4_request" in sent.headers["Authorization"]
    for name in ("content-type", "host", "x-amz-date", "x-amz-security-token", "x-user-token"):
        assert name in sent.headers["Authorization"]


def test_without_credentials_nothing_is_sent() -> None:
    client, pool = a_client(Response(), session=AwsSession(ParameterStore(location=URL), credentials=None))
    with pytest.raises(NoCredentialsError):
        client.call("location", "GET", "/things")
    assert pool.sent == []


def test_the_url_is_read_once_and_only_when_it_is_needed() -> None:
    session = AwsSession(ParameterStore(location=f"{URL}/"))
    client, pool = a_client(Response(), Response(), session=session)
    assert session.clients == []
    client.call("location", "GET", "/things")
    client.call("location", "GET", "/things")
    assert session.store.reads == ["/dev/location/url"]
    assert [sent.url for sent in pool.sent] == [f"{URL}/things"] * 2


def test_a_service_without_a_parameter_is_unavailable_until_it_has_one() -> None:
    session = AwsSession(ParameterStore())
    client, _ = a_client(Response(), session=session)
    with pytest.raises(ServiceUnavailable):
        client.call("location", "GET", "/things")
    session.store.parameters["/dev/location/url"] = URL
    assert client.call("location", "GET", "/things").status == 200


def test_the_correlation_id_goes_along(current: Invocation) -> None:
    client, pool = a_client(Response())
    client.call("location", "GET", "/things")
    assert pool.sent[0].headers["X-Correlation-Id"] == current.correlation_id


@pytest.mark.parametrize("status", [200, 204, 400, 401, 403, 404, 409])
def test_a_reply_below_500_is_the_callers_business(status: int) -> None:
    client, pool = a_client(Response(status, b'{"name": "a"}'))
    reply = client.call("location", "GET", "/things")
    assert (reply.status, reply.read(Thing)) == (status, Thing(name="a"))
    assert len(pool.sent) == 1


def test_a_reply_that_is_not_the_model_is_unexpected() -> None:
    client, _ = a_client(Response(200, b'{"nom": "a"}'))
    with pytest.raises(UnexpectedReply):
        client.call("location", "GET", "/things").read(Thing)


def failures() -> list[Response | Exception]:
    pool: Any = None
    return [
        Response(502),
        Response(503),
        Response(504),
        ReadTimeoutError(pool, URL, "timed out"),
        ProtocolError("connection aborted"),
        ConnectTimeoutError(),
    ]


@pytest.mark.parametrize("failure", failures())
def test_an_idempotent_call_is_tried_once_more(failure: Response | Exception) -> None:
    client, pool = a_client(failure, Response())
    assert client.call("location", "GET", "/things").status == 200
    assert len(pool.sent) == 2


@pytest.mark.parametrize("failure", failures())
def test_an_idempotent_call_is_not_tried_for_ever(failure: Response | Exception) -> None:
    client, pool = a_client(failure, failure, Response())
    with pytest.raises(ServiceUnavailable):
        client.call("location", "PUT", "/things")
    assert len(pool.sent) == 2


@pytest.mark.parametrize("failure", failures()[:-1])
def test_a_call_that_may_not_be_repeated_is_not(failure: Response | Exception) -> None:
    client, pool = a_client(failure, Response())
    with pytest.raises(ServiceUnavailable):
        client.call("location", "POST", "/things")
    assert len(pool.sent) == 1


def test_a_call_that_never_reached_the_service_is_tried_once_more_whatever_it_is() -> None:
    client, pool = a_client(ConnectTimeoutError(), Response(201))
    assert client.call("location", "POST", "/things").status == 201
    assert len(pool.sent) == 2


def test_a_post_that_is_said_to_be_idempotent_is_tried_once_more() -> None:
    client, pool = a_client(Response(503), Response())
    assert client.call("location", "POST", "/introspect", idempotent=True).status == 200
    assert len(pool.sent) == 2


@pytest.mark.parametrize(
    "reply", [Response(503, headers={"Retry-After": "1"}), Response(429), Response(500), Response(501)]
)
def test_a_service_that_is_overloaded_or_broken_is_left_alone(reply: Response) -> None:
    client, pool = a_client(reply, Response())
    with pytest.raises(ServiceUnavailable):
        client.call("location", "GET", "/things")
    assert len(pool.sent) == 1


@pytest.mark.parametrize(("remaining_s", "timeout_s"), [(10.0, 2.0), (1.2, 1.0), (0.26, 0.06)])
def test_an_attempt_takes_no_more_time_than_lambda_leaves(remaining_s: float, timeout_s: float) -> None:
    client, pool = a_client(Response())
    with invocation(Invocation("abc", deadline_s=100.0 + remaining_s)):
        client.call("location", "GET", "/things")
    assert pool.sent[0].timeout.total == pytest.approx(timeout_s)


def test_with_no_time_left_nothing_is_sent() -> None:
    client, pool = a_client(Response())
    with invocation(Invocation("abc", deadline_s=100.2)), pytest.raises(ServiceUnavailable):
        client.call("location", "GET", "/things")
    assert pool.sent == []


def test_a_call_is_noted_for_the_log(current: Invocation) -> None:
    client, _ = a_client(Response(503), Response(404), Response(500))
    client.call("location", "GET", "/things/{id}", path={"id": "secret"})
    with pytest.raises(ServiceUnavailable):
        client.call("location", "POST", "/things")
    with pytest.raises(ServiceUnavailable):
        client.call("unknown", "GET", "/things")
    assert [(call.service, call.route, call.outcome, call.attempts) for call in current.calls] == [
        ("location", "GET /things/{id}", 404, 2),
        ("location", "POST /things", 500, 1),
        ("unknown", "GET /things", "no URL", 0),
    ]
