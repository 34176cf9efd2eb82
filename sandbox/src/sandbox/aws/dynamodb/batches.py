"""BatchGetItem and BatchWriteItem: requests of their own, of which those that are throttled stay unprocessed.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html and API_BatchWriteItem.html.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sandbox.aws.dynamodb.capacity import Item
from sandbox.aws.dynamodb.charges import consumed_capacity
from sandbox.aws.dynamodb.outcome import Document, Outcome
from sandbox.aws.wire import ApiError

type Single = Callable[[str, Document], Outcome]
"""Does one operation on one item."""

_MOST_READS = 100
_MOST_WRITES = 25


def batch_get(parameters: Document, single: Single) -> Outcome:
    """Reads items one by one."""
    requests = [(name, key) for name, spec in parameters["RequestItems"].items() for key in spec["Keys"]]
    _check(requests, most=_MOST_READS)
    responses: dict[str, list[Item]] = {name: [] for name in parameters["RequestItems"]}
    unprocessed: dict[str, Any] = {}
    outcomes = []
    for name, key in requests:
        spec = parameters["RequestItems"][name]
        options = {option: value for option, value in spec.items() if option != "Keys"}
        outcome = single("GetItem", {**options, "TableName": name, "Key": key})
        outcomes.append(outcome)
        if isinstance(outcome.answer, ApiError):
            _raise_unless_throttled(outcome, outcome.answer)
            unprocessed.setdefault(name, {**options, "Keys": []})["Keys"].append(key)
        elif "Item" in outcome.answer:
            responses[name].append(outcome.answer["Item"])
    return _joined(parameters, {"Responses": responses, "UnprocessedKeys": unprocessed}, outcomes)


def batch_write(parameters: Document, single: Single, key_of: Callable[[Document], Item]) -> Outcome:
    """Puts and deletes items one by one; `key_of` is the primary key that such a request is about."""
    requests = [
        (request, "PutItem" if kind == "PutRequest" else "DeleteItem", {"TableName": name, **action})
        for name, entries in parameters["RequestItems"].items()
        for request in entries
        for kind, action in request.items()
    ]
    _check(
        [(single_parameters["TableName"], key_of(single_parameters)) for _, _, single_parameters in requests],
        most=_MOST_WRITES,
    )
    unprocessed: dict[str, Any] = {}
    outcomes = []
    for request, operation, single_parameters in requests:
        outcome = single(operation, single_parameters)
        outcomes.append(outcome)
        if isinstance(outcome.answer, ApiError):
            _raise_unless_throttled(outcome, outcome.answer)
            unprocessed.setdefault(single_parameters["TableName"], []).append(request)
    return _joined(parameters, {"UnprocessedItems": unprocessed}, outcomes)


def _check(requests: Sequence[tuple[str, Item]], *, most: int) -> None:
    if len(requests) > most:
        raise ApiError("ValidationException", f"Too many items requested: {len(requests)} of at most {most}")
    if any(request in requests[:position] for position, request in enumerate(requests)):
        raise ApiError("ValidationException", "Provided list of item keys contains duplicates")


def _raise_unless_throttled(outcome: Outcome, error: ApiError) -> None:
    if not outcome.throttled:
        raise error


def _joined(parameters: Document, answer: Document, outcomes: Sequence[Outcome]) -> Outcome:
    charges = tuple(charge for outcome in outcomes for charge in outcome.charges)
    throttled = tuple(resource for outcome in outcomes for resource in outcome.throttled)
    if outcomes and all(outcome.throttled for outcome in outcomes):
        return Outcome(outcomes[0].answer, throttled=throttled)
    consumed = consumed_capacity(charges, parameters.get("ReturnConsumedCapacity", "NONE"))
    return Outcome({**answer, "ConsumedCapacity": consumed} if consumed else answer, charges, throttled)
