"""What the docstrings of the store say of capacity, held against the smallest and the largest item that it writes.

Sizes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

import math
import re
from collections.abc import Callable, Mapping

import pytest

from lambda_lib.preconditions import Precondition
from lambda_lib.testing import Table
from profile_service.handler import random_version
from profile_service.model import Profile
from profile_service.store import ProfileStore

SMALLEST = Profile(display_name="A", location_visibility="public")
LARGEST = Profile(display_name="\U0001f3f0" * 80, bio="\U0001f3f0" * 1000, location_visibility="public")


@pytest.fixture
def store(table: Table) -> ProfileStore:
    return ProfileStore(table.client, table.name)


@pytest.fixture
def bounds_bytes(store: ProfileStore, table: Table) -> list[int]:
    """Sizes of the smallest and the largest item."""
    for user_id, profile in (("aaa", SMALLEST), ("b" * 32, LARGEST)):
        store.put(user_id, profile.model_dump(), version=random_version())
    items = table.client.scan(TableName=table.name)["Items"]
    return sorted(map(size_bytes, items))


def size_bytes(item: Mapping[str, Mapping[str, str]]) -> int:
    return sum(len(name.encode()) + len(value["S"].encode()) for name, value in item.items())


def stated(method: Callable[..., object]) -> list[float]:
    """The first two numbers in the sentence of a docstring."""
    found = re.search(r"Capacity: ([0-9.]+) to ([0-9.]+) (read|write) units", method.__doc__ or "")
    assert found is not None
    return [float(found[1]), float(found[2])]


def test_writes_cost_what_is_stated(bounds_bytes: list[int]) -> None:
    units = [math.ceil(size / 1024) for size in bounds_bytes]

    for method in (ProfileStore.put, ProfileStore.change, ProfileStore.delete):
        assert stated(method) == units


def test_reads_cost_what_is_stated(bounds_bytes: list[int]) -> None:
    assert stated(ProfileStore.get) == [math.ceil(size / 4096) / 2 for size in bounds_bytes]


def test_each_operation_is_one_request_for_one_key(store: ProfileStore, table: Table) -> None:
    requests: list[str] = []
    table.client.meta.events.register("before-call.dynamodb", lambda model, **_: requests.append(model.name))

    store.put("alice", {"display_name": "Alice"}, version="v1", precondition=Precondition(absent=True))
    store.change("alice", {"bio": None}, version="v2")
    store.get("alice")
    store.delete("alice", precondition=Precondition(versions=("v2",)))

    assert requests == ["UpdateItem", "UpdateItem", "GetItem", "DeleteItem"]
