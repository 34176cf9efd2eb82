import json

import pytest

from sandbox.monitoring.emf import EmbeddedMetricError, EmbeddedMetricParsingError, EmbeddedValue, extract

AT_MS = 1_763_964_000_000


def a_line(*, metadata=None, **changes):
    """A line as Powertools writes it; `changes` are members of the root, `metadata` those of `_aws`."""
    directive = {
        "Namespace": "Services",
        "Dimensions": [["service"]],
        "Metrics": [
            {"Name": "Found", "Unit": "Count"},
            {"Name": "Latency", "Unit": "Milliseconds", "StorageResolution": 1},
        ],
    }
    root = {
        "_aws": {"Timestamp": AT_MS, "CloudWatchMetrics": [directive]} | (metadata or {}),
        "service": "location",
        "Found": [1.0],
        "Latency": [2.5, 3.5],
        "user_id": "alice",
    }
    return json.dumps({key: value for key, value in (root | changes).items() if value is not None})


def value_of(name, value, unit, dimensions=None):
    return EmbeddedValue("Services", name, dimensions or {"service": "location"}, value, unit, AT_MS / 1000)


def test_each_value_of_each_metric_is_extracted():
    assert extract(a_line()) == [
        value_of("Found", 1.0, "Count"),
        value_of("Latency", 2.5, "Milliseconds"),
        value_of("Latency", 3.5, "Milliseconds"),
    ]


def test_a_single_number_is_a_value():
    assert extract(a_line(Found=7))[0] == value_of("Found", 7, "Count")


def test_each_dimension_set_is_a_metric_of_its_own():
    directive = {"Namespace": "Services", "Dimensions": [[], ["service", "route"]], "Metrics": [{"Name": "Found"}]}
    line = a_line(metadata={"CloudWatchMetrics": [directive]}, route="get")

    dimensions = [value.dimensions for value in extract(line)]

    assert dimensions == [{}, {"service": "location", "route": "get"}]


def test_directives_may_differ_in_namespace():
    directives = [
        {"Namespace": namespace, "Dimensions": [["service"]], "Metrics": [{"Name": "Found", "Unit": "Count"}]}
        for namespace in ("Services", "Business")
    ]

    values = extract(a_line(metadata={"CloudWatchMetrics": directives}))

    assert [value.namespace for value in values] == ["Services", "Business"]


@pytest.mark.parametrize(
    "line",
    ["START RequestId: 1", '{"level": "INFO"}', '["_aws"]', '{"_aws": {"LogGroup": "x"}}', '{"message": "\\"_aws\\""}'],
)
def test_other_lines_have_no_metrics(line):
    assert extract(line) == []


@pytest.mark.parametrize("line", ['{"_aws": ', '{"_aws": ' + "[" * 200_000])
def test_a_line_that_is_no_json_is_a_parsing_error(line):
    with pytest.raises(EmbeddedMetricParsingError):
        extract(line)


@pytest.mark.parametrize(
    "line",
    [
        a_line(metadata={"Timestamp": None}),
        a_line(metadata={"Timestamp": 10**400}),
        a_line(metadata={"CloudWatchMetrics": {}}),
        a_line(metadata={"CloudWatchMetrics": ["x"]}),
        a_line(metadata={"CloudWatchMetrics": [{"Dimensions": [[]], "Metrics": []}]}),
        a_line(metadata={"CloudWatchMetrics": [{"Namespace": "S", "Dimensions": [[]], "Metrics": [{"Name": ""}]}]}),
        a_line(metadata={"CloudWatchMetrics": [{"Namespace": "S", "Dimensions": [["service"] * 31], "Metrics": []}]}),
        a_line(Found=None),
        a_line(Found="many"),
        a_line(Found=True),
        a_line(Found=10**400),
        a_line(Found=[1.0] * 101),
        a_line(service=3),
        a_line(service=None),
    ],
)
def test_a_broken_format_gives_no_metric_at_all(line):
    with pytest.raises(EmbeddedMetricError):
        extract(line)
