"""Admission of DynamoDB operations by the declared capacity.

An operation is done by moto first, so that its cost is that of the items which it really met; where the buckets do not
hold that cost, the answer is thrown away and a write is put back. All of it happens on moto's one thread, so that
nobody sees a refused write.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from http import HTTPStatus

from botocore.model import OperationNotFoundError, ServiceModel
from botocore.validate import ParamValidator
from moto.core.utils import get_service_model

from sandbox.aws.dynamodb.batches import batch_get, batch_write
from sandbox.aws.dynamodb.capacity import Item, item_size
from sandbox.aws.dynamodb.charges import (
    Charge,
    Ledger,
    Level,
    consumed_capacity,
    key_of,
    read_charge,
    refused_condition_charge,
    write_charges,
)
from sandbox.aws.dynamodb.outcome import Document, Outcome
from sandbox.aws.dynamodb.search import is_narrowed, widened
from sandbox.aws.dynamodb.store import Store
from sandbox.aws.dynamodb.throttling import cancelled, throttled
from sandbox.aws.wire import ApiError
from sandbox.declaration import Table

_UNGOVERNED = frozenset(
    {
        "DescribeContinuousBackups",
        "DescribeEndpoints",
        "DescribeLimits",
        "DescribeTable",
        "DescribeTimeToLive",
        "ListTables",
        "ListTagsOfResource",
    }
)
_WHOLE_ITEM = {"TableName", "Key", "ConsistentRead", "ReturnConsumedCapacity"}
_CONDITION_NOT_MET = ("ConditionalCheckFailedException", "TransactionCanceledException")


class Governor:
    """DynamoDB's API on the declared tables. Everything here runs on moto's thread."""

    def __init__(self, *, tables: Iterable[Table], store: Store, now: float) -> None:
        self._tables = {table.name: table for table in tables}
        self._store = store
        self._ledger = Ledger(self._tables.values(), now=now)
        self._model: ServiceModel = get_service_model("dynamodb")

    def handle(self, operation: str, parameters: Document, now: float) -> Outcome:
        """Does an operation if the capacity allows it.

        Args:
            operation: Such as `GetItem`.
            parameters: The body of the request.
            now: Seconds since the epoch.
        """
        try:
            self._validate(operation, parameters)
            return self._perform(operation, parameters, now)
        except ApiError as error:
            return Outcome(error)
        except ValueError as error:  # an attribute value of no known type
            return Outcome(ApiError("ValidationException", f"One or more parameter values were invalid: {error}"))

    def levels(self, now: float) -> list[Level]:
        """What each table and index has left of its capacity."""
        return list(self._ledger.levels(now))

    def _perform(  # noqa: PLR0911 - one for each kind of operation
        self, operation: str, parameters: Document, now: float
    ) -> Outcome:
        match operation:
            case "GetItem" | "PutItem" | "UpdateItem" | "DeleteItem":
                return self._single(operation, parameters, now)
            case "Query" | "Scan":
                return self._search(operation, parameters, now)
            case "BatchGetItem":
                return batch_get(parameters, partial(self._single, now=now))
            case "BatchWriteItem":
                return batch_write(parameters, partial(self._single, now=now), lambda put: self._target(put)[1])
            case "TransactGetItems":
                return self._transact_get(parameters, now)
            case "TransactWriteItems":
                actions = [action for item in parameters["TransactItems"] for action in item.values()]
                return self._write(operation, parameters, actions, now)
            case _ if operation in _UNGOVERNED:
                return Outcome(self._do(operation, parameters))
            case _:
                raise ApiError(
                    "UnknownOperationException",
                    f"{operation} is not emulated: in the sandbox, tables are what the plans declare",
                    status=501,
                )

    def _validate(self, operation: str, parameters: Document) -> None:
        try:
            shape = self._model.operation_model(operation).input_shape
        except OperationNotFoundError:
            raise ApiError("UnknownOperationException", f"DynamoDB has no operation {operation}") from None
        report = ParamValidator().validate(parameters, shape) if shape is not None else None
        if report is not None and report.has_errors():
            raise ApiError("ValidationException", report.generate_report())

    def _get(self, parameters: Document, now: float) -> Outcome:
        table = self._table(parameters)
        item = self._stored(table, parameters["Key"])
        if item is not None and parameters.keys() <= _WHOLE_ITEM:
            answer: Document = {"Item": item}  # moto's own way would take 100 times as long
        else:
            answer = self._do("GetItem", parameters)
        charge = read_charge(table, [item or {}], consistent=parameters.get("ConsistentRead", False))
        return self._settle(parameters, answer, [[charge]], now)

    def _search(self, operation: str, parameters: Document, now: float) -> Outcome:
        table = self._table(parameters)
        index = next((index for index in table.indexes if index.name == parameters.get("IndexName")), None)
        answer = self._do(operation, parameters)
        met = self._do(operation, widened(parameters)) if is_narrowed(parameters) else answer
        consistent = parameters.get("ConsistentRead", False)
        charge = read_charge(table, met["Items"], consistent=consistent, index=index)
        return self._settle(parameters, answer, [[charge]], now)

    def _write(self, operation: str, parameters: Document, actions: Sequence[Document], now: float) -> Outcome:
        factor = 2 if operation == "TransactWriteItems" else 1
        targets = [self._target(action) for action in actions]
        before = [self._stored(table, key) for table, key in targets]
        answer: Document | ApiError
        try:
            answer = self._do(operation, parameters)
        except ApiError as error:
            if error.code not in _CONDITION_NOT_MET:
                raise
            answer = error
            costs = [
                [refused_condition_charge(table, old, factor=factor)]
                for (table, _), old in zip(targets, before, strict=True)
            ]
        else:
            costs = [
                write_charges(table, old, self._stored(table, key), factor=factor)
                for (table, key), old in zip(targets, before, strict=True)
            ]
        outcome = self._settle(parameters, answer, costs, now)
        if outcome.throttled and not isinstance(answer, ApiError):
            for (table, key), old in zip(targets, before, strict=True):
                self._put_back(table, key, old)
        return outcome

    def _transact_get(self, parameters: Document, now: float) -> Outcome:
        answer = self._do("TransactGetItems", parameters)
        costs = []
        for action in parameters["TransactItems"]:
            table = self._table(action["Get"])
            item = self._stored(table, action["Get"]["Key"])
            costs.append([read_charge(table, [item or {}], consistent=True, factor=2)])
        return self._settle(parameters, answer, costs, now)

    def _single(self, operation: str, parameters: Document, now: float) -> Outcome:
        if operation == "GetItem":
            return self._get(parameters, now)
        return self._write(operation, parameters, [parameters], now)

    def _settle(
        self, parameters: Document, answer: Document | ApiError, costs: Sequence[Sequence[Charge]], now: float
    ) -> Outcome:
        charges = [charge for cost in costs for charge in cost]
        short = tuple(self._ledger.take(charges, now))
        if short and "TransactItems" in parameters:
            return Outcome(cancelled(short, costs), throttled=short)
        if short:
            return Outcome(throttled(short, self._tables[short[0].table]), throttled=short)
        if isinstance(answer, ApiError):
            return Outcome(answer, tuple(charges))
        consumed = consumed_capacity(charges, parameters.get("ReturnConsumedCapacity", "NONE"))
        if consumed:
            answer = {**answer, "ConsumedCapacity": consumed if "TransactItems" in parameters else consumed[0]}
        return Outcome(answer, tuple(charges))

    def _do(self, operation: str, parameters: Document) -> Document:
        """Has moto do an operation; its own figures of consumed capacity are not asked for."""
        wanted = {name: value for name, value in parameters.items() if name != "ReturnConsumedCapacity"}
        status, document = self._store.call(operation, wanted)
        if status == HTTPStatus.OK:
            return document
        code = document.pop("__type", "InternalServerError").rpartition("#")[2]
        message = document.pop("message", None) or document.pop("Message", None) or ""
        raise ApiError(code, message, status=status, members=document)

    def _put_back(self, table: Table, key: Item, old: Item | None) -> None:
        if old is not None:
            self._do("PutItem", {"TableName": table.name, "Item": old})
        else:
            self._do("DeleteItem", {"TableName": table.name, "Key": key})

    def _target(self, action: Document) -> tuple[Table, Item]:
        table = self._table(action)
        item_size(action["Item"] if "Item" in action else action["Key"])  # moto fails at values of no known type
        key = action.get("Key") or key_of(table, action["Item"])
        if key is None:
            raise ApiError("ValidationException", "One or more parameter values are not valid: an item lacks its key")
        return table, key

    def _stored(self, table: Table, key: Item) -> Item | None:
        if key_of(table, key) != key or any(table.attribute_types[name] not in value for name, value in key.items()):
            raise ApiError("ValidationException", "The provided key element does not match the schema")
        return self._store.item(table.name, key)

    def _table(self, action: Document) -> Table:
        try:
            return self._tables[action["TableName"]]
        except KeyError:
            raise ApiError("ResourceNotFoundException", "Requested resource not found") from None
