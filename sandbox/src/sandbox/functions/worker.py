"""A worker: one process that serves one event at a time, as one execution environment of Lambda does."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

from sandbox.functions.execution_log import ExecutionLog
from sandbox.functions.invocation import MAX_RESPONSE_BYTES, Event, Outcome
from sandbox.functions.runtime_api import RuntimeApi

_INIT_LIMIT_S = 10.0
"""Of the init phase, https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html."""

_MEMORY_SAMPLE_S = 1.0
_READ_BYTES = 65536
_READS = 16
"""More than a pipe holds; a worker that writes without a pause must not keep everything else waiting."""


class Worker:
    """A worker process with its Runtime API and its log.

    Attributes:
        log: Where its output goes.
        expires_at: When its credentials end, in seconds since the epoch.
        idle_since: When it last finished an event, by the loop's clock.
        retired: It takes no further event, since its version has been replaced.
    """

    def __init__(self, log: ExecutionLog, *, timeout_s: float, expires_at: float) -> None:
        self.log = log
        self.expires_at = expires_at
        self.idle_since = 0.0
        self.retired = False
        self._timeout_s = timeout_s
        self._loop = asyncio.get_running_loop()
        self._api = RuntimeApi(on_ready=self._on_ready, on_init_error=self._on_init_error, on_answer=self._on_answer)
        self._ready: asyncio.Future[Outcome | None] = self._loop.create_future()
        self._answer: asyncio.Future[Outcome] | None = None
        self._event: Event | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._ended: asyncio.Task[None] | None = None
        self._output = -1
        self._init_duration_ms: float | None = None
        self._max_memory_mb = 0
        self._memory_sampled_at = 0.0

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self._ended is not None and not self._ended.done()

    async def start(
        self, command: tuple[str, ...], *, cwd: Path, environment: Callable[[str], Mapping[str, str]]
    ) -> Outcome | None:
        """Starts the process and waits until it asks for its first event.

        Args:
            command: The process's command line.
            cwd: Its working folder, the task root.
            environment: Its variables, given the address of its Runtime API.

        Returns:
            None, or how the start failed; the worker is then of no more use.
        """
        began = self._loop.time()
        address = await self._api.start()
        self._output, write_end = os.pipe()
        os.set_blocking(self._output, False)
        self._loop.add_reader(self._output, self._read_output)
        try:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                cwd=cwd,
                env=environment(address),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=write_end,
                stderr=write_end,
                # A group of its own: what the function starts ends with it, and Ctrl-C at the terminal is for the
                # sandbox alone.
                process_group=0,
            )
        finally:
            os.close(write_end)
        self._ended = asyncio.create_task(self._wait_for_end(self._process))
        # Lambda repeats an init that takes too long within the invocation, whose timeout then counts.
        limit_s = _INIT_LIMIT_S + self._timeout_s
        timer = self._loop.call_later(limit_s, self._on_timeout)
        try:
            failure = await self._ready
        finally:
            timer.cancel()
        self._init_duration_ms = (self._loop.time() - began) * 1000
        self.idle_since = self._loop.time()
        return failure

    async def invoke(self, event: Event) -> tuple[Outcome, float]:
        """Has the worker serve an event.

        Returns:
            The outcome and the duration in milliseconds.
        """
        began = self._loop.time()
        self._event = event
        self._answer = self._loop.create_future()
        self.log.start(event.request_id)
        timer = self._loop.call_later(self._timeout_s, self._on_timeout)
        self._api.deliver(event)
        if not self.alive:
            self._on_end()
        try:
            outcome = await self._answer
        finally:
            timer.cancel()
            self._answer = None
        self.idle_since = self._loop.time()
        duration_ms = (self.idle_since - began) * 1000
        self._report(event.request_id, outcome, duration_ms)
        return outcome, duration_ms

    def report_failed_start(self, request_id: str, outcome: Outcome) -> None:
        """Logs an invocation that ended with the failed start of this worker."""
        self.log.start(request_id)
        self._report(request_id, outcome, 0.0)

    async def stop(self) -> None:
        """Kills the process with all that it started, and waits for its end."""
        self._kill()
        if self._ended is not None:
            await self._ended
        self._api.stop()
        self._read_output()
        self._close_output()
        self.log.flush()

    def _report(self, request_id: str, outcome: Outcome, duration_ms: float) -> None:
        # What the function wrote is in the pipe already: it writes before it answers.
        self._read_output()
        self._sample_memory()
        self.log.report(
            request_id,
            duration_ms=duration_ms,
            max_memory_mb=self._max_memory_mb,
            init_duration_ms=self._init_duration_ms,
            timed_out_after_s=self._timeout_s if outcome.error_type == "Sandbox.Timedout" else None,
            error_type=outcome.error_type if outcome.worker_lost else None,
        )
        self._init_duration_ms = None

    def _on_ready(self) -> None:
        if not self._ready.done():
            self._ready.set_result(None)

    def _on_init_error(self, error_type: str, body: bytes) -> None:
        self._fail(Outcome(body, error_type, worker_lost=True))

    def _on_answer(self, request_id: str, error_type: str | None, body: bytes) -> None:
        if self._event is None or request_id != self._event.request_id:
            return  # the answer to an event that has timed out
        if len(body) > MAX_RESPONSE_BYTES:
            message = f"Response payload size exceeded maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes)."
            self._settle(Outcome.failure("Function.ResponseSizeTooLarge", message, worker_lost=False))
        else:
            self._settle(Outcome(body, error_type))

    def _on_timeout(self) -> None:
        self._fail(
            Outcome.failure(
                "Sandbox.Timedout", f"{self._error_prefix()}Task timed out after {self._timeout_s:.2f} seconds"
            )
        )
        self._kill()

    def _on_end(self) -> None:
        code = self._process.returncode if self._process is not None else None
        if code is None or code == 0:
            reason = "Runtime exited without providing a reason"
        elif code < 0:
            reason = f"Runtime exited with error: signal: {(signal.strsignal(-code) or str(-code)).lower()}"
        else:
            reason = f"Runtime exited with error: exit status {code}"
        self._fail(Outcome.failure("Runtime.ExitError", f"{self._error_prefix()}{reason}"))

    def _error_prefix(self) -> str:
        return f"RequestId: {self._event.request_id} Error: " if self._event is not None else ""

    def _fail(self, outcome: Outcome) -> None:
        if not self._ready.done():
            self._ready.set_result(outcome)
        self._settle(outcome)

    def _settle(self, outcome: Outcome) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(outcome)

    async def _wait_for_end(self, process: asyncio.subprocess.Process) -> None:
        await process.wait()
        self._kill()  # what it has left behind
        self._on_end()

    def _kill(self) -> None:
        """Kills the process with all that it started, unless its end is long past and its group may be another's."""
        if self._process is not None and self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _read_output(self) -> None:
        for _ in range(_READS):
            if self._output < 0:
                return
            try:
                data = os.read(self._output, _READ_BYTES)
            except BlockingIOError:
                return
            if not data:
                self._close_output()
                return
            self.log.output(data)

    def _close_output(self) -> None:
        if self._output < 0:
            return
        self._loop.remove_reader(self._output)
        os.close(self._output)
        self._output = -1

    def _sample_memory(self) -> None:
        now = self._loop.time()
        if self._process is None or now < self._memory_sampled_at + _MEMORY_SAMPLE_S:
            return
        self._memory_sampled_at = now
        with contextlib.suppress(psutil.Error):
            used = psutil.Process(self._process.pid).memory_info().rss // 2**20
            self._max_memory_mb = max(self._max_memory_mb, used)
