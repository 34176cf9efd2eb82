"""The errors of exceeded capacity.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/throttling-diagnosing-workflow.html and
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html.
"""

from collections.abc import Iterable, Sequence

from sandbox.aws.dynamodb.charges import Charge, Resource
from sandbox.aws.wire import ApiError
from sandbox.declaration import Table

_EXCEEDED = "ProvisionedThroughputExceeded"
_MESSAGE = (
    "The level of configured provisioned throughput for {} was exceeded. Consider increasing your provisioning level "
    "with the UpdateTable API."
)
_TABLE = "the table"
_INDEXES = "one or more global secondary indexes of the table"


def throttled(resources: Sequence[Resource], table: Table) -> ApiError:
    """The error of an operation for which resources of a table did not hold enough."""
    reasons = []
    for resource in resources:
        kind = "Table" if resource.index is None else "Index"
        arn = table.arn if resource.index is None else f"{table.arn}/index/{resource.index}"
        reasons.append({"reason": f"{kind}{resource.kind}{_EXCEEDED}", "resource": arn})
    message = _MESSAGE.format(_TABLE if any(resource.index is None for resource in resources) else _INDEXES)
    return ApiError(f"{_EXCEEDED}Exception", message, members={"ThrottlingReasons": reasons})


def cancelled(resources: Sequence[Resource], costs: Iterable[Sequence[Charge]]) -> ApiError:
    """The error of a transaction; `costs` are those of its actions, in their order."""
    codes = [_EXCEEDED if any(charge.resource in resources for charge in cost) else "None" for cost in costs]
    message = _MESSAGE.format(_TABLE)
    return ApiError(
        "TransactionCanceledException",
        f"Transaction cancelled, please refer cancellation reasons for specific reasons [{', '.join(codes)}]",
        members={
            "CancellationReasons": [
                {"Code": code} if code == "None" else {"Code": code, "Message": message} for code in codes
            ]
        },
    )
