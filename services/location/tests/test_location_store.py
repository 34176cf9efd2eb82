"""The table of locations, against moto."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from lambda_lib.testing import Table
from location_service.model import Location, StoredLocation
from location_service.store import LocationStore

FIX = datetime(2026, 11, 24, 9, 0, 0, tzinfo=UTC)
ZURICH = Location(latitude=47.3769, longitude=8.5417, label="Zürich", accuracy_m=12.5, fixed_at=FIX)
NULL_ISLAND = Location(latitude=0, longitude=0)


@pytest.fixture
def store(table: Table) -> LocationStore:
    return LocationStore(table.client, table.name)


@pytest.fixture
def consistent_reads(table: Table) -> list[bool]:
    """The `ConsistentRead` of each request that leaves the client."""
    seen: list[bool] = []
    table.client.meta.events.register(
        "before-parameter-build.dynamodb.GetItem", lambda params, **_: seen.append(params["ConsistentRead"])
    )
    return seen


def test_a_stored_location_is_read_back(store: LocationStore) -> None:
    store.put("alice", ZURICH, version="v1")

    assert store.get("alice") == StoredLocation(ZURICH, "v1")


def test_a_user_without_a_location_has_none(store: LocationStore) -> None:
    store.put("alice", ZURICH, version="v1")

    assert store.get("bob") is None


def test_a_new_location_replaces_the_old_one_whole(store: LocationStore) -> None:
    store.put("alice", ZURICH, version="v1")

    store.put("alice", NULL_ISLAND, version="v2")

    assert store.get("alice") == StoredLocation(NULL_ISLAND, "v2")


@pytest.mark.parametrize("degrees", [90.0, -90.0, 0.0, 1e-7, -1e-7, 12.3456789])
def test_a_coordinate_survives_the_table_exactly(store: LocationStore, degrees: float) -> None:
    location = Location(latitude=degrees, longitude=degrees)

    store.put("alice", location, version="v1")

    assert store.get("alice") == StoredLocation(location, "v1")


def test_attributes_that_the_model_does_not_know_are_ignored(store: LocationStore, table: Table) -> None:
    table.client.put_item(
        TableName=table.name,
        Item={
            "user_id": {"S": "alice"},
            "latitude": {"N": "1.5"},
            "longitude": {"N": "2"},
            "padding": {"S": "x" * 8192},
        },
    )

    assert store.get("alice") == StoredLocation(Location(latitude=1.5, longitude=2), None)


def test_a_time_of_fix_is_kept_to_the_second_in_utc(store: LocationStore) -> None:
    there = datetime(2026, 11, 24, 11, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=2)))

    store.put("alice", Location(latitude=0, longitude=0, fixed_at=there), version="v1")

    stored = store.get("alice")
    assert stored is not None
    assert stored.location.fixed_at == FIX


def test_a_deleted_location_is_gone_and_may_be_deleted_again(store: LocationStore) -> None:
    store.put("alice", ZURICH, version="v1")

    for _ in range(2):
        store.delete("alice")
        assert store.get("alice", consistent=True) is None


def test_a_read_is_eventually_consistent_by_default(store: LocationStore, consistent_reads: list[bool]) -> None:
    store.get("alice")

    assert consistent_reads == [False]


def test_a_read_is_strongly_consistent_on_demand(store: LocationStore, consistent_reads: list[bool]) -> None:
    store.get("alice", consistent=True)

    assert consistent_reads == [True]
