"""The queries of an alarm or of GetMetricData, compiled: metrics to fetch, and expressions over them in order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sandbox.declaration import Metric, MetricQuery
from sandbox.monitoring.alarms.expression import parse
from sandbox.monitoring.alarms.series import ExpressionError, Inputs, Kind, Node, Series
from sandbox.monitoring.metrics import is_statistic

Fetch = Callable[[Metric, str], Series]
"""Gives the series of a metric's statistic, in the periods that are being evaluated."""


@dataclass(frozen=True, slots=True)
class Queries:
    """Compiled queries. `metrics` are fetched, then `expressions` are evaluated in their order."""

    metrics: Mapping[str, tuple[Metric, str]]
    expressions: Sequence[tuple[str, Node]]

    def evaluate(self, fetch: Fetch, length: int) -> dict[str, Series]:
        """The series of every query by its id, each with `length` values."""
        series = {id_: fetch(metric, statistic) for id_, (metric, statistic) in self.metrics.items()}
        for id_, node in self.expressions:
            series[id_] = node.evaluate(Inputs(series, length))
        return series


def compile_queries(queries: Sequence[MetricQuery]) -> Queries:
    """Compile and check `queries`.

    Raises:
        ExpressionError: A query cannot be evaluated; the message begins with its id.
    """
    metrics = {}
    parsed = {}
    for query in queries:
        if query.id in metrics or query.id in parsed:
            raise ExpressionError(f"{query.id}: two queries have this id")
        if query.metric is not None:
            if not is_statistic(query.statistic or ""):
                raise ExpressionError(f"{query.id}: the sandbox does not compute the statistic {query.statistic}")
            metrics[query.id] = (query.metric, str(query.statistic))
        else:
            parsed[query.id] = _parse(query)
    ordered: dict[str, Node] = {}
    while len(ordered) < len(parsed):
        ready = [
            id_ for id_, (_, ids) in parsed.items() if id_ not in ordered and ids <= metrics.keys() | ordered.keys()
        ]
        if not ready:
            stuck = next(id_ for id_ in parsed if id_ not in ordered)
            raise ExpressionError(
                f"{stuck}: refers to an id that is no query, or to itself: {sorted(parsed[stuck][1])}"
            )
        ordered |= {id_: parsed[id_][0] for id_ in ready}
    return Queries(metrics, tuple(ordered.items()))


def _parse(query: MetricQuery) -> tuple[Node, frozenset[str]]:
    try:
        node, ids = parse(query.expression or "")
    except ExpressionError as error:
        raise ExpressionError(f"{query.id}: {error}") from error
    if node.kind is not Kind.SERIES:
        raise ExpressionError(f"{query.id}: yields {node.kind.value}, not {Kind.SERIES.value}")
    return node, ids
