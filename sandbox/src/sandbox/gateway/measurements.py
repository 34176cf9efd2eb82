"""The metrics that API Gateway emits for an API.

See https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html.
Metrics by method are not emitted: they are off unless a stage asks for detailed metrics.
"""

from sandbox.declaration import Metric
from sandbox.monitoring.metrics import Metrics

_NAMESPACE = "AWS/ApiGateway"
_CLIENT_ERROR, _SERVER_ERROR = 4, 5


class Measurements:
    """Records the metrics of one stage under `ApiName`, and under `ApiName` and `Stage`."""

    def __init__(self, metrics: Metrics, *, api_name: str, stage: str) -> None:
        self._metrics = metrics
        api = ("ApiName", api_name)
        self._identities = {
            name: (Metric(_NAMESPACE, name, (api,)), Metric(_NAMESPACE, name, (api, ("Stage", stage))))
            for name in ("Count", "4XXError", "5XXError", "Latency", "IntegrationLatency")
        }

    def record(self, status: int, *, latency_ms: float, integration_latency_ms: float | None, at: float) -> None:
        """Records one request; a request that no function was invoked for has no integration latency."""
        self._record("Count", 1.0, "Count", at)
        self._record("4XXError", float(status // 100 == _CLIENT_ERROR), "Count", at)
        self._record("5XXError", float(status // 100 == _SERVER_ERROR), "Count", at)
        self._record("Latency", latency_ms, "Milliseconds", at)
        if integration_latency_ms is not None:
            self._record("IntegrationLatency", integration_latency_ms, "Milliseconds", at)

    def _record(self, name: str, value: float, unit: str, at: float) -> None:
        for metric in self._identities[name]:
            self._metrics.record_many(metric, value, 1.0, unit, at)
