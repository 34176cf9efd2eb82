"""The metrics that AWS emits for what the services declare: their dimensions, statistics and how often they come.

Not all of them: those of the resources that a plan may declare here, with the page that says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sandbox.monitoring.metrics import STATISTICS

_SUMS = frozenset({"Sum", "SampleCount"})
_LEVELS = frozenset({"Average", "Minimum", "Maximum"})
_EVENTS = _SUMS | {"Minimum", "Maximum"}
_NO_PIPELINE = "no pipeline runs here, so that none of its events and metrics come"
_NO_PARTITIONS = "the sandbox's tables have no partitions and no account limit: they throttle by their capacity alone"


@dataclass(frozen=True, slots=True)
class Emitted:
    """A metric of AWS.

    Attributes:
        dimension_sets: The sets of dimensions with which it comes; no other has data.
        statistics: The statistics that it has; None for all, percentiles among them.
        every_s: Seconds between two values.
        not_here: Why the sandbox does not emit it; empty where it does.
    """

    dimension_sets: frozenset[frozenset[str]]
    statistics: frozenset[str] | None = None
    every_s: int = 60
    not_here: str = ""


@dataclass(frozen=True, slots=True)
class Namespace:
    """The metrics of a namespace; `source` is the AWS page."""

    source: str
    metrics: Mapping[str, Emitted]


def _sets(*sets: str) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(names.split()) for names in sets)


def _all(names: str, emitted: Emitted) -> Iterable[tuple[str, Emitted]]:
    return ((name, emitted) for name in names.split())


_TABLE = _sets("TableName")
_TABLE_OR_INDEX = _sets("TableName", "TableName GlobalSecondaryIndexName")
_OPERATION = _sets("TableName Operation")
_API = _sets("ApiName", "ApiName Stage")
_FUNCTION = _sets("", "FunctionName", "FunctionName Resource")

NAMESPACES: Mapping[str, Namespace] = {
    "AWS/DynamoDB": Namespace(
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html",
        dict(
            [
                *_all("ConsumedReadCapacityUnits ConsumedWriteCapacityUnits", Emitted(_TABLE_OR_INDEX, STATISTICS)),
                *_all(
                    "ProvisionedReadCapacityUnits ProvisionedWriteCapacityUnits",
                    Emitted(_TABLE_OR_INDEX, _LEVELS, every_s=300),
                ),
                *_all("ReadThrottleEvents WriteThrottleEvents", Emitted(_TABLE_OR_INDEX, _SUMS)),
                *_all(
                    "ReadProvisionedThroughputThrottleEvents WriteProvisionedThroughputThrottleEvents",
                    Emitted(_TABLE_OR_INDEX, _EVENTS),
                ),
                *_all(
                    "ReadKeyRangeThroughputThrottleEvents WriteKeyRangeThroughputThrottleEvents "
                    "ReadAccountLimitThrottleEvents",
                    Emitted(_TABLE_OR_INDEX, _EVENTS, not_here=_NO_PARTITIONS),
                ),
                ("WriteAccountLimitThrottleEvents", Emitted(_TABLE, _EVENTS, not_here=_NO_PARTITIONS)),
                ("ThrottledRequests", Emitted(_OPERATION, _SUMS)),
                ("SuccessfulRequestLatency", Emitted(_OPERATION)),
                ("ConditionalCheckFailedRequests", Emitted(_TABLE, STATISTICS)),
            ]
        ),
    ),
    "AWS/Lambda": Namespace(
        "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html",
        dict(
            [
                *_all("Invocations Errors Throttles", Emitted(_FUNCTION, STATISTICS)),
                ("Duration", Emitted(_FUNCTION)),
                ("ConcurrentExecutions", Emitted(_FUNCTION, STATISTICS)),
            ]
        ),
    ),
    "AWS/ApiGateway": Namespace(
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html",
        dict(
            [
                *_all("Count 4XXError 5XXError", Emitted(_API, STATISTICS)),
                *_all("Latency IntegrationLatency", Emitted(_API)),
            ]
        ),
    ),
    "AWS/Events": Namespace(
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html",
        dict(
            _all(
                "MatchedEvents TriggeredRules Invocations FailedInvocations",
                Emitted(_sets("RuleName"), STATISTICS, not_here=_NO_PIPELINE),
            )
        ),
    ),
    "AWS/CodePipeline": Namespace(
        "https://docs.aws.amazon.com/codepipeline/latest/userguide/metrics-dimensions.html",
        {
            "FailedPipelineExecutions": Emitted(_sets("", "PipelineName"), STATISTICS, not_here=_NO_PIPELINE),
            "PipelineDuration": Emitted(_sets("PipelineName"), not_here=_NO_PIPELINE),
        },
    ),
}
"""The namespaces by name."""

OPERATIONS = frozenset(
    {
        "BatchGetItem",
        "BatchWriteItem",
        "DeleteItem",
        "ExecuteStatement",
        "GetItem",
        "PutItem",
        "Query",
        "Scan",
        "TransactGetItems",
        "TransactWriteItems",
        "UpdateItem",
    }
)
"""What the dimension `Operation` may be."""
