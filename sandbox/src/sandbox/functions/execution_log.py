"""What an execution environment writes to its log stream: the function's output and Lambda's own lines."""

import json
import secrets
import time
from datetime import UTC, datetime

from sandbox.declaration import Function
from sandbox.functions.platform_lines import JsonLines, Report, TextLines
from sandbox.monitoring.logs import Logs

_MAX_EVENT_BYTES = 256 * 1024
"""A longer line becomes several events, https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html."""

_LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")


class ExecutionLog:
    """The log stream of one worker.

    Attributes:
        stream: Its name, as Lambda makes it: day, version and a random part.
    """

    def __init__(self, logs: Logs, function: Function, *, version: str) -> None:
        self.stream = f"{datetime.now(UTC):%Y/%m/%d}/[{version}]{secrets.token_hex(16)}"
        self._logs = logs
        self._group = function.log_group
        self._version = version
        self._memory_mb = function.memory_mb
        self._level = function.json_log_level
        self._lines = TextLines() if self._level is None else JsonLines()
        self._partial = b""

    def init_start(self, runtime: str) -> None:
        """A worker starts."""
        self._write(*self._lines.init_start(runtime.replace("python", "python:")))

    def start(self, request_id: str) -> None:
        """An invocation starts."""
        self._write(*self._lines.start(request_id, self._version))

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
        timed_out_after_s: float | None,
        error_type: str | None,
    ) -> None:
        """An invocation ends; `sandbox.functions.platform_lines.Report` tells the arguments."""
        self.flush()
        report = Report(
            request_id=request_id,
            duration_ms=duration_ms,
            memory_mb=self._memory_mb,
            max_memory_mb=max_memory_mb,
            init_duration_ms=init_duration_ms,
            timed_out_after_s=timed_out_after_s,
            error_type=error_type,
        )
        self._write(*self._lines.report(report))

    def _line(self, line: bytes) -> None:
        text = line.decode(errors="replace").replace("\r", "\n")
        if self._level is None or _LEVELS.index(_level_of(text)) >= _LEVELS.index(self._level):
            self._write(text)

    def _write(self, *messages: str) -> None:
        for message in messages:
            self._logs.write(self._group, self.stream, message + "\n", time.time())


def _level_of(line: str) -> str:
    """The level that Lambda takes a line for: INFO where it says none.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
    """
    if '"level"' not in line:  # embedded metrics and plain text
        return "INFO"
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return "INFO"
    level = str(document.get("level")).upper() if isinstance(document, dict) else ""
    return level if level in _LEVELS else "INFO"
