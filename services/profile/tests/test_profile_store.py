"""The table of profiles, against moto."""

from typing import TYPE_CHECKING

import pytest

from profile_service.model import Profile
from profile_service.store import ProfileStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ALICE = Profile(display_name="Alice", bio="Draws maps.")


@pytest.fixture
def store(dynamodb: "DynamoDBClient") -> ProfileStore:
    return ProfileStore(dynamodb, "dev-profile")


def test_a_stored_profile_is_read_back(store: ProfileStore) -> None:
    store.put("alice", ALICE)

    assert store.get("alice") == ALICE


def test_a_user_without_a_profile_has_none(store: ProfileStore) -> None:
    store.put("alice", ALICE)

    assert store.get("bob") is None


def test_a_new_profile_replaces_the_old_one_whole(store: ProfileStore) -> None:
    store.put("alice", ALICE)

    store.put("alice", Profile(display_name="A."))

    assert store.get("alice") == Profile(display_name="A.", bio=None)


def test_attributes_that_the_model_does_not_know_are_ignored(store: ProfileStore, dynamodb: "DynamoDBClient") -> None:
    dynamodb.put_item(
        TableName="dev-profile",
        Item={"user_id": {"S": "alice"}, "display_name": {"S": "Alice"}, "pronouns": {"S": "she"}},
    )

    assert store.get("alice") == Profile(display_name="Alice")
