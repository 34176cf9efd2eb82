"""All functions of a sandbox."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

from sandbox.access.identity import Credentials
from sandbox.declaration import Function
from sandbox.errors import SandboxError
from sandbox.functions.function import DeployedFunction
from sandbox.functions.invocation import Invocation
from sandbox.functions.permissions import permits
from sandbox.functions.runtime import Runtime
from sandbox.functions.version import Host
from sandbox.monitoring.logs import Logs
from sandbox.monitoring.metrics import Metrics

_REAP_EVERY_S = 60.0


class UnknownFunctionError(SandboxError):
    """No plan declares a function of this name."""


class Functions:
    """The functions that plans declare.

    Args:
        functions: What the plans declare.
        credentials: Starts a session of a role, given its ARN and the session's name.
        metrics: Where `AWS/Lambda` metrics go.
        logs: Where the functions' output goes.
        aws_url: The AWS endpoint that the functions use.
        account_id: The account of the functions.
        region: The region of the functions.
        workdir: A folder for the runtime and for unpacked bundles; it may be used again.
        unreserved_concurrency: The limit of each function that reserves no concurrency; beyond it events are refused.
            1,000 is an account's default quota, https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html.
        max_workers: The largest number of workers of a version; beyond it events wait, since this is a limit of the
            machine and not of the account.
        idle_s: How long a worker may be idle.
    """

    def __init__(  # noqa: PLR0913  # each is a part of the sandbox that functions touch
        self,
        functions: Iterable[Function],
        *,
        credentials: Callable[[str, str], Credentials],
        metrics: Metrics,
        logs: Logs,
        aws_url: str,
        account_id: str,
        region: str,
        workdir: Path,
        unreserved_concurrency: int = 1000,
        max_workers: int = 10,
        idle_s: float = 900.0,
    ) -> None:
        self._declared = {function.name: function for function in functions}
        self._credentials = credentials
        self._metrics = metrics
        self._logs = logs
        self._aws_url = aws_url
        self._arn_prefix = f"arn:aws:lambda:{region}:{account_id}:function:"
        self._region = region
        self._workdir = workdir
        self._unreserved_concurrency = unreserved_concurrency
        self._max_workers = max_workers
        self._idle_s = idle_s
        self._deployed: dict[str, DeployedFunction] = {}
        self._reaper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Unpacks the bundles and gets ready to be invoked; workers start on demand.

        Raises:
            PlanError: A function's runtime is not the one that the sandbox runs on.
            BundleError: A function's code is missing or is not a zip file.
        """
        workdir = self._workdir.absolute()
        host = Host(
            runtime=await asyncio.to_thread(Runtime.install, workdir / "runtime"),
            credentials=self._credentials,
            logs=self._logs,
            aws_url=self._aws_url,
            region=self._region,
            bundles=workdir / "bundles",
            max_workers=self._max_workers,
        )
        self._deployed = {
            name: DeployedFunction(
                function, host=host, metrics=self._metrics, unreserved_concurrency=self._unreserved_concurrency
            )
            for name, function in self._declared.items()
        }
        self._reaper = asyncio.create_task(self._reap())

    async def stop(self) -> None:
        """Kills all workers and waits for their end; invocations in flight are cancelled or fail."""
        if self._reaper is not None:
            self._reaper.cancel()
        await asyncio.gather(*(function.stop() for function in self._deployed.values()))

    async def invoke(
        self, function_name: str, qualifier: str | None, payload: bytes, *, trace_id: str | None = None
    ) -> Invocation:
        """Runs a function and waits for its answer.

        Args:
            function_name: The function's name.
            qualifier: `$LATEST`, a version's number or an alias; None is `$LATEST`.
            payload: A JSON document.
            trace_id: The X-Ray trace header of the caller; None starts a trace.
        """
        function = self._deployed.get(function_name)
        if function is None:
            return Invocation.refused(404, "", Message=f"Function not found: {self._arn_prefix}{function_name}")
        return await function.invoke(qualifier, payload, trace_id=trace_id)

    async def release(self, function_name: str, bundle: Path) -> str:
        """Publishes a version from a bundle and points `live` to it; events in flight finish on their version.

        Returns:
            The version's number; the last one's if its code is the same.

        Raises:
            UnknownFunctionError: No plan declares the function.
            BundleError: The bundle is missing or is not a zip file.
        """
        try:
            function = self._deployed[function_name]
        except KeyError:
            raise UnknownFunctionError(f"no plan declares the function {function_name}") from None
        return await function.release(bundle)

    def permits(self, function_name: str, qualifier: str | None, *, principal: str, source_arn: str) -> bool:
        """Whether the function's resource policy lets a service invoke it on behalf of a resource."""
        function = self._declared.get(function_name)
        return function is not None and permits(function, qualifier, principal=principal, source_arn=source_arn)

    async def _reap(self) -> None:
        while True:
            await asyncio.sleep(_REAP_EVERY_S)
            for function in self._deployed.values():
                function.reap(self._idle_s)
