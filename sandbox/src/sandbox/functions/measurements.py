"""The metrics that Lambda emits for a function."""

import time

from sandbox.declaration import Metric
from sandbox.monitoring.metrics import Metrics

_NAMESPACE = "AWS/Lambda"


class Measurements:
    """Records a function's metrics under `FunctionName`, and under `FunctionName` and `Resource`.

    `Resource` is the function with the qualifier that it was invoked by
    (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html). `ExecutedVersion` is not emitted.
    """

    def __init__(self, metrics: Metrics, function_name: str) -> None:
        self._metrics = metrics
        self._function_name = function_name
        self._known: dict[tuple[str, str | None], tuple[Metric, Metric]] = {}

    def invoked(self, qualifier: str | None, *, duration_ms: float, failed: bool, concurrency: int) -> None:
        """The function was run; `concurrency` is how many invocations were in flight with it."""
        at = time.time()
        self._record("Invocations", qualifier, 1.0, "Count", at)
        self._record("Errors", qualifier, float(failed), "Count", at)
        self._record("Throttles", qualifier, 0.0, "Count", at)
        self._record("Duration", qualifier, duration_ms, "Milliseconds", at)
        self._record("ConcurrentExecutions", qualifier, float(concurrency), "Count", at)

    def throttled(self, qualifier: str | None) -> None:
        """The function was at its limit of concurrency: neither an invocation nor an error."""
        self._record("Throttles", qualifier, 1.0, "Count", time.time())

    def _record(self, name: str, qualifier: str | None, value: float, unit: str, at: float) -> None:
        metrics = self._known.get((name, qualifier))
        if metrics is None:
            metrics = self._known[name, qualifier] = self._identities(name, qualifier)
        for metric in metrics:
            self._metrics.record_many(metric, value, 1.0, unit, at)

    def _identities(self, name: str, qualifier: str | None) -> tuple[Metric, Metric]:
        function = ("FunctionName", self._function_name)
        resource = self._function_name if qualifier is None else f"{self._function_name}:{qualifier}"
        return (
            Metric(_NAMESPACE, name, (function,)),
            Metric(_NAMESPACE, name, (function, ("Resource", resource))),
        )
