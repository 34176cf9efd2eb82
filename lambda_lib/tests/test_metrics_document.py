"""The metrics of a request are the EMF document that Powertools' Metrics would write."""

import json
import math
import time

import pytest
from aws_lambda_powertools.metrics import Metrics
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import AmazonCloudWatchEMFProvider
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lambda_lib._invocation import Invocation, Metric
from lambda_lib._metrics_document import MetricsDocuments
from lambda_lib.telemetry import STANDARD_METRICS, Outcome, Telemetry

NOW_S = 1_700_000_000.123_456_7

names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=255).filter(
    lambda name: name == name.strip() and name not in {"_aws", "service", *STANDARD_METRICS}
)
numbers = st.floats(allow_nan=False, allow_infinity=False)
own_metrics = st.lists(
    st.builds(
        Metric,
        name=names,
        unit=st.sampled_from(["Count", "Bytes", "Count/Second"]),
        values=st.lists(numbers, min_size=1, max_size=3),
    ),
    max_size=3,
    unique_by=lambda metric: metric.name,
)


def of_powertools(service: str, namespace: str, metrics: list[Metric], timestamp_ms: int) -> None:
    provider = AmazonCloudWatchEMFProvider(service=service, namespace=namespace)
    provider.timestamp = timestamp_ms
    writer = Metrics(provider=provider)
    for metric in metrics:
        for value in metric.values:
            writer.add_metric(metric.name, metric.unit, value)
    writer.flush_metrics()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    standard=st.sets(st.sampled_from(list(STANDARD_METRICS))).map(
        lambda chosen: {name: unit for name, unit in STANDARD_METRICS.items() if name in chosen}
    ),
    duration_ms=st.floats(0, 1e9),
    further=own_metrics,
    service=st.text(min_size=1).filter(str.strip),
    namespace=st.text(min_size=1),
)
@example(standard=STANDARD_METRICS, duration_ms=1.2345, further=[], service="things", namespace="Services")
@example(standard=STANDARD_METRICS, duration_ms=3.0, further=[], service='50 % of "things"\n', namespace="é %s")
def test_it_is_what_the_metrics_of_powertools_write(
    capsys: pytest.CaptureFixture[str],
    standard: dict[str, str],
    duration_ms: float,
    further: list[Metric],
    service: str,
    namespace: str,
) -> None:
    values = dict.fromkeys(STANDARD_METRICS, 1.0) | {"Duration": duration_ms}
    all_of_them = [Metric(name, unit, [values[name]]) for name, unit in standard.items()] + further
    documents = MetricsDocuments(service=service, namespace=namespace, standard=standard)
    text = documents.text(values, further, now_s=NOW_S)
    if not all_of_them:
        assert text == ""
        return
    of_powertools(service, namespace, all_of_them, int(NOW_S * 1000))
    assert text == capsys.readouterr().out


def test_its_time_is_in_milliseconds_since_the_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    before_ms = int(time.time() * 1000)
    Telemetry("things").record(Outcome(Invocation("a", None, "b"), "GET /", 200, 1.0))
    of_powertools("things", "Services", [Metric("Requests", "Count", [1])], 0)  # 0: Powertools reads its own clock
    after_ms = int(time.time() * 1000)
    _, ours, theirs = map(json.loads, capsys.readouterr().out.splitlines())
    assert before_ms <= ours["_aws"]["Timestamp"] <= theirs["_aws"]["Timestamp"] <= after_ms


def test_a_metric_with_more_values_than_a_document_takes_goes_on_in_the_next_one() -> None:
    documents = MetricsDocuments(service="things", namespace="Services", standard={"Requests": "Count"})
    further = [Metric("Rows", "Count", [float(number) for number in range(250)]), Metric("Bytes", "Bytes", [7.0])]
    written = [json.loads(line) for line in documents.text({"Requests": 1.0}, further, now_s=NOW_S).splitlines()]
    assert [len(document["Rows"]) for document in written] == [100, 100, 50]
    assert math.fsum(value for document in written for value in document["Rows"]) == sum(range(250))
    assert [("Requests" in document, "Bytes" in document) for document in written] == [(True, True)] + [
        (False, False)
    ] * 2
