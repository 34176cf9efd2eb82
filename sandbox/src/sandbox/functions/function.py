"""A function: its versions and aliases, its concurrency, its metrics."""

import asyncio
import secrets
import time
import uuid
from pathlib import Path

from sandbox.declaration import Function
from sandbox.functions.bundles import unpack
from sandbox.functions.invocation import MAX_PAYLOAD_BYTES, Event, Invocation, Outcome
from sandbox.functions.measurements import Measurements
from sandbox.functions.pool import StartFailure
from sandbox.functions.runtime import Runtime
from sandbox.functions.version import LATEST, Host, Version
from sandbox.monitoring.metrics import Metrics

_LIVE = "live"


class DeployedFunction:
    """A function that can be invoked.

    Args:
        declared: The function as first applied: `$LATEST` and version 1 are its code, and its aliases point to 1.
        host: What the workers of all functions have in common.
        metrics: Where `AWS/Lambda` metrics go.
        unreserved_concurrency: The limit where the function reserves none.

    Raises:
        PlanError: The function's runtime is not the one that the sandbox runs on.
        BundleError: Its code is missing or is not a zip file.
    """

    def __init__(self, declared: Function, *, host: Host, metrics: Metrics, unreserved_concurrency: int) -> None:
        Runtime.check(declared.name, declared.runtime)
        self.declared = declared
        self._host = host
        self._measurements = Measurements(metrics, declared.name)
        if declared.reserved_concurrency is None:
            self._concurrency = unreserved_concurrency
            self._limit = "ConcurrentInvocationLimitExceeded"
        else:
            self._concurrency = declared.reserved_concurrency
            self._limit = "ReservedFunctionConcurrentInvocationLimitExceeded"
        self._in_flight = 0
        root = unpack(declared.code, host.bundles)
        self._versions = {number: Version(declared, number, root, host) for number in (LATEST, "1")}
        self._aliases = dict.fromkeys(declared.aliases, "1")

    async def invoke(self, qualifier: str | None, payload: bytes, *, trace_id: str | None) -> Invocation:
        """Runs the function and waits for its answer.

        Args:
            qualifier: `$LATEST`, a version's number or an alias; None is `$LATEST`.
            payload: A JSON document.
            trace_id: The X-Ray trace header of the caller; None starts a trace.
        """
        request_id = str(uuid.uuid4())
        arn = self.declared.arn if qualifier is None else f"{self.declared.arn}:{qualifier}"
        version = self._version(qualifier)
        if version is None:
            return Invocation.refused(404, request_id, Message=f"Function not found: {arn}")
        if len(payload) > MAX_PAYLOAD_BYTES:
            message = (
                f"{len(payload)} byte payload is too large for the RequestResponse invocation type "
                f"(limit {MAX_PAYLOAD_BYTES} bytes)"
            )
            return Invocation.refused(413, request_id, message=message)
        if self._in_flight >= self._concurrency:
            self._measurements.throttled(qualifier)
            return Invocation.refused(429, request_id, Reason=self._limit, message="Rate Exceeded.")
        self._in_flight += 1
        concurrency = self._in_flight
        try:
            outcome, duration_ms = await self._run(version, request_id, payload, arn, _trace(trace_id))
        finally:
            self._in_flight -= 1
        failed = outcome.error_type is not None
        self._measurements.invoked(qualifier, duration_ms=duration_ms, failed=failed, concurrency=concurrency)
        return Invocation(200, outcome.payload, "Unhandled" if failed else None, version.number, request_id)

    async def release(self, bundle: Path) -> str:
        """Publishes a version from a bundle and points `live` to it; events in flight finish on their version.

        As on AWS, code that has not changed since the last version publishes none
        (https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html).

        Returns:
            The version's number.

        Raises:
            BundleError: The bundle is missing or is not a zip file.
        """
        root = await asyncio.to_thread(unpack, bundle, self._host.bundles)
        number = str(len(self._versions) - 1)
        if self._versions[number].task_root != root:
            number = str(len(self._versions))
            self._versions[LATEST].deploy(root)
            self._versions[number] = Version(self.declared, number, root, self._host)
        before = self._aliases.get(_LIVE)
        self._aliases[_LIVE] = number
        if before is not None and before not in self._aliases.values():
            self._versions[before].pool.retire()
        return number

    def reap(self, idle_s: float) -> None:
        """Ends the workers that have been idle for so long."""
        for version in self._versions.values():
            version.pool.reap(idle_s)

    async def stop(self) -> None:
        """Kills all workers and waits for their end."""
        await asyncio.gather(*(version.pool.stop() for version in self._versions.values()))

    def _version(self, qualifier: str | None) -> Version | None:
        name = qualifier or LATEST
        return self._versions.get(self._aliases.get(name, name))

    async def _run(
        self, version: Version, request_id: str, payload: bytes, arn: str, trace_id: str
    ) -> tuple[Outcome, float]:
        try:
            worker = await version.pool.acquire()
        except StartFailure as failure:
            failure.worker.report_failed_start(request_id, failure.outcome)
            return failure.outcome, 0.0
        deadline_ms = int((time.time() + self.declared.timeout_s) * 1000)
        lost = True
        try:
            outcome, duration_ms = await worker.invoke(Event(request_id, payload, arn, deadline_ms, trace_id))
            lost = outcome.worker_lost
        finally:
            version.pool.release(worker, lost=lost)
        return outcome, duration_ms


def _trace(given: str | None) -> str:
    # https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
    root = given or f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    return root if "Parent=" in root else f"{root};Parent={secrets.token_hex(8)};Sampled=0"
