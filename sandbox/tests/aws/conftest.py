"""A listening AWS endpoint over a small declaration, and botocore clients that talk to it."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Self

import boto3
import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials as SigningCredentials

from sandbox import listeners
from sandbox.access.identity import Credentials, Identities
from sandbox.aws.dynamodb.governor import Governor
from sandbox.aws.dynamodb.store import Store
from sandbox.aws.endpoint import AwsEndpoint
from sandbox.aws.moto_backend import Moto
from sandbox.aws.provision import provision
from sandbox.aws.server import AwsServer
from sandbox.aws.wire import ApiError
from sandbox.declaration import Declaration, Index, Parameter, Role, Table, Topic
from sandbox.monitoring.metrics import Metrics

ACCOUNT = "123456789012"
REGION = "us-east-1"

type Client = Any
type Clients = Callable[..., Client]


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def a_policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: str | list[str], resource: str | list[str] = "*", **rest: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **rest}


def deny(action: str | list[str], resource: str | list[str] = "*", **rest: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **rest}


def a_role(name: str, *statements: dict[str, Any], trust: Any = None, boundary: dict[str, Any] | None = None) -> Role:
    principal = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"} if trust is None else trust
    return Role(
        name=name,
        arn=f"arn:aws:iam::{ACCOUNT}:role/{name}",
        trust_policy=a_policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}),
        policies=(a_policy(*statements),) if statements else (),
        permissions_boundary=boundary,
    )


def a_table(name: str = "dev-location", *, read: int = 1, write: int = 1, indexes: tuple[Index, ...] = ()) -> Table:
    return Table(
        name=name,
        arn=arn("dynamodb", f"table/{name}"),
        hash_key="user_id",
        range_key=None,
        attribute_types={"user_id": "S", **{index.hash_key: "S" for index in indexes}},
        read_capacity=read,
        write_capacity=write,
        indexes=indexes,
    )


def an_index(**values: Any) -> Index:
    defaults: dict[str, Any] = {
        "name": "by-city",
        "hash_key": "city",
        "range_key": None,
        "projection_type": "ALL",
        "non_key_attributes": (),
        "read_capacity": 1,
        "write_capacity": 1,
    }
    return Index(**{**defaults, **values})


DECLARATION = Declaration(
    account_id=ACCOUNT,
    region=REGION,
    environment="dev",
    roles=(
        a_role("reader", allow(["dynamodb:GetItem", "dynamodb:Query"], arn("dynamodb", "table/dev-location"))),
        a_role(
            "denied",
            allow("dynamodb:*"),
            deny("dynamodb:DeleteItem", arn("dynamodb", "table/dev-location"), Sid="NeverDelete"),
        ),
        a_role("bounded", allow("dynamodb:*"), boundary=a_policy(allow("dynamodb:Query"))),
        a_role("configured", allow("ssm:GetParameter", arn("ssm", "parameter/dev/location/url"))),
        a_role("for-lambda", trust={"Service": "lambda.amazonaws.com"}),
    ),
    tables=(a_table(), a_table("dev-indexed", read=10, write=10, indexes=(an_index(),))),
    functions=(),
    apis=(),
    parameters=(
        Parameter("/dev/location/url", arn("ssm", "parameter/dev/location/url"), "String", "http://127.0.0.1:1/live"),
    ),
    log_groups=(),
    topics=(Topic("dev-alarms", arn("sns", "dev-alarms")),),
    alarms=(),
    checked=(),
)


class Clock:
    """The endpoint's time: now, unless a test moves it."""

    def __init__(self) -> None:
        self.offset_s = 0.0

    def __call__(self) -> float:
        return time.time() + self.offset_s


class Server:
    """The endpoint on a port of its own, in a thread of its own, as another process would see it."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.identities = Identities(account_id=ACCOUNT, roles=DECLARATION.roles)
        self.metrics = Metrics()
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._moto = Moto(account_id=ACCOUNT)

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            self._run(self._start())
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._server.stop())
        self._moto.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, coroutine: Any) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=30)

    async def _start(self) -> None:
        store = Store(moto=self._moto, account_id=ACCOUNT, region=REGION)
        endpoint = AwsEndpoint(
            identities=self.identities,
            moto=self._moto,
            governor=Governor(tables=DECLARATION.tables, store=store, now=self.clock()),
            metrics=self.metrics,
            region=REGION,
            operations={("cloudwatch", "DescribeAlarms"): no_alarms, ("logs", "GetLogEvents"): no_log_group},
            clock=self.clock,
        )
        self._server = AwsServer(endpoint)
        await provision(DECLARATION, moto=self._moto)
        bound = listeners.bind()
        await self._server.start(bound)
        self.url = listeners.url(bound)


async def no_alarms(_: Any) -> dict[str, Any]:
    return {"MetricAlarms": [], "CompositeAlarms": []}


async def no_log_group(_: Any) -> dict[str, Any]:
    raise ApiError("ResourceNotFoundException", "The specified log group does not exist.")


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def client(server: Server) -> Clients:
    """Makes a client of a service, with the administrator's keys unless others are given."""

    def make(service: str, credentials: Credentials | None = None, region: str = REGION) -> Client:
        keys = credentials or server.identities.administrator
        return boto3.Session().client(
            service,
            region_name=region,
            endpoint_url=server.url,
            aws_access_key_id=keys.access_key_id,
            aws_secret_access_key=keys.secret_access_key,
            aws_session_token=keys.session_token,
            config=Config(retries={"total_max_attempts": 1}),
        )

    return make


@pytest.fixture
def as_role(server: Server) -> Callable[[str], Credentials]:
    """Assumes a role of the declaration, for which the administrator needs no permission here."""
    return lambda name: server.identities.assume(f"arn:aws:iam::{ACCOUNT}:role/{name}", "test", now=server.clock())


@pytest.fixture
def signed(server: Server) -> Callable[..., requests.Response]:
    """Sends a body to DynamoDB as no client would make it: signed over `body`, but sent as `sent`."""

    def send(
        body: str,
        *,
        sent: str | None = None,
        target: str = "DynamoDB_20120810.GetItem",
        service: str = "dynamodb",
        credentials: Credentials | None = None,
    ) -> requests.Response:
        keys = credentials or server.identities.administrator
        request = AWSRequest(
            method="POST",
            url=f"{server.url}/",
            data=body,
            headers={"content-type": "application/x-amz-json-1.0", "x-amz-target": target},
        )
        signing = SigningCredentials(keys.access_key_id, keys.secret_access_key, keys.session_token)
        SigV4Auth(signing, service, REGION).add_auth(request)
        return requests.post(f"{server.url}/", data=sent or body, headers=dict(request.headers), timeout=5)

    return send
