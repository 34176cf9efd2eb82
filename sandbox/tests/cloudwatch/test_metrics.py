import pytest

from sandbox.declaration import Metric
from sandbox.monitoring.metrics import RETENTION_S, Metrics, StatisticSet, is_statistic

LATENCY = Metric("AWS/Lambda", "Duration", (("FunctionName", "dev-location"),))


def recorded(*values: tuple[float, float]) -> Metrics:
    """Metrics with one metric: `values` are pairs of a time and a value."""
    metrics = Metrics()
    for at, value in values:
        metrics.record("AWS/Lambda", "Duration", {"FunctionName": "dev-location"}, value, "Milliseconds", at)
    return metrics


@pytest.mark.parametrize(
    ("statistic", "value"),
    [("Sum", 60.0), ("Average", 20.0), ("Minimum", 10.0), ("Maximum", 30.0), ("SampleCount", 3.0), ("p100", 30.0)],
)
def test_a_period_has_each_statistic_of_its_values(statistic, value):
    metrics = recorded((60.0, 10.0), (75.5, 30.0), (119.9, 20.0), (120.0, 1000.0))

    assert metrics.statistic(LATENCY, statistic, 60, 60, 120) == [(60, pytest.approx(value, rel=0.01))]


def test_periods_are_aligned_to_multiples_of_the_period():
    metrics = recorded((59.0, 1.0), (60.0, 2.0), (121.0, 4.0))

    assert metrics.statistic(LATENCY, "Sum", 60, 61, 122) == [(60, 2.0), (120, 4.0)]


def test_a_period_without_data_has_no_point():
    assert recorded((0.0, 1.0), (120.0, 1.0)).statistic(LATENCY, "Sum", 60, 0, 180) == [(0, 1.0), (120, 1.0)]


def test_a_metric_that_was_never_recorded_has_no_points():
    metrics = Metrics()

    assert metrics.statistic(LATENCY, "Sum", 60, 0, 600) == []
    assert metrics.latest(LATENCY, "Sum", 60, 600, 3) == [None, None, None]


def test_the_order_of_dimensions_does_not_tell_metrics_apart():
    metrics = Metrics()
    metrics.record("Services", "Errors", {"b": "2", "a": "1"}, 1.0, "Count", 0.0)
    metrics.record("Services", "Errors", {"a": "1", "b": "2"}, 1.0, "Count", 0.0)

    assert metrics.list() == [Metric("Services", "Errors", (("a", "1"), ("b", "2")))]


def test_the_latest_periods_are_aligned_to_their_end():
    metrics = recorded((30.0, 1.0), (90.0, 2.0), (149.0, 4.0))

    assert metrics.latest(LATENCY, "Sum", 60, 150, 3) == [None, 1.0, 6.0]


@pytest.mark.parametrize("percentile", [50.0, 90.0, 99.0, 99.9])
def test_a_percentile_is_exact_to_one_percent(percentile):
    values = [1.002**number for number in range(5000)]
    metrics = recorded(*((0.0, value) for value in values))

    (point,) = metrics.statistic(LATENCY, f"p{percentile:g}", 60, 0, 60)

    assert point[1] == pytest.approx(values[round(percentile / 100 * len(values)) - 1], rel=0.015)


def test_a_percentile_is_within_the_values_when_they_are_zero_or_negative():
    metrics = recorded((0.0, 0.0), (0.0, 0.0), (0.0, -1.0), (0.0, 5.0))

    assert metrics.statistic(LATENCY, "p50", 60, 0, 60) == [(0, -1.0)]
    assert metrics.statistic(LATENCY, "p100", 60, 0, 60) == [(0, pytest.approx(5.0, rel=0.01))]


def test_a_published_statistic_set_has_no_percentiles():
    metrics = Metrics()
    metrics.record_set(LATENCY, StatisticSet(4.0, 10.0, 1.0, 4.0), "Milliseconds", 0.0)

    assert metrics.statistic(LATENCY, "Average", 60, 0, 60) == [(0, 2.5)]
    assert metrics.statistic(LATENCY, "p99", 60, 0, 60) == []


def test_values_older_than_the_retention_are_forgotten():
    metrics = recorded((0.0, 1.0), (float(RETENTION_S), 1.0), (float(RETENTION_S + 1), 1.0))

    assert [at for at, _ in metrics.statistic(LATENCY, "Sum", 60, 0, RETENTION_S + 60)] == [RETENTION_S]


@pytest.mark.parametrize(
    ("statistic", "known"), [("Sum", True), ("p99.9", True), ("p101", False), ("TM(10%:90%)", False)]
)
def test_statistics_are_known_by_name(statistic, known):
    assert is_statistic(statistic) is known


def test_periods_end_with_the_last_value_however_late_the_asked_end():
    metrics = Metrics()
    metrics.record("Services", "Found", {}, 1.0, "Count", 60.0)
    assert metrics.statistic(Metric("Services", "Found", ()), "Sum", 1, 0, 1e18) == [(60, 1.0)]
