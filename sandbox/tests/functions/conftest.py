"""Functions with bundles of one module, `app.py`, that run in real workers."""

import time
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from textwrap import dedent

import pytest

from sandbox.access.identity import Credentials
from sandbox.declaration import Function, Metric
from sandbox.functions import Functions
from sandbox.monitoring.logs import Logs
from sandbox.monitoring.metrics import Metrics

REGION, ACCOUNT = "us-east-1", "123456789012"
ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:example"
LOG_GROUP = "/aws/lambda/example"


@dataclass(frozen=True)
class Deployed:
    """A function called `example` with what it leaves behind."""

    functions: Functions
    metrics: Metrics
    logs: Logs
    make_bundle: Callable[[str], Path]

    async def invoke(self, payload: bytes = b"{}", qualifier: str | None = "live"):
        return await self.functions.invoke("example", qualifier, payload)

    async def release(self, source: str) -> str:
        return await self.functions.release("example", self.make_bundle(source))

    @property
    def messages(self) -> list[str]:
        return [event.message for event in self.logs.group(LOG_GROUP, time.time()).events]

    @property
    def streams(self) -> list[str]:
        return list(self.logs.group(LOG_GROUP, time.time()).streams)

    def metric(self, name: str, statistic: str = "Sum", **dimensions: str) -> float | None:
        metric = Metric("AWS/Lambda", name, tuple(sorted({"FunctionName": "example", **dimensions}.items())))
        points = self.metrics.statistic(metric, statistic, 3600, time.time() - 3600, time.time() + 3600)
        return sum(value for _, value in points) if points else None


type Deploy = Callable[..., AbstractAsyncContextManager[Deployed]]


@pytest.fixture(scope="session")
def workdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("functions")


@pytest.fixture
def make_bundle(tmp_path: Path) -> Callable[[str], Path]:
    numbers = count()

    def make(source: str) -> Path:
        bundle = tmp_path / f"bundle-{next(numbers)}.zip"
        with zipfile.ZipFile(bundle, "w") as archive:
            archive.writestr(zipfile.ZipInfo("app.py"), dedent(source))  # the same bytes at any time
        return bundle

    return make


@pytest.fixture
def deploy(workdir: Path, make_bundle: Callable[[str], Path]) -> Deploy:
    @asynccontextmanager
    async def deployed(
        source: str,
        *,
        unreserved_concurrency: int = 10,
        max_workers: int = 10,
        credentials_for_s: float = 3600,
        **declared: object,
    ) -> AsyncIterator[Deployed]:
        metrics = Metrics()
        logs = Logs(metrics=metrics, account_id=ACCOUNT, region=REGION)
        sessions = count()

        def credentials(role_arn: str, session_name: str) -> Credentials:
            token = f"{role_arn} {session_name} {next(sessions)}"
            return Credentials("AKIAEXAMPLE", "secret", token, time.time() + credentials_for_s)

        function = {
            "name": "example",
            "arn": ARN,
            "role_arn": f"arn:aws:iam::{ACCOUNT}:role/example",
            "handler": "app.handler",
            "runtime": "python3.13",
            "code": make_bundle(source),
            "timeout_s": 30,
            "memory_mb": 128,
            "environment": {},
            "reserved_concurrency": None,
            "log_group": LOG_GROUP,
            "aliases": ("live",),
            "permissions": (),
        }
        functions = Functions(
            [Function(**(function | declared))],
            credentials=credentials,
            metrics=metrics,
            logs=logs,
            aws_url="http://127.0.0.1:4566",
            account_id=ACCOUNT,
            region=REGION,
            workdir=workdir,
            unreserved_concurrency=unreserved_concurrency,
            max_workers=max_workers,
        )
        await functions.start()
        try:
            yield Deployed(functions, metrics, logs, make_bundle)
        finally:
            await functions.stop()

    return deployed
