"""A stage: an API as it is served under one name, with its throttle, its access log and its metrics."""

import hashlib
from collections.abc import Iterable

from sandbox.declaration import Stage
from sandbox.errors import PlanError
from sandbox.gateway.context import response_variables
from sandbox.gateway.contract import Method
from sandbox.gateway.exchange import Exchange
from sandbox.gateway.measurements import Measurements
from sandbox.gateway.messages import Response
from sandbox.gateway.throttle import StageThrottle
from sandbox.gateway.variables import Template
from sandbox.monitoring.logs import Logs
from sandbox.monitoring.metrics import Metrics


class DeployedStage:
    """A stage that serves requests.

    Attributes:
        declared: The stage as declared.
        throttle: The buckets of its methods.

    Raises:
        PlanError: It throttles a method that the API has not.
    """

    def __init__(
        self, declared: Stage, *, api_name: str, methods: Iterable[Method], metrics: Metrics, logs: Logs
    ) -> None:
        self.declared = declared
        try:
            self.throttle = StageThrottle(
                declared.method_throttles, [(method.resource, method.http_method) for method in methods]
            )
        except PlanError as error:
            raise PlanError(f"stage {declared.name} of the API {api_name}: {error}") from error
        self._measurements = Measurements(metrics, api_name=api_name, stage=declared.name)
        self._logs = logs
        self._format = None if declared.access_log_format is None else Template(declared.access_log_format)
        # API Gateway names its streams by a digest, too.
        self._stream = hashlib.md5(f"{api_name}/{declared.name}".encode(), usedforsecurity=False).hexdigest()

    def record(self, exchange: Exchange, response: Response, *, latency_ms: float) -> None:
        """Records a request in metrics and in the access log."""
        self._measurements.record(
            response.status,
            latency_ms=latency_ms,
            integration_latency_ms=exchange.integration_latency_ms,
            at=exchange.at,
        )
        if self._format is not None and self.declared.access_log_group is not None:
            line = self._format.render(response_variables(exchange, response, latency_ms), missing="-")
            self._logs.write(self.declared.access_log_group, self._stream, line, exchange.at)
