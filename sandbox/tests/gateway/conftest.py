"""REST APIs in front of a real function that answers as the request tells it to."""

import asyncio
import json
import time
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as SigningCredentials

from sandbox.access.identity import Credentials, Identities
from sandbox.declaration import Function, InvokePermission, Metric, RestApi, Role, Stage
from sandbox.functions import Functions
from sandbox.gateway.api import DeployedApi
from sandbox.gateway.messages import Request, Response
from sandbox.monitoring.logs import Logs
from sandbox.monitoring.metrics import Metrics

REGION, ACCOUNT, API_ID = "us-east-1", "123456789012", "a1b2c3d4e5"
API_ARN = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API_ID}"
FUNCTION_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:example"
NOW = 1_767_225_600.25  # 1 January 2026
REQUEST_ID = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"

HANDLER = """
import json, os, time

def handler(event, context):
    told = event["headers"].get("X-Respond")
    if told is None:
        return {"statusCode": 200, "body": json.dumps(event)}
    if told == "raise":
        raise ValueError("a secret of the function")
    if told.startswith("wait:"):
        while not os.path.exists(told.removeprefix("wait:")):
            time.sleep(0.005)
        return {"statusCode": 204}
    return json.loads(told)
"""

CALLER = Role(
    name="caller",
    arn=f"arn:aws:iam::{ACCOUNT}:role/caller",
    trust_policy={},
    policies=(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Action": "execute-api:Invoke",
                "Resource": f"arn:aws:execute-api:{REGION}:{ACCOUNT}:*/live/GET/*",
            },
        },
    ),
)
STRANGER = Role(name="stranger", arn=f"arn:aws:iam::{ACCOUNT}:role/stranger", trust_policy={}, policies=())


def an_operation(**rest: Any) -> dict[str, Any]:
    integration = {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{FUNCTION_ARN}:live/invocations",
    }
    return {"x-amazon-apigateway-integration": integration, **rest}


def a_body(paths: Mapping[str, Any] | None = None, **rest: Any) -> dict[str, Any]:
    return {
        "openapi": "3.0.1",
        "info": {"title": "example", "version": "1.0.0"},
        "paths": {"/users/{user_id}": {"get": an_operation()}} if paths is None else paths,
        **rest,
    }


@dataclass(frozen=True)
class Served:
    """An API called `example`, without a socket."""

    api: DeployedApi
    identities: Identities
    metrics: Metrics
    logs: Logs
    declared: RestApi
    functions: Functions

    async def request(
        self,
        method: str = "GET",
        path: str = "/live/users/ada",
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        now: float = NOW,
    ) -> Response:
        fields = tuple({"Host": "127.0.0.1:8080", **(headers or {})}.items())
        raw, _, query = path.partition("?")
        request = Request(method, raw, query, fields, body, "127.0.0.1")
        return await self.api.handle(request, now=now, request_id=REQUEST_ID)

    async def told(self, answer: Any, **rest: Any) -> Response:
        """The response where the function returns this answer."""
        return await self.request(headers={"X-Respond": json.dumps(answer), **rest})

    def session(self, role: Role, *, now: float | None = None) -> Credentials:
        return self.identities.assume(role.arn, "test", now=time.time() if now is None else now)

    def signed_headers(self, credentials: Credentials, method: str, path: str, body: bytes = b"") -> dict[str, str]:
        """The headers of a request signed now."""
        signed = AWSRequest(method, f"http://127.0.0.1:8080{path}", headers={"Host": "127.0.0.1:8080"}, data=body)
        keys = SigningCredentials(credentials.access_key_id, credentials.secret_access_key, credentials.session_token)
        SigV4Auth(keys, "execute-api", REGION).add_auth(signed)
        return dict(signed.headers.items())

    async def signed(
        self, credentials: Credentials, method: str = "GET", path: str = "/live/users/ada", *, now: float | None = None
    ) -> Response:
        headers = self.signed_headers(credentials, method, path)
        return await self.request(method, path, headers=headers, now=time.time() if now is None else now)

    @property
    def output(self) -> list[str]:
        """What the function logs."""
        return [event.message for event in self.logs.group("/aws/lambda/example", NOW).events]

    def metric(self, name: str, statistic: str = "Sum", **dimensions: str) -> float | None:
        metric = Metric("AWS/ApiGateway", name, tuple(sorted({"ApiName": "example", **dimensions}.items())))
        points = self.metrics.statistic(metric, statistic, 3600, NOW - 3600, NOW + 3600)
        return sum(value for _, value in points) if points else None


type Serve = Callable[..., AbstractAsyncContextManager[Served]]


@pytest.fixture(scope="session")
def workdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gateway")


@pytest.fixture
def serve(workdir: Path, tmp_path: Path) -> Serve:
    bundle = tmp_path / "bundle.zip"
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr("app.py", HANDLER)

    @asynccontextmanager
    async def served(
        body: Mapping[str, Any] | None = None,
        *,
        policy: Mapping[str, Any] | None = None,
        stage: Stage | None = None,
        binary_media_types: tuple[str, ...] = (),
        permissions: tuple[InvokePermission, ...] | None = None,
        **function: Any,
    ) -> AsyncIterator[Served]:
        metrics = Metrics()
        logs = Logs(metrics=metrics, account_id=ACCOUNT, region=REGION)
        identities = Identities(account_id=ACCOUNT, roles=[CALLER, STRANGER])
        permission = InvokePermission("lambda:InvokeFunction", "apigateway.amazonaws.com", "live", f"{API_ARN}/live/*")
        declared = {
            "name": "example",
            "arn": FUNCTION_ARN,
            "role_arn": CALLER.arn,
            "handler": "app.handler",
            "runtime": "python3.13",
            "code": bundle,
            "timeout_s": 30,
            "memory_mb": 128,
            "environment": {},
            "reserved_concurrency": None,
            "log_group": "/aws/lambda/example",
            "aliases": ("live",),
            "permissions": (permission,) if permissions is None else permissions,
        }
        functions = Functions(
            [Function(**(declared | function))],
            credentials=lambda role_arn, session: identities.assume(role_arn, session, now=time.time()),
            metrics=metrics,
            logs=logs,
            aws_url="http://127.0.0.1:4566",
            account_id=ACCOUNT,
            region=REGION,
            workdir=workdir,
        )
        api = RestApi(
            id=API_ID,
            name="example",
            service="example",
            body=a_body() if body is None else body,
            policy=policy,
            stages=(Stage(name="live", variables={}, method_throttles={}) if stage is None else stage,),
            binary_media_types=binary_media_types,
        )
        deployed = DeployedApi(
            api,
            functions=functions,
            identities=identities,
            metrics=metrics,
            logs=logs,
            region=REGION,
            account_id=ACCOUNT,
        )
        await functions.start()
        try:
            yield Served(deployed, identities, metrics, logs, api, functions)
        finally:
            await functions.stop()

    return served


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    async def until(condition: Callable[[], bool]) -> None:
        for _ in range(2000):
            if condition():
                return
            await asyncio.sleep(0.01)
        pytest.fail("it did not happen")

    return until


@pytest.fixture
def operation() -> Callable[..., dict[str, Any]]:
    return an_operation


@pytest.fixture
def openapi() -> Callable[..., dict[str, Any]]:
    return a_body


@pytest.fixture
def caller() -> Role:
    return CALLER


@pytest.fixture
def stranger() -> Role:
    return STRANGER
