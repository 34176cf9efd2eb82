"""The lines that Lambda itself writes into a function's log, as text or as JSON. Pure.

Text: https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html. JSON, of which these are the events of level
INFO: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html and
https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Report:
    """How an invocation went.

    Attributes:
        request_id: The invocation's id.
        duration_ms: From the delivery of the event to the response.
        memory_mb: The memory that the function has.
        max_memory_mb: The most memory that the worker was seen to use.
        init_duration_ms: How long the worker took to start, where this is its first invocation.
        timed_out_after_s: The function's timeout, where the invocation reached it.
        error_type: The type of error, where the worker itself failed.
    """

    request_id: str
    duration_ms: float
    memory_mb: int
    max_memory_mb: int
    init_duration_ms: float | None = None
    timed_out_after_s: float | None = None
    error_type: str | None = None

    @property
    def status(self) -> str:
        """Lambda's word for the end of the invocation."""
        if self.timed_out_after_s is not None:
            return "timeout"
        return "success" if self.error_type is None else "error"

    @property
    def billed_ms(self) -> int:
        """The duration that is paid for."""
        return math.ceil(self.duration_ms + (self.init_duration_ms or 0))


class TextLines:
    """Lambda's lines in its older format."""

    def init_start(self, runtime_version: str) -> list[str]:
        """A worker starts."""
        return [f"INIT_START Runtime Version: {runtime_version}"]

    def start(self, request_id: str, version: str) -> list[str]:
        """An invocation starts."""
        return [f"START RequestId: {request_id} Version: {version}"]

    def report(self, report: Report) -> list[str]:
        """An invocation ends."""
        fields = [
            f"REPORT RequestId: {report.request_id}",
            f"Duration: {report.duration_ms:.2f} ms",
            f"Billed Duration: {report.billed_ms} ms",
            f"Memory Size: {report.memory_mb} MB",
            f"Max Memory Used: {report.max_memory_mb} MB",
        ]
        if report.init_duration_ms is not None:
            fields.append(f"Init Duration: {report.init_duration_ms:.2f} ms")
        if report.status != "success":
            fields.append(f"Status: {report.status}")
        if report.status == "error":
            fields.append(f"Error Type: {report.error_type}")
        lines = [f"END RequestId: {report.request_id}", "\t".join(fields) + "\t"]
        if report.timed_out_after_s is not None:
            lines.insert(0, f"{report.request_id} Task timed out after {report.timed_out_after_s:.2f} seconds\n")
        return lines


class JsonLines:
    """Lambda's lines as JSON documents."""

    def init_start(self, runtime_version: str) -> list[str]:
        """A worker starts."""
        record = {"initializationType": "on-demand", "phase": "init", "runtimeVersion": runtime_version}
        return [_event("platform.initStart", record)]

    def start(self, request_id: str, version: str) -> list[str]:
        """An invocation starts."""
        return [_event("platform.start", {"requestId": request_id, "version": version})]

    def report(self, report: Report) -> list[str]:
        """An invocation ends."""
        metrics: dict[str, float] = {
            "durationMs": round(report.duration_ms, 3),
            "billedDurationMs": report.billed_ms,
            "memorySizeMB": report.memory_mb,
            "maxMemoryUsedMB": report.max_memory_mb,
        }
        if report.init_duration_ms is not None:
            metrics["initDurationMs"] = round(report.init_duration_ms, 3)
        record: dict[str, Any] = {"requestId": report.request_id, "metrics": metrics, "status": report.status}
        if report.status == "error":
            record["errorType"] = report.error_type
        return [_event("platform.report", record)]


def _event(kind: str, record: Mapping[str, Any]) -> str:
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({"time": at, "type": kind, "record": record}, separators=(",", ":"))
