"""The table of locations, against moto."""

from typing import TYPE_CHECKING

import pytest

from location_service.model import Location
from location_service.store import LocationStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ZURICH = Location(latitude=47.3769, longitude=8.5417, label="Zürich")


@pytest.fixture
def store(dynamodb: "DynamoDBClient") -> LocationStore:
    return LocationStore(dynamodb, "dev-location")


@pytest.fixture
def consistent_reads(dynamodb: "DynamoDBClient") -> list[bool]:
    """The `ConsistentRead` of each request that leaves the client."""
    seen: list[bool] = []
    dynamodb.meta.events.register(
        "before-parameter-build.dynamodb.GetItem", lambda params, **_: seen.append(params["ConsistentRead"])
    )
    return seen


def test_a_stored_location_is_read_back(store: LocationStore) -> None:
    store.put("alice", ZURICH)

    assert store.get("alice") == ZURICH


def test_a_user_without_a_location_has_none(store: LocationStore) -> None:
    store.put("alice", ZURICH)

    assert store.get("bob") is None


def test_a_new_location_replaces_the_old_one_whole(store: LocationStore) -> None:
    store.put("alice", ZURICH)

    store.put("alice", Location(latitude=0, longitude=0))

    assert store.get("alice") == Location(latitude=0, longitude=0, label=None)


@pytest.mark.parametrize("degrees", [90.0, -90.0, 0.0, 1e-7, -1e-7, 12.3456789])
def test_a_coordinate_survives_the_table_exactly(store: LocationStore, degrees: float) -> None:
    store.put("alice", Location(latitude=degrees, longitude=degrees))

    assert store.get("alice") == Location(latitude=degrees, longitude=degrees)


def test_attributes_that_the_model_does_not_know_are_ignored(store: LocationStore, dynamodb: "DynamoDBClient") -> None:
    dynamodb.put_item(
        TableName="dev-location",
        Item={
            "user_id": {"S": "alice"},
            "latitude": {"N": "1.5"},
            "longitude": {"N": "2"},
            "padding": {"S": "x" * 8192},
        },
    )

    assert store.get("alice") == Location(latitude=1.5, longitude=2)


def test_a_read_is_eventually_consistent_by_default(store: LocationStore, consistent_reads: list[bool]) -> None:
    store.get("alice")

    assert consistent_reads == [False]


def test_a_read_is_strongly_consistent_on_demand(store: LocationStore, consistent_reads: list[bool]) -> None:
    store.get("alice", consistent=True)

    assert consistent_reads == [True]
