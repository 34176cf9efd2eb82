"""The service before its table in moto, what its requests cost there, and faults of the table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from math import ceil
from threading import Lock
from typing import Any

import pytest
from argon2 import PasswordHasher
from botocore.awsrequest import AWSResponse
from botocore.session import Session as AwsSession

from authentication_service.attempts import Attempts
from authentication_service.handler import Resources, authenticator, routes
from authentication_service.profiles import Profiles
from authentication_service.store import AuthenticationStore
from lambda_lib import Handler, ServiceClient
from lambda_lib.testing import Answer, FakeService, FrozenClock, ReceivedRequest, Send, Table, body_of

ALICE = {"username": "alice", "password": "correct horse battery"}

type Item = Mapping[str, Mapping[str, Any]]
type Handle = Callable[[Any, Any], dict[str, Any]]


class Randomness:
    """Random bytes that differ from call to call and are the same in each test."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, count: int) -> bytes:
        self.calls += 1
        return sha256(str(self.calls).encode()).digest()[:count]


class CountingHasher(PasswordHasher):
    """The real hasher at its cheapest (what it costs is tested with the passwords), counting what it is asked."""

    def __init__(self, *, time_cost: int = 1) -> None:
        super().__init__(time_cost=time_cost, memory_cost=8, parallelism=1)
        self.hashed = self.verified = 0
        self.when_verified: Callable[[], object] | None = None

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.hashed += 1
        return super().hash(password, salt=salt)

    def verify(self, hash: str | bytes, password: str | bytes) -> Any:  # noqa: A002  the base's name
        self.verified += 1
        verified = super().verify(hash, password)
        if self.when_verified is not None:  # once: what happens meanwhile may verify, too
            happen, self.when_verified = self.when_verified, None
            happen()
        return verified


