"""PutMetricData, GetMetricData, GetMetricStatistics and ListMetrics over the sandbox's metrics."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sandbox.aws.cloudwatch.operation import Operation, Parameters, seconds, time
from sandbox.aws.wire import ApiError
from sandbox.declaration import Metric, MetricQuery
from sandbox.monitoring.alarms.queries import Queries, compile_queries
from sandbox.monitoring.alarms.series import ExpressionError, Series
from sandbox.monitoring.metrics import MAX_VALUE, Metrics, StatisticSet, is_statistic

MAX_POINTS = 100_800
"""The most points that one call of GetMetricData returns, by its reference."""


class MetricOperations:
    """The operations on metrics. `clock` gives seconds since the epoch."""

    def __init__(self, *, metrics: Metrics, clock: Callable[[], float]) -> None:
        self._metrics = metrics
        self._clock = clock

    def operations(self) -> Mapping[str, Operation]:
        """The operations by name."""
        return {
            "GetMetricData": self._get_metric_data,
            "GetMetricStatistics": self._get_metric_statistics,
            "ListMetrics": self._list_metrics,
            "PutMetricData": self._put_metric_data,
        }

    async def _put_metric_data(self, parameters: Parameters) -> Parameters:
        namespace = parameters["Namespace"]
        if namespace.startswith("AWS/"):
            raise ApiError("InvalidParameterValue", "The value AWS/ for parameter Namespace is invalid.")
        for datum in parameters.get("MetricData", ()):
            metric = metric_of(namespace, datum["MetricName"], datum.get("Dimensions", ()))
            unit = datum.get("Unit", "None")
            at = seconds(datum["Timestamp"]) if "Timestamp" in datum else self._clock()
            if "StatisticValues" in datum:
                values = datum["StatisticValues"]
                merged = StatisticSet(values["SampleCount"], values["Sum"], values["Minimum"], values["Maximum"])
                self._metrics.record_set(metric, merged, unit, at)
            numbers = datum.get("Values", [datum["Value"]] if "Value" in datum else [])
            counts = datum.get("Counts", [1.0] * len(numbers))
            if len(counts) != len(numbers):
                raise ApiError("InvalidParameterValue", "The parameters Values and Counts must have the same length.")
            if not all(abs(number) <= MAX_VALUE for number in numbers):
                raise ApiError("InvalidParameterValue", "A value is not a number from -2^360 to 2^360.")
            for value, count in zip(numbers, counts, strict=True):
                self._metrics.record_many(metric, value, count, unit, at)
        return {}

    async def _list_metrics(self, parameters: Parameters) -> Parameters:
        return {
            "Metrics": [
                {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions_of(metric)}
                for metric in self._metrics.list()
                if parameters.get("Namespace", metric.namespace) == metric.namespace
                and parameters.get("MetricName", metric.name) == metric.name
                and all(_matches(metric, wanted) for wanted in parameters.get("Dimensions", ()))
            ]
        }

    async def _get_metric_statistics(self, parameters: Parameters) -> Parameters:
        metric = metric_of(parameters["Namespace"], parameters["MetricName"], parameters.get("Dimensions", ()))
        plain = parameters.get("Statistics", [])
        extended = parameters.get("ExtendedStatistics", [])
        if not plain and not extended:
            raise ApiError("MissingParameter", "Statistics or ExtendedStatistics must be given.")
        for statistic in [*plain, *extended]:
            if not is_statistic(statistic):
                raise ApiError("InvalidParameterValue", f"The sandbox does not compute {statistic}.")
        unit = self._metrics.unit(metric)
        points: list[dict[str, Any]] = []
        if parameters.get("Unit", unit) == unit:
            start, end = seconds(parameters["StartTime"]), seconds(parameters["EndTime"])
            points = [
                {"Timestamp": time(at), "Unit": unit, "ExtendedStatistics": _statistics(values, extended)}
                | _statistics(values, plain)
                for at, values in self._metrics.periods(metric, parameters["Period"], start, end)
            ]
        return {"Label": metric.name, "Datapoints": points}

    async def _get_metric_data(self, parameters: Parameters) -> Parameters:
        wanted = parameters["MetricDataQueries"]
        try:
            queries = compile_queries([_query(query) for query in wanted])
        except ExpressionError as error:
            raise ApiError("ValidationError", f"Error in expression {error}") from error
        starts, series = self._evaluate(queries, _period(wanted), parameters)
        newest_first = parameters.get("ScanBy", "TimestampDescending") == "TimestampDescending"
        results = []
        for query in wanted:
            if not query.get("ReturnData", True):
                continue
            points = [(at, value) for at, value in zip(starts, series[query["Id"]], strict=True) if value is not None]
            points.sort(reverse=newest_first)
            results.append(
                {
                    "Id": query["Id"],
                    "Label": query.get("Label") or _label(query),
                    "Timestamps": [time(at) for at, _ in points],
                    "Values": [value for _, value in points],
                    "StatusCode": "Complete",
                }
            )
        return {"MetricDataResults": results, "Messages": []}

    def _evaluate(
        self, queries: Queries, period_s: int, parameters: Parameters
    ) -> tuple[list[float], Mapping[str, Series]]:
        first = seconds(parameters["StartTime"]) // period_s * period_s
        end = seconds(parameters["EndTime"])
        length = max(0, math.ceil((end - first) / period_s))
        if length * len(queries.metrics) > MAX_POINTS:
            raise ApiError("ValidationError", f"More than {MAX_POINTS} points; ask for a longer period.")
        starts = [first + index * period_s for index in range(length)]

        def fetch(metric: Metric, statistic: str) -> Series:
            points = dict(self._metrics.statistic(metric, statistic, period_s, first, end))
            return [points.get(at) for at in starts]

        return starts, queries.evaluate(fetch, length)


def _statistics(values: StatisticSet, names: Iterable[str]) -> dict[str, float]:
    computed = {name: values.statistic(name) for name in names}
    return {name: value for name, value in computed.items() if value is not None}


def metric_of(namespace: str, name: str, dimensions: Iterable[Mapping[str, str]]) -> Metric:
    """The metric that the API names."""
    return Metric(namespace, name, tuple(sorted((pair["Name"], pair["Value"]) for pair in dimensions)))


def dimensions_of(metric: Metric) -> list[dict[str, str]]:
    """The dimensions of `metric` as the API gives them."""
    return [{"Name": name, "Value": value} for name, value in metric.dimensions]


def _matches(metric: Metric, wanted: Mapping[str, str]) -> bool:
    return any(name == wanted["Name"] and wanted.get("Value", value) == value for name, value in metric.dimensions)


def _query(query: Mapping[str, Any]) -> MetricQuery:
    stat = query.get("MetricStat")
    metric = stat and metric_of(
        stat["Metric"]["Namespace"], stat["Metric"]["MetricName"], stat["Metric"].get("Dimensions", ())
    )
    return MetricQuery(
        id=query["Id"],
        metric=metric,
        statistic=stat and stat["Stat"],
        expression=query.get("Expression"),
        return_data=query.get("ReturnData", True),
    )


def _period(queries: Iterable[Mapping[str, Any]]) -> int:
    """The one period of all `queries`, in seconds: the sandbox evaluates no other requests."""
    periods = {query["MetricStat"]["Period"] for query in queries if "MetricStat" in query}
    if len(periods) != 1:
        raise ApiError("ValidationError", f"The queries must have one period in the sandbox, not {sorted(periods)}.")
    return int(periods.pop())


def _label(query: Mapping[str, Any]) -> str:
    return str(query["MetricStat"]["Metric"]["MetricName"] if "MetricStat" in query else query["Id"])
