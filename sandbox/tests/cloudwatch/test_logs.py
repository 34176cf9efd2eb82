import json

from sandbox.declaration import LogGroup, Metric
from sandbox.monitoring.logs import CHARACTERS_PER_GROUP, EVENTS_PER_GROUP, Logs
from sandbox.monitoring.metrics import Metrics

GROUP = "/aws/lambda/dev-location"


def the_logs(metrics: Metrics | None = None) -> Logs:
    return Logs(metrics=metrics or Metrics(), account_id="123456789012", region="us-east-1")


def test_declared_groups_show_their_retention():
    logs = the_logs()
    logs.declare([LogGroup(GROUP, "arn:aws:logs:us-east-1:123456789012:log-group:" + GROUP, 30)], at=5.0)

    group = logs.groups[GROUP]

    assert (group.retention_days, group.created_at) == (30, 5.0)
    assert group.arn == "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/dev-location"


def test_writing_makes_the_group_and_the_stream():
    logs = the_logs()
    logs.write(GROUP, "stream", "first", 1.0)
    logs.write(GROUP, "stream", "second", 2.0)

    stream = logs.groups[GROUP].streams["stream"]

    assert [event.message for event in logs.groups[GROUP].events] == ["first", "second"]
    assert (stream.created_at, stream.first_at, stream.last_at) == (1.0, 1.0, 2.0)


def test_a_group_keeps_its_newest_events():
    logs = the_logs()
    for number in range(EVENTS_PER_GROUP + 1):
        logs.write(GROUP, "stream", str(number), float(number))

    events = logs.groups[GROUP].events

    assert (len(events), events[0].message) == (EVENTS_PER_GROUP, "1")


def test_a_group_keeps_no_more_characters_than_fit_in_memory():
    logs = the_logs()
    half = CHARACTERS_PER_GROUP // 2
    for number in range(3):
        logs.write(GROUP, "stream", str(number) * half, float(number))

    assert [event.message[0] for event in logs.groups[GROUP].events] == ["1", "2"]


def test_embedded_metrics_are_recorded_at_their_own_time():
    metrics = Metrics()
    directive = {"Namespace": "Services", "Dimensions": [["service"]], "Metrics": [{"Name": "Found", "Unit": "Count"}]}
    metadata = {"Timestamp": 60_000, "CloudWatchMetrics": [directive]}
    the_logs(metrics).write(GROUP, "s", json.dumps({"_aws": metadata, "service": "location", "Found": [1, 2]}), 300.0)

    metric = Metric("Services", "Found", (("service", "location"),))

    assert metrics.statistic(metric, "Sum", 60, 0, 600) == [(60, 3.0)]
    assert metrics.unit(metric) == "Count"


def test_a_broken_metric_line_is_kept_and_counted_as_aws_counts_it():
    metrics = Metrics()
    logs = the_logs(metrics)
    logs.write(GROUP, "s", '{"_aws": {"CloudWatchMetrics": 7}}', 1.0)
    logs.write(GROUP, "s", '{"_aws": ', 1.0)

    counted = [(metric.namespace, metric.name, metric.dimensions) for metric in metrics.list()]

    assert len(logs.groups[GROUP].events) == 2
    assert counted == [
        ("AWS/Logs", "EMFValidationErrors", (("LogGroupName", GROUP),)),
        ("AWS/Logs", "EMFParsingErrors", (("LogGroupName", GROUP),)),
    ]