@dataclass
class Meter:
    """Capacity units as AWS counts them, since those that moto returns are constants.

    Reads: DynamoDB developer guide, "DynamoDB read and write operations"; sizes: "DynamoDB item sizes and formats".
    """

    stored: Callable[[Mapping[str, Any]], Item | None]
    read: float = 0.0
    written: float = 0.0
    largest_bytes: int = 0
    operations: list[str] = field(default_factory=list)

    def before(self, params: Mapping[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        context["meter"] = (params, self.stored(params))
        self.operations.append(model.name)

    def after(self, model: Any, context: dict[str, Any], **_: Any) -> None:
        params, old = context["meter"]
        size = max(_size(old), _size(self.stored(params)))
        self.largest_bytes = max(self.largest_bytes, size)
        if model.name == "GetItem":
            self.read += max(1, ceil(size / 4096)) * (1.0 if params.get("ConsistentRead") else 0.5)
        else:
            self.written += max(1, ceil(size / 1024))

    def reset(self) -> None:
        self.read = self.written = 0.0
        self.operations.clear()


def _size(item: Item | None) -> int:
    return sum(len(name.encode()) + _value_size(value) for name, value in (item or {}).items())


def _value_size(value: Mapping[str, Any]) -> int:
    [(kind, content)] = value.items()
    if kind == "N":
        return (len(content) + 1) // 2 + 1
    if kind == "L":
        return 3 + sum(1 + _value_size(item) for item in content)
    return len(content.encode())


@dataclass
class Faults:
    """What DynamoDB answers in place of doing an operation, from now on."""

    client: Any

    def throttle(self, operation: str) -> None:
        self.refuse(operation, "ProvisionedThroughputExceededException", 400)

    def refuse(self, operation: str, code: str, status: int) -> None:
        answer = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
        self.client.meta.events.register(
            f"before-call.dynamodb.{operation}",
            lambda **_: (AWSResponse("", status, {}, None), answer),
            unique_id=f"fault {operation}",
        )

    def end(self, operation: str) -> None:
        self.client.meta.events.unregister(f"before-call.dynamodb.{operation}", unique_id=f"fault {operation}")


class ProfileService:
    """Stands for the profile service, which has a profile of Alice or none.

    Attributes:
        alice: Whether she has one.
        failures: What it answers in place of 204, one after the other, and whether it deletes all the same.
    """

    def __init__(self, service: FakeService) -> None:
        self.alice = False
        self.failures: list[tuple[Answer, bool]] = []
        self.requests = service.requests
        for user_id in ("alice", *(f"user-{number}" for number in range(20))):
            service.answers[f"DELETE /profiles/{user_id}"] = self._delete

    def _delete(self, request: ReceivedRequest) -> Answer:
        if self.failures:
            answer, deletes = self.failures.pop(0)
            self.alice = self.alice and not deletes
            return answer
        if self.alice and "If-Match" in request.headers:
            problem = {"title": "Precondition Failed", "detail": "Another.", "code": "precondition_failed"}
            return 412, problem | {"status": 412}
        self.alice = False
        return 204, None


@pytest.fixture
def send(signed_caller: Send) -> Send:
    return signed_caller


@pytest.fixture
def profile(fake_service: Callable[[str], FakeService]) -> ProfileService:
    """The API of the profile service, found by its parameter."""
    return ProfileService(fake_service("profile"))


@pytest.fixture
def hasher() -> CountingHasher:
    return CountingHasher()


@pytest.fixture
def resources(aws: AwsSession, table: Table, frozen_clock: FrozenClock, hasher: CountingHasher) -> Resources:
    services = ServiceClient(environment="dev", region="us-east-1", session=aws, timeout_s=0.3, pause=lambda _: None)
    return Resources(
        store=AuthenticationStore(table.client, table.name),
        attempts=Attempts(table.client, table.name),
        profiles=Profiles(services),
        hasher=hasher,
        clock=frozen_clock,
        random=Randomness(),
    )


@pytest.fixture
def handler(resources: Resources) -> Handler[Resources]:
    return Handler(routes, resources=resources, authenticate=authenticator(resources))


@pytest.fixture
def from_source(handler: Handler[Resources]) -> Callable[[str], Handle]:
    """The handler as it is reached from an address."""

    def reached(source_ip: str) -> Handle:
        def handle(event: Any, context: Any) -> dict[str, Any]:
            event["requestContext"]["identity"]["sourceIp"] = source_ip
            return handler(event, context)

        return handle

    return reached


@pytest.fixture
def sign_in(send: Send, handler: Handler[Resources]) -> Callable[..., dict[str, str]]:
    """Signs a user in, and up before if need be; gives the header with the token."""

    def bearer(credentials: Mapping[str, str] = ALICE) -> dict[str, str]:
        send(handler, "POST /users", body=credentials)
        session = body_of(send(handler, "POST /sessions", body=credentials), 201)
        return {"Authorization": f"Bearer {session['token']}"}

    return bearer


@pytest.fixture
def is_active(send: Send, handler: Handler[Resources]) -> Callable[[Mapping[str, str]], bool]:
    """Tells whether those who ask by `introspect` learn that a token is valid."""

    def active(bearer: Mapping[str, str]) -> bool:
        token = bearer["Authorization"].removeprefix("Bearer ")
        return bool(body_of(send(handler, "POST /introspect", body={"token": token}))["active"])

    return active


@pytest.fixture
def meter(aws: AwsSession, table: Table) -> Meter:
    observer: Any = aws.create_client("dynamodb")

    def stored(params: Mapping[str, Any]) -> Item | None:
        key = params["Key"] if "Key" in params else {"pk": params["Item"]["pk"]}
        item: Item | None = observer.get_item(TableName=table.name, Key=key).get("Item")
        return item

    meter = Meter(stored)
    table.client.meta.events.register("before-parameter-build.dynamodb", meter.before)
    table.client.meta.events.register("after-call.dynamodb", meter.after)
    return meter


@pytest.fixture
def one_write_at_a_time(table: Table) -> None:
    """Operations are atomic, as DynamoDB's are: moto checks a condition and writes in two steps."""
    lock = Lock()

    def hold(**_: Any) -> None:
        lock.acquire()

    table.client.meta.events.register_first("before-call.dynamodb", hold)
    table.client.meta.events.register_last("after-call.dynamodb", lambda **_: lock.release())


@pytest.fixture
def faults(table: Table) -> Faults:
    return Faults(table.client)
