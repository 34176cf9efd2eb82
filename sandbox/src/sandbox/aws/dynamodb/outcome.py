"""What became of an operation, and the metrics that tell it.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.aws.dynamodb.charges import Charge, Resource
from sandbox.aws.wire import ApiError

NAMESPACE = "AWS/DynamoDB"

type Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an operation.

    Attributes:
        answer: The document to answer with, or the error.
        charges: What was consumed.
        throttled: The resources whose capacity did not suffice, each as often as that happened.
    """

    answer: Document | ApiError
    charges: tuple[Charge, ...] = ()
    throttled: tuple[Resource, ...] = ()


@dataclass(frozen=True, slots=True)
class Measurement:
    """A value of a metric in the namespace `AWS/DynamoDB`."""

    name: str
    dimensions: Mapping[str, str]
    value: float
    unit: str


def measurements(operation: str, tables: set[str], outcome: Outcome, latency_ms: float) -> Iterator[Measurement]:
    """The metrics of an operation.

    Args:
        operation: Such as `GetItem`.
        tables: The tables that it is about.
        outcome: What became of it.
        latency_ms: How long it took.
    """
    for charge in outcome.charges:
        name = f"Consumed{charge.resource.kind}CapacityUnits"
        yield Measurement(name, _dimensions(charge.resource), charge.units, "Count")
    for resource in outcome.throttled:
        for name in (f"{resource.kind}ThrottleEvents", f"{resource.kind}ProvisionedThroughputThrottleEvents"):
            yield Measurement(name, _dimensions(resource), 1.0, "Count")
    for table in sorted(tables):
        by_operation = {"TableName": table, "Operation": operation}
        if not isinstance(outcome.answer, ApiError):
            yield Measurement("SuccessfulRequestLatency", by_operation, latency_ms, "Milliseconds")
        elif outcome.throttled:  # a batch of which a part was served is not a throttled request
            yield Measurement("ThrottledRequests", by_operation, 1.0, "Count")
        elif outcome.answer.code == "ConditionalCheckFailedException":
            yield Measurement("ConditionalCheckFailedRequests", {"TableName": table}, 1.0, "Count")


def _dimensions(resource: Resource) -> dict[str, str]:
    if resource.index is None:
        return {"TableName": resource.table}
    return {"TableName": resource.table, "GlobalSecondaryIndexName": resource.index}
