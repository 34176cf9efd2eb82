"""Signed calls: what is sent, what comes back, what is tried again, and what gives up."""

import contextlib
import contextvars
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
import urllib3
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, NoCredentialsError
from botocore.session import Session
from pydantic import BaseModel
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProtocolError, ReadTimeoutError

from lambda_lib import Reply, ServiceClient, ServiceUnavailable, UnexpectedReply
from lambda_lib._deadline import DeadlineExceeded
from lambda_lib._invocation import Invocation, invocation

URL = "https://abc123.execute-api.us-east-1.amazonaws.com/live"
MOVED = "https://def456.execute-api.us-east-1.amazonaws.com/live"
TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=557abcec3ee5a047;Sampled=1"


class Thing(BaseModel):
    name: str
    label: str | None = None


@dataclass
class Response:
    status: int = 200
    data: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    connection: None = None

    def read1(self, most_bytes: int) -> bytes:
        piece, self.data = self.data[:most_bytes], self.data[most_bytes:]
        return piece

    def close(self) -> None: ...


@dataclass
class Sent:
    method: str
    url: str
    body: bytes
    headers: dict[str, str]
    timeout: urllib3.Timeout


class Pool:
    """Stands for the network: gives one answer after another, and notes what it is sent."""

    def __init__(self, *answers: Response | Exception, takes: Callable[[], None] = lambda: None) -> None:
        self.answers = list(answers)
        self.takes = takes
        self.sent: list[Sent] = []

    def request(self, method: str, url: str, **sent: Any) -> Response:
        assert [sent.pop(name) for name in ("retries", "redirect", "preload_content")] == [False] * 3
        self.sent.append(Sent(method, url, **sent))
        self.takes()
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return replace(answer)


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
    """A clock that stands still but for the pauses it is told to make."""

    now: float = 100.0
    pauses: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.pass_by(seconds)


