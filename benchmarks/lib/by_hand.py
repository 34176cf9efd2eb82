"""The log line and the metric of a request, written by hand: two lines on standard output."""

import json
import os
from datetime import UTC, datetime

SERVICE = os.environ.get("POWERTOOLS_SERVICE_NAME", "orders")
NAMESPACE = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "Benchmark")


class Writer:
    """Writes what lambda_lib and Powertools write: the same fields, the same metric (EMF)."""

    def __init__(self) -> None:
        self._cold = True

    def write(
        self, *, route: str, status: int, duration_ms: float, correlation_id: str | None, request_id: str | None
    ) -> None:
        """Write the two lines of a request."""
        cold, self._cold = self._cold, False
        now = datetime.now(UTC)
        print(
            json.dumps(
                {
                    "level": "INFO",
                    "message": "request",
                    "timestamp": now.isoformat(timespec="milliseconds"),
                    "service": SERVICE,
                    "route": route,
                    "status": status,
                    "duration_ms": round(duration_ms, 3),
                    "correlation_id": correlation_id,
                    "request_id": request_id,
                    "cold_start": cold,
                }
            )
        )
        print(
            json.dumps(
                {
                    "_aws": {
                        "Timestamp": int(now.timestamp() * 1000),
                        "CloudWatchMetrics": [
                            {
                                "Namespace": NAMESPACE,
                                "Dimensions": [["service"]],
                                "Metrics": [{"Name": "Requests", "Unit": "Count"}],
                            }
                        ],
                    },
                    "service": SERVICE,
                    "Requests": [1.0],
                }
            )
        )
