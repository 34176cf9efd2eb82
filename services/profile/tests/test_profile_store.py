"""The table of profiles, against moto."""

import pytest

from lambda_lib import NotFound
from lambda_lib.testing import Table
from profile_service.model import StoredProfile
from profile_service.store import ProfileStore

ALICE = {"display_name": "Alice", "bio": "Draws maps.", "location_visibility": "coarse"}


@pytest.fixture
def store(table: Table) -> ProfileStore:
    return ProfileStore(table.client, table.name)


def test_a_stored_profile_is_read_back(store: ProfileStore) -> None:
    store.put("alice", ALICE, version="v1")

    assert store.get("alice") == StoredProfile("Alice", "Draws maps.", "coarse", "v1")


def test_a_user_without_a_profile_has_none(store: ProfileStore) -> None:
    store.put("alice", ALICE, version="v1")

    assert store.get("bob") is None


def test_what_is_not_given_stays_and_what_is_none_goes(store: ProfileStore) -> None:
    store.put("alice", ALICE, version="v1")

    store.put("alice", {"display_name": "A."}, version="v2")
    assert store.get("alice") == StoredProfile("A.", "Draws maps.", "coarse", "v2")

    store.put("alice", {"bio": None}, version="v3")
    assert store.get("alice") == StoredProfile("A.", None, "coarse", "v3")


def test_a_profile_that_is_there_is_changed(store: ProfileStore) -> None:
    store.put("alice", ALICE, version="v1")

    store.change("alice", {"location_visibility": "hidden"}, version="v2")

    assert store.get("alice") == StoredProfile("Alice", "Draws maps.", "hidden", "v2")


def test_a_profile_that_is_not_there_is_not_made_by_a_change(store: ProfileStore) -> None:
    with pytest.raises(NotFound):
        store.change("alice", {"bio": "Draws maps."}, version="v1")

    assert store.get("alice") is None


def test_a_deleted_profile_is_gone_and_may_be_deleted_again(store: ProfileStore) -> None:
    store.put("alice", ALICE, version="v1")

    for _ in range(2):
        store.delete("alice")
        assert store.get("alice", consistent=True) is None


def test_attributes_that_the_model_does_not_know_are_ignored_and_kept(store: ProfileStore, table: Table) -> None:
    table.client.put_item(
        TableName=table.name,
        Item={"user_id": {"S": "alice"}, "display_name": {"S": "Alice"}, "pronouns": {"S": "she"}},
    )

    assert store.get("alice") == StoredProfile("Alice", None, "public", None)

    store.put("alice", ALICE, version="v1")
    item = table.client.get_item(TableName=table.name, Key={"user_id": {"S": "alice"}})["Item"]
    assert item["pronouns"] == {"S": "she"}
