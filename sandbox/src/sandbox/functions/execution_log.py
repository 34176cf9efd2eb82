"""What an execution environment writes to its log stream: the function's output and Lambda's own lines."""

import math
import secrets
import time
from datetime import UTC, datetime

from sandbox.monitoring.logs import Logs

_MAX_EVENT_BYTES = 256 * 1024
"""A longer line becomes several events, https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html."""


class ExecutionLog:
    """The log stream of one worker.

    Attributes:
        stream: Its name, as Lambda makes it: day, version and a random part.
    """

    def __init__(self, logs: Logs, *, group: str, version: str, memory_mb: int) -> None:
        self.stream = f"{datetime.now(UTC):%Y/%m/%d}/[{version}]{secrets.token_hex(16)}"
        self._logs = logs
        self._group = group
        self._version = version
        self._memory_mb = memory_mb
        self._partial = b""

    def init_start(self, runtime: str) -> None:
        """A worker starts."""
        self._write(f"INIT_START Runtime Version: {runtime.replace('python', 'python:')}\n")

    def start(self, request_id: str) -> None:
        """An invocation starts."""
        self._write(f"START RequestId: {request_id} Version: {self._version}\n")

    def output(self, data: bytes) -> None:
        """Writes each finished line of the function's output as an event.

        The runtime interface client separates the lines of one event, such as a traceback, by carriage returns.
        """
        *lines, self._partial = (self._partial + data).split(b"\n")
        for line in lines:
            self._line(line)
        if len(self._partial) > _MAX_EVENT_BYTES:
            self.flush()

    def flush(self) -> None:
        """Writes output that lacks its newline: Lambda ends the event with the invocation or with the process."""
        if self._partial:
            line, self._partial = self._partial, b""
            self._line(line)

    def report(
        self,
        request_id: str,
        *,
        duration_ms: float,
        max_memory_mb: int,
        init_duration_ms: float | None,
        status: str | None = None,
    ) -> None:
        """An invocation ends.

        Args:
            request_id: The invocation's id.
            duration_ms: From the delivery of the event to the response.
            max_memory_mb: The most memory that the worker was seen to use.
            init_duration_ms: How long the worker took to start, where this is its first invocation.
            status: `timeout`, or `error` and the type of error, where the worker itself failed.
        """
        self.flush()
        self._write(f"END RequestId: {request_id}\n")
        fields = [
            f"REPORT RequestId: {request_id}",
            f"Duration: {duration_ms:.2f} ms",
            f"Billed Duration: {math.ceil(duration_ms + (init_duration_ms or 0))} ms",
            f"Memory Size: {self._memory_mb} MB",
            f"Max Memory Used: {max_memory_mb} MB",
        ]
        if init_duration_ms is not None:
            fields.append(f"Init Duration: {init_duration_ms:.2f} ms")
        if status:
            fields.append(f"Status: {status}")
        self._write("\t".join(fields) + "\t\n")

    def line(self, text: str) -> None:
        """Writes one of Lambda's own lines."""
        self.flush()
        self._write(text + "\n")

    def _line(self, line: bytes) -> None:
        self._write(line.decode(errors="replace").replace("\r", "\n") + "\n")

    def _write(self, message: str) -> None:
        self._logs.write(self._group, self.stream, message, time.time())
