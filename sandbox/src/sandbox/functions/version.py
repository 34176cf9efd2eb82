"""A version of a function: code, immutable except for `$LATEST`, and the pool of workers that run it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox.access.identity import Credentials
from sandbox.declaration import Function
from sandbox.functions.environment import environment
from sandbox.functions.execution_log import ExecutionLog
from sandbox.functions.invocation import Outcome
from sandbox.functions.pool import Pool
from sandbox.functions.runtime import Runtime
from sandbox.functions.worker import Worker
from sandbox.monitoring.logs import Logs

LATEST = "$LATEST"


@dataclass(frozen=True, slots=True)
class Host:
    """What the workers of all functions have in common.

    Attributes:
        runtime: What they are started from.
        credentials: Starts a session of a role, given its ARN and the session's name.
        logs: Where their output goes.
        aws_url: The AWS endpoint that they use.
        region: The region that they run in.
        bundles: Where unpacked bundles live.
        max_workers: The largest number of workers of a version.
    """

    runtime: Runtime
    credentials: Callable[[str, str], Credentials]
    logs: Logs
    aws_url: str
    region: str
    bundles: Path
    max_workers: int


class Version:
    """A version.

    Attributes:
        number: `$LATEST` or a number.
        task_root: Its unpacked code.
        pool: Its workers.
    """

    def __init__(self, function: Function, number: str, task_root: Path, host: Host) -> None:
        self.number = number
        self.task_root = task_root
        self.pool = Pool(self._start_worker, timeout_s=function.timeout_s, max_workers=host.max_workers)
        self._function = function
        self._host = host

    def deploy(self, task_root: Path) -> None:
        """Replaces the code, as only `$LATEST` allows."""
        self.task_root = task_root
        self.pool.retire()

    async def _start_worker(self) -> tuple[Worker, Outcome | None]:
        function, host = self._function, self._host
        # Lambda names a function's session after the function.
        credentials = host.credentials(function.role_arn, function.name)
        log = ExecutionLog(host.logs, function, version=self.number)
        log.init_start(function.runtime)
        worker = Worker(log, timeout_s=function.timeout_s, expires_at=credentials.expires_at or float("inf"))
        try:
            failure = await worker.start(
                host.runtime.command(function.handler),
                cwd=self.task_root,
                environment=lambda runtime_api: environment(
                    function,
                    version=self.number,
                    task_root=self.task_root,
                    runtime_folder=host.runtime.folder,
                    runtime_api=runtime_api,
                    log_stream=log.stream,
                    credentials=credentials,
                    region=host.region,
                    aws_url=host.aws_url,
                ),
            )
        except (OSError, asyncio.CancelledError):
            await worker.stop()
            raise
        return worker, failure
