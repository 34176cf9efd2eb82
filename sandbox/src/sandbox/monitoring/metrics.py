"""CloudWatch metrics in memory: recorded as values, aggregated into buckets of one second, read as statistics.

Recording is on the path of every request, so that it only adds to a bucket. Reading follows CloudWatch: a period is
aligned to a multiple of itself since the epoch, and a period without data has no point
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html).

Everything here belongs to one thread: record and read from the event loop only.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

from sandbox.declaration import Metric

RESOLUTION_S = 1
"""Values of one second are aggregated, as in CloudWatch's high-resolution metrics; periods are multiples of it."""

RETENTION_S = 3 * 3600
"""CloudWatch keeps points of less than a minute for three hours, and coarser ones longer; the sandbox keeps no more."""

MAX_VALUE = 2.0**360
"""The range of values, https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html."""

_BIN_RATIO = math.log(1.01)
"""Values for percentiles are kept in bins 1 % wide, so that memory does not grow with the number of values."""

STATISTICS = frozenset({"Sum", "Average", "Minimum", "Maximum", "SampleCount"})


def percentile_of(statistic: str) -> float | None:
    """The percentile that `statistic` names (`p99.9` is 99.9), or None where it names none."""
    try:
        percentile = float(statistic[1:]) if statistic[:1] == "p" else -1.0
    except ValueError:
        return None
    return percentile if 0 <= percentile <= 100 else None  # noqa: PLR2004  # percent


def is_statistic(statistic: str) -> bool:
    """Whether `Metrics.statistic` can compute `statistic`."""
    return statistic in STATISTICS or percentile_of(statistic) is not None


@dataclass(slots=True)
class StatisticSet:
    """What CloudWatch keeps of the values of a period, and their distribution in bins 1 % wide."""

    count: float = 0.0
    sum: float = 0.0
    minimum: float = math.inf
    maximum: float = -math.inf
    bins: dict[int | None, float] = field(default_factory=dict)

    def add(self, value: float, count: float = 1.0) -> None:
        """Add `value`, `count` times."""
        self.count += count
        self.sum += value * count
        self.minimum = min(self.minimum, value)
        self.maximum = max(self.maximum, value)
        # Zero and the negative values, which no service of ours emits, share one bin at the bottom.
        bin_ = math.floor(math.log(value) / _BIN_RATIO) if value > 0 else None
        self.bins[bin_] = self.bins.get(bin_, 0.0) + count

    def merge(self, other: Self) -> None:
        """Add all that `other` holds."""
        self.count += other.count
        self.sum += other.sum
        self.minimum = min(self.minimum, other.minimum)
        self.maximum = max(self.maximum, other.maximum)
        for bin_, count in other.bins.items():
            self.bins[bin_] = self.bins.get(bin_, 0.0) + count

    def statistic(self, name: str) -> float | None:
        """The statistic `name`; a percentile is exact to 1 %, and None where only statistic sets were published."""
        match name:
            case "Sum":
                return self.sum
            case "Average":
                return self.sum / self.count
            case "Minimum":
                return self.minimum
            case "Maximum":
                return self.maximum
            case "SampleCount":
                return self.count
        percentile = percentile_of(name)
        if percentile is None:
            raise ValueError(f"{name} is not a statistic that the sandbox computes")
        return self._percentile(percentile)

    def _percentile(self, percentile: float) -> float | None:
        # As on AWS, a statistic set has no percentiles unless all of its values are equal.
        if self.minimum == self.maximum:
            return self.maximum
        rank = percentile * sum(self.bins.values())
        seen = 0.0
        for bin_ in sorted(self.bins, key=lambda bin_: -math.inf if bin_ is None else bin_):
            seen += self.bins[bin_]
            if seen * 100 >= rank:
                middle = self.minimum if bin_ is None else math.exp((bin_ + 0.5) * _BIN_RATIO)
                return min(max(middle, self.minimum), self.maximum)
        return None


