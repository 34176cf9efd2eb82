"""The CloudWatch embedded metric format: metrics inside JSON log lines. Pure: a line in, metric values out.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.monitoring.metrics import MAX_VALUE

MAX_NAME_LENGTH = 1024
MAX_DIMENSIONS = 30
MAX_METRICS = 100
MAX_VALUES = 100
MAX_TIMESTAMP_MS = 253_402_300_799_999  # the end of the year 9999


class EmbeddedMetricError(Exception):
    """A line carries `_aws` but is not in the format: CloudWatch takes no metric from it.

    `counted_as` is the metric of namespace AWS/Logs in which CloudWatch counts such lines
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html).
    """

    counted_as = "EMFValidationErrors"


class EmbeddedMetricParsingError(EmbeddedMetricError):
    """A line that carries `_aws` is not JSON."""

    counted_as = "EMFParsingErrors"


@dataclass(frozen=True, slots=True)
class EmbeddedValue:
    """One value of one metric; `at` is seconds since the epoch."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    value: float
    unit: str
    at: float


def extract(message: str) -> list[EmbeddedValue]:
    """The metric values that a log line carries: none, for nearly every line that is not in the format.

    Raises:
        EmbeddedMetricError: The line carries `_aws` but breaks the format, so that CloudWatch takes nothing from it.
    """
    if '"_aws"' not in message:  # nearly every line ends here, without being parsed
        return []
    try:
        root = json.loads(message)
    except (ValueError, RecursionError) as error:
        raise EmbeddedMetricParsingError(f"not JSON: {error}") from error
    if not isinstance(root, dict) or "_aws" not in root:
        return []
    metadata = root["_aws"]
    if not isinstance(metadata, dict) or "CloudWatchMetrics" not in metadata:
        return []  # `_aws` serves other features too, such as the log group of the CloudWatch agent
    timestamp: Any = metadata.get("Timestamp")
    in_range = isinstance(timestamp, int) and 0 < timestamp <= MAX_TIMESTAMP_MS
    _require(in_range, "_aws.Timestamp is not in milliseconds since the epoch")
    return [
        value for directive in _list(metadata, "CloudWatchMetrics") for value in _values(root, directive, timestamp)
    ]


def _values(root: dict[str, Any], directive: Any, timestamp: int) -> Iterator[EmbeddedValue]:
    """The values of one metric directive, once for each of its dimension sets."""
    _require(isinstance(directive, dict), "a metric directive is not an object")
    namespace = _name(directive, "Namespace")
    definitions = _list(directive, "Metrics")
    _require(len(definitions) <= MAX_METRICS, f"a directive has more than {MAX_METRICS} metrics")
    dimension_sets = [_dimensions(root, names) for names in _list(directive, "Dimensions")]
    for definition in definitions:
        _require(isinstance(definition, dict), "a metric definition is not an object")
        name = _name(definition, "Name")
        unit = definition.get("Unit", "None")
        _require(isinstance(unit, str), f"the unit of {name} is not a string")
        _require(definition.get("StorageResolution", 60) in (1, 60), f"the storage resolution of {name} is not 1 or 60")
        for value in _numbers(root, name):
            for dimensions in dimension_sets:
                yield EmbeddedValue(namespace, name, dimensions, value, unit, timestamp / 1000)


def _dimensions(root: dict[str, Any], names: Any) -> dict[str, str]:
    fits = isinstance(names, list) and len(names) <= MAX_DIMENSIONS
    _require(fits, f"a dimension set is not a list of up to {MAX_DIMENSIONS} names")
    for name in names:
        _require(isinstance(name, str) and isinstance(root.get(name), str), f"dimension {name} has no string value")
    return {name: root[name] for name in names}


def _numbers(root: dict[str, Any], name: str) -> list[float]:
    target: Any = root.get(name)
    numbers: list[Any] = target if isinstance(target, list) else [target]
    _require(len(numbers) <= MAX_VALUES, f"metric {name} has more than {MAX_VALUES} values")
    for number in numbers:
        numeric = isinstance(number, int | float) and not isinstance(number, bool) and abs(number) <= MAX_VALUE
        _require(numeric, f"metric {name} has no numeric value")
    return numbers


def _list(parent: dict[str, Any], key: str) -> list[Any]:
    value: Any = parent.get(key)
    _require(isinstance(value, list), f"{key} is not a list")
    items: list[Any] = value
    return items


def _name(parent: dict[str, Any], key: str) -> str:
    value: Any = parent.get(key)
    fits = isinstance(value, str) and 0 < len(value) <= MAX_NAME_LENGTH
    _require(fits, f"{key} is not 1 to {MAX_NAME_LENGTH} characters")
    name: str = value
    return name


def _require(condition: bool, message: str) -> None:  # noqa: FBT001  # reads as an assertion
    if not condition:
        raise EmbeddedMetricError(message)
