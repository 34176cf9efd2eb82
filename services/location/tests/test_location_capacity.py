"""What the docstrings of the store say of capacity, held against the largest item that it writes.

Sizes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from lambda_lib.preconditions import Precondition
from lambda_lib.testing import Table
from location_service.handler import random_version
from location_service.model import Location
from location_service.store import LocationStore

LARGEST = Location(
    latitude=-12.3456789,
    longitude=-123.4567891,
    label="\U0001f3f0" * 100,
    accuracy_m=12_345_678.91,
    fixed_at=datetime(2026, 11, 24, 9, 0, 0, tzinfo=UTC),
)


@pytest.fixture
def store(table: Table) -> LocationStore:
    return LocationStore(table.client, table.name)


def stated(method: Callable[..., object]) -> list[float]:
    """The numbers of units in a docstring."""
    [sentence] = re.findall(r"Capacity: ([^\n]*)", method.__doc__ or "")
    return [float(number) for number in re.findall(r"[0-9.]+(?= (?:read|write) units?)|(?<=or )[0-9.]+", sentence)]


def item_size_bytes(table: Table) -> int:
    [item] = table.client.scan(TableName=table.name)["Items"]
    size = 0
    for name, value in item.items():
        size += len(name.encode())
        match value:
            case {"S": text}:
                size += len(text.encode())
            case {"N": number}:  # a byte for two significant digits, and one
                size += math.ceil(len(re.sub(r"[^0-9]", "", number).strip("0")) / 2) + 2
    return size


def test_writes_cost_what_is_stated_of_the_largest_item(store: LocationStore, table: Table) -> None:
    store.put("a" * 32, LARGEST, version=random_version())

    units = math.ceil(item_size_bytes(table) / 1024)
    assert stated(LocationStore.put) == stated(LocationStore.delete) == [units]


def test_reads_cost_what_is_stated_of_the_largest_item(store: LocationStore, table: Table) -> None:
    store.put("a" * 32, LARGEST, version=random_version())

    units = math.ceil(item_size_bytes(table) / 4096)
    assert stated(LocationStore.get) == [units / 2, units]


def test_each_operation_is_one_request_for_one_key(store: LocationStore, table: Table) -> None:
    requests: list[str] = []
    table.client.meta.events.register(
        "before-call.dynamodb", lambda model, **_: requests.append(model.name), unique_id="requests"
    )

    store.put("alice", LARGEST, version="v1", precondition=Precondition(absent=True))
    store.get("alice")
    store.delete("alice", precondition=Precondition(versions=("v1",)))

    assert requests == ["PutItem", "GetItem", "DeleteItem"]