def a_client(
    *answers: Response | Exception, session: AwsSession | None = None, clock: Clock | None = None
) -> tuple[ServiceClient, Pool]:
    pool, clock = Pool(*answers), clock or Clock()
    client = ServiceClient(
        environment="dev",
        region="us-east-1",
        session=cast("Session", session or AwsSession(ParameterStore(location=URL, authentication=URL))),
        pool=cast("urllib3.PoolManager", pool),
        clock=clock,
        pause=clock.pause,
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


def test_a_header_of_the_callers_takes_the_place_of_ours_in_any_spelling() -> None:
    client, pool = a_client(Response())
    headers = {"content-type": "application/merge-patch+json"}
    client.call("location", "PATCH", "/things", headers=headers, body={"a": 1})
    (sent,) = pool.sent
    assert [value for name, value in sent.headers.items() if name.lower() == "content-type"] == [*headers.values()]
    assert sent.headers["Authorization"].endswith(f"Signature={expected_signature(sent)}")


@pytest.mark.parametrize("name", ["Authorization", "authorization"])
def test_a_call_with_a_users_own_token_is_not_signed(name: str) -> None:
    client, pool = a_client(Response(), session=AwsSession(ParameterStore(profile=URL), credentials=None))
    client.call("profile", "DELETE", "/things", headers={name: "Bearer users-token"})
    (sent,) = pool.sent
    assert {header.lower(): value for header, value in sent.headers.items()} == {"authorization": "Bearer users-token"}


def test_without_credentials_nothing_is_sent(current: Invocation) -> None:
    client, pool = a_client(Response(), session=AwsSession(ParameterStore(location=URL), credentials=None))
    with pytest.raises(NoCredentialsError):
        client.call("location", "GET", "/things")
    assert pool.sent == []
    assert [call.outcome for call in current.calls] == ["not sent"]


def test_the_url_is_read_once_and_only_when_it_is_needed() -> None:
    session = AwsSession(ParameterStore(location=f"{URL}/"))
    client, pool = a_client(Response(), Response(), session=session)
    assert session.clients == []
    client.call("location", "GET", "/things")
    client.call("location", "GET", "/things")
    assert session.store.reads == ["/dev/location/url"]
    assert [sent.url for sent in pool.sent] == [f"{URL}/things"] * 2


@pytest.mark.parametrize("failure", [ConnectTimeoutError(), NewConnectionError(cast("Any", None), "refused")])
def test_a_url_that_leads_nowhere_is_read_again(failure: Exception) -> None:
    session, clock = AwsSession(ParameterStore(location=URL)), Clock()
    client, pool = a_client(Response(), failure, Response(201), session=session, clock=clock)
    client.call("location", "GET", "/things")
    session.store.parameters["/dev/location/url"] = MOVED
    clock.now += 60
    assert client.call("location", "POST", "/things").status == 201
    assert [sent.url for sent in pool.sent] == [f"{URL}/things"] * 2 + [f"{MOVED}/things"]


@pytest.mark.parametrize(
    ("headers", "url"), [({"x-amzn-ErrorType": "ForbiddenException"}, MOVED), ({"x-amzn-ErrorType": "Other"}, URL)]
)
def test_a_url_whose_stage_is_gone_is_read_again_for_the_next_call(headers: dict[str, str], url: str) -> None:
    session, clock = AwsSession(ParameterStore(location=URL)), Clock()
    client, pool = a_client(Response(403, headers=headers), Response(), session=session, clock=clock)
    assert client.call("location", "GET", "/things").status == 403
    session.store.parameters["/dev/location/url"] = MOVED
    clock.now += 60
    client.call("location", "GET", "/things")
    assert pool.sent[1].url == f"{url}/things"


def test_the_correlation_id_goes_along(current: Invocation) -> None:
    client, pool = a_client(Response())
    client.call("location", "GET", "/things")
    assert pool.sent[0].headers["X-Correlation-Id"] == current.correlation_id


def test_a_thread_that_runs_in_a_copy_of_its_context_calls_as_part_of_the_invocation(current: Invocation) -> None:
    client, pool = a_client(Response())
    with ThreadPoolExecutor(1) as threads:
        threads.submit(contextvars.copy_context().run, client.call, "location", "GET", "/things").result()
    assert pool.sent[0].headers["X-Correlation-Id"] == current.correlation_id
    assert len(current.calls) == 1


def test_the_trace_header_of_the_invocation_goes_along_unsigned(monkeypatch: pytest.MonkeyPatch) -> None:
    client, pool = a_client(Response(), Response())
    client.call("location", "GET", "/things")
    monkeypatch.setenv("_X_AMZN_TRACE_ID", TRACE)
    client.call("location", "GET", "/things")
    assert [sent.headers.get("X-Amzn-Trace-Id") for sent in pool.sent] == [None, TRACE]
    assert "x-amzn-trace-id" not in pool.sent[1].headers["Authorization"]


@pytest.mark.parametrize("status", [200, 204, 400, 401, 403, 404, 409])
def test_a_reply_below_500_is_the_callers_business(status: int) -> None:
    client, pool = a_client(Response(status, b'{"name": "a"}', {"ETag": '"1"'}))
    reply = client.call("location", "GET", "/things")
    assert reply == Reply(status, b'{"name": "a"}', {"ETag": '"1"'})
    assert len(pool.sent) == 1


def test_a_reply_larger_than_api_gateway_sends_is_not_taken(current: Invocation) -> None:
    client, _ = a_client(Response(data=b" " * 10 * 1024**2), Response(data=b" " * (10 * 1024**2 + 1)))
    assert client.call("location", "GET", "/things").status == 200
    with pytest.raises(UnexpectedReply):
        client.call("location", "GET", "/things")
    assert [(call.outcome, call.attempts) for call in current.calls] == [(200, 1), ("too large", 1)]


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


def test_the_pause_before_the_second_attempt_is_random_and_short() -> None:
    clock = Clock()
    client, _ = a_client(*[Response(503), Response()] * 20, clock=clock)
    for _ in range(20):
        client.call("location", "GET", "/things")
    assert all(0 <= pause <= 0.1 for pause in clock.pauses)
    assert len(set(clock.pauses)) == 20


def a_client_that_knows_the_url(
    *answers: Response | Exception, clock: Clock | None = None
) -> tuple[ServiceClient, Pool]:
    client, pool = a_client(Response(), *answers, clock=clock)
    client.call("location", "GET", "/things")
    pool.sent.clear()
    return client, pool


@pytest.mark.parametrize(("remaining_s", "timeout_s"), [(10.0, 2.0), (1.2, 1.0), (0.26, 0.06)])
def test_an_attempt_takes_no_more_time_than_lambda_leaves(remaining_s: float, timeout_s: float) -> None:
    client, pool = a_client_that_knows_the_url(Response())
    with invocation(Invocation("abc", deadline_s=100.0 + remaining_s)):
        client.call("location", "GET", "/things")
    assert pool.sent[0].timeout.total == pytest.approx(timeout_s)
    assert pool.sent[0].timeout.connect_timeout == pytest.approx(timeout_s / 3)  # of each of three addresses


def test_with_no_time_left_nothing_is_sent() -> None:
    client, pool = a_client_that_knows_the_url(Response())
    current = Invocation("abc", deadline_s=100.2)
    with invocation(current), pytest.raises(ServiceUnavailable):
        client.call("location", "GET", "/things")
    assert pool.sent == []
    assert current.calls[0].outcome == "no time left"


def test_with_no_time_left_there_is_no_pause_and_no_second_attempt() -> None:
    clock = Clock()
    client, pool = a_client_that_knows_the_url(Response(503), Response(), clock=clock)
    pool.takes = lambda: clock.pass_by(0.96)
    current = Invocation("abc", deadline_s=101.2)
    with invocation(current), pytest.raises(ServiceUnavailable):
        client.call("location", "GET", "/things")
    assert (len(pool.sent), clock.pauses) == (1, [])
    assert current.calls[0].outcome == 503


def test_a_retry_that_succeeds_costs_nothing() -> None:
    client, pool = a_client(*[Response(503), Response()] * 100)
    for _ in range(100):
        assert client.call("location", "GET", "/things").status == 200
    assert pool.answers == []


def test_retries_that_fail_are_paid_from_a_budget_that_successes_fill() -> None:
    client, pool = a_client()

    def failing() -> int:
        pool.answers, pool.sent = [Response(503), Response(503)], []
        with pytest.raises(ServiceUnavailable):
            client.call("location", "GET", "/things")
        return len(pool.sent)

    def succeed(times: int) -> None:
        pool.answers = [Response()] * times
        for _ in range(times):
            client.call("location", "GET", "/things")

    attempts = []
    for _ in range(40):  # each takes 14 of 500 tokens and brings 1: the 39th finds 6
        attempts.append(failing())
        succeed(1)
    assert attempts == [2] * 38 + [1] * 2
    succeed(5)  # 8 and 5 do not make 14
    assert failing() == 1
    succeed(1)
    assert failing() == 2


@pytest.mark.parametrize("failure", [*failures(), Response(429), Response(503, headers={"Retry-After": "1"})])
def test_a_service_that_fails_five_times_in_a_row_is_left_alone(failure: Response | Exception) -> None:
    clock = Clock()
    client, pool = a_client(*[failure] * 5, clock=clock)
    current = Invocation("abc")
    while pool.answers:
        with pytest.raises(ServiceUnavailable):
            client.call("location", "GET", "/things")
    with invocation(current), pytest.raises(ServiceUnavailable) as caught:
        client.call("location", "GET", "/things")
    assert len(pool.sent) == 5
    assert caught.value.retry_after_s == 5
    assert [(call.outcome, call.attempts) for call in current.calls] == [("circuit open", 0)]


def test_that_one_service_is_left_alone_keeps_no_other_from_being_called() -> None:
    client, pool = a_client(*[Response(503)] * 5, Response())
    for _ in range(3):
        with pytest.raises(ServiceUnavailable):
            client.call("location", "GET", "/things")
    assert client.call("authentication", "GET", "/things").status == 200
    assert pool.answers == []


def test_a_service_that_is_left_alone_is_asked_once_in_a_while_and_called_again_when_it_is_back() -> None:
    clock = Clock()
    client, pool = a_client(*[Response(503)] * 6, Response(), Response(), clock=clock)
    for _ in range(4):
        with pytest.raises(ServiceUnavailable):
            client.call("location", "GET", "/things")
    assert len(pool.sent) == 5
    clock.now += 5
    with pytest.raises(ServiceUnavailable):  # a probe, without a second attempt
        client.call("location", "GET", "/things")
    assert len(pool.sent) == 6
    with pytest.raises(ServiceUnavailable):
        client.call("location", "GET", "/things")
    clock.now += 5
    assert [client.call("location", "GET", "/things").status for _ in range(2)] == [200, 200]
    assert len(pool.sent) == 8


@pytest.mark.parametrize("answer", [Response(400), Response(404), Response(500)])
def test_a_service_that_answers_is_not_left_alone_whatever_it_says(answer: Response) -> None:
    client, pool = a_client(*[answer] * 10, Response())
    for _ in range(10):
        with contextlib.suppress(ServiceUnavailable):
            client.call("location", "GET", "/things")
    assert client.call("location", "GET", "/things").status == 200
    assert pool.answers == []


def test_a_timeout_that_this_invocation_cut_short_is_not_held_against_the_service() -> None:
    cut_short = ReadTimeoutError(cast("Any", None), URL, "timed out")
    client, pool = a_client_that_knows_the_url(*[cut_short] * 6, Response())
    for _ in range(6):
        with invocation(Invocation("abc", deadline_s=100.5)), pytest.raises(DeadlineExceeded):
            client.call("location", "GET", "/things")
    assert client.call("location", "GET", "/things").status == 200
    assert len(pool.sent) == 7


@pytest.mark.parametrize(
    ("headers", "retry_after_s"),
    [
        ({}, 1),
        ({"Retry-After": "30"}, 30),
        ({"Retry-After": "Fri, 27 Nov 2026 12:00:00 GMT"}, 1),
        ({"Retry-After": "-1"}, 1),
        ({"Retry-After": "9" * 5000}, 1),
    ],
)
def test_when_to_come_back_is_passed_on(headers: dict[str, str], retry_after_s: int) -> None:
    client, _ = a_client(Response(429, headers=headers))
    with pytest.raises(ServiceUnavailable) as caught:
        client.call("location", "POST", "/things")
    assert caught.value.retry_after_s == retry_after_s


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