@dataclass(slots=True)
class _Series:
    """One metric: its buckets by second, and the unit of its last value."""

    unit: str
    buckets: dict[int, StatisticSet] = field(default_factory=dict)

    def bucket(self, at: float) -> StatisticSet:
        second = int(at // RESOLUTION_S)
        bucket = self.buckets.get(second)
        if bucket is None:
            bucket = self.buckets[second] = StatisticSet()
            self._forget_before(second - RETENTION_S // RESOLUTION_S)
        return bucket

    def between(self, start: float, end: float) -> StatisticSet | None:
        """All values of [start, end), or None where there are none."""
        seconds = range(math.ceil(start / RESOLUTION_S), math.ceil(end / RESOLUTION_S))
        buckets = [self.buckets[second] for second in seconds if second in self.buckets]
        if not buckets:
            return None
        values = StatisticSet()
        for bucket in buckets:
            values.merge(bucket)
        return values

    def _forget_before(self, second: int) -> None:
        # Insertion order is nearly the order of time: a late value at most delays the forgetting behind it.
        while (oldest := next(iter(self.buckets))) < second:
            del self.buckets[oldest]


class Metrics:
    """All metrics of the sandbox. Keeps the last three hours of each."""

    def __init__(self) -> None:
        self._series: dict[Metric, _Series] = {}

    def record(
        self, namespace: str, name: str, dimensions: Mapping[str, str], value: float, unit: str, at: float
    ) -> None:
        """Record one `value` at `at`, in seconds since the epoch."""
        self.record_many(Metric(namespace, name, tuple(sorted(dimensions.items()))), value, 1.0, unit, at)

    def record_many(self, metric: Metric, value: float, count: float, unit: str, at: float) -> None:
        """Record `value`, `count` times, as PutMetricData's Values and Counts do."""
        self._of(metric, unit).bucket(at).add(value, count)

    def record_set(self, metric: Metric, values: StatisticSet, unit: str, at: float) -> None:
        """Record a statistic set, as PutMetricData's StatisticValues does."""
        self._of(metric, unit).bucket(at).merge(values)

    def _of(self, metric: Metric, unit: str) -> _Series:
        series = self._series.get(metric)
        if series is None:
            series = self._series[metric] = _Series(unit)
        series.unit = unit
        return series

    def statistic(
        self, metric: Metric, statistic: str, period_s: float, start: float, end: float
    ) -> list[tuple[float, float]]:
        """The points of `metric` in [start, end), oldest first, as (start of the period, value).

        Args:
            metric: The metric; one that was never recorded has no points.
            statistic: Sum, Average, Minimum, Maximum, SampleCount or a percentile such as p99.
            period_s: The period in seconds, a multiple of `RESOLUTION_S`.
            start: Seconds since the epoch, rounded down to the period.
            end: Seconds since the epoch, exclusive.
        """
        points = []
        for at, values in self.periods(metric, period_s, start, end):
            value = values.statistic(statistic)
            if value is not None:
                points.append((at, value))
        return points

    def periods(
        self, metric: Metric, period_s: float, start: float, end: float
    ) -> Iterator[tuple[float, StatisticSet]]:
        """As `statistic`, with everything that is known of each period."""
        series = self._series.get(metric)
        if series is None:
            return
        start = max(start, min(series.buckets) * RESOLUTION_S)
        end = min(end, (max(series.buckets) + 1) * RESOLUTION_S)
        at = start // period_s * period_s
        while at < end:
            values = series.between(at, at + period_s)
            if values is not None:
                yield at, values
            at += period_s

    def latest(self, metric: Metric, statistic: str, period_s: float, end: float, count: int) -> list[float | None]:
        """The `count` periods that end at `end`, oldest first, None where a period has no data.

        Unlike those of `statistic`, these periods are aligned to `end`: so alarms see them.
        """
        series = self._series.get(metric)
        starts = [end - period_s * age for age in range(count, 0, -1)]
        if series is None:
            return [None] * count
        periods = (series.between(start, start + period_s) for start in starts)
        return [None if values is None else values.statistic(statistic) for values in periods]

    def unit(self, metric: Metric) -> str:
        """The unit of the last value of `metric`; `None`, as AWS spells it, where there is no unit."""
        series = self._series.get(metric)
        return series.unit if series else "None"

    def list(self) -> list[Metric]:
        """Every metric that has been recorded."""
        return list(self._series)
