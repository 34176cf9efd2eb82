"""The table of users and sessions, against moto."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from authentication_service.model import Session, User, UsernameTaken
from authentication_service.store import AuthenticationStore
from lambda_lib import Unauthenticated
from lambda_lib.testing import Table

ALICE = User("alice", "$argon2id$alice", "first", ("home", "away"))
SESSION = Session("0" * 64, "alice", "first", signed_in_at=1_800_000_000, expires_at=1_800_043_200)


@pytest.fixture
def store(table: Table) -> AuthenticationStore:
    return AuthenticationStore(table.client, table.name)


@pytest.fixture
def with_alice(store: AuthenticationStore) -> None:
    """Alice has signed up and in."""
    store.add_user(ALICE)
    store.add_session(SESSION)


def test_a_user_is_read_back(store: AuthenticationStore) -> None:
    store.add_user(ALICE)

    assert store.user("alice") == ALICE
    assert store.user("bob") is None


@pytest.mark.usefixtures("with_alice")
def test_a_taken_username_is_refused_and_its_user_left_alone(store: AuthenticationStore) -> None:
    with pytest.raises(UsernameTaken):
        store.add_user(replace(ALICE, password_hash="$argon2id$second"))

    assert store.user("alice") == ALICE


def test_any_other_error_of_the_table_passes_through(table: Table) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        AuthenticationStore(table.client, "no-table").add_user(ALICE)


def test_a_session_is_read_back_by_the_hash_of_its_token(store: AuthenticationStore) -> None:
    store.add_session(SESSION)

    assert store.session(SESSION.token_sha256) == SESSION
    assert store.session("1" * 64) is None


def test_a_token_that_was_made_before_takes_over_no_session(store: AuthenticationStore) -> None:
    store.add_session(SESSION)

    with pytest.raises(ClientError, match="ConditionalCheckFailedException"):
        store.add_session(replace(SESSION, user_id="mallory"))

    assert store.session(SESSION.token_sha256) == SESSION


def test_the_end_of_a_session_is_a_number_as_ttl_needs_it(store: AuthenticationStore, table: Table) -> None:
    store.add_session(SESSION)

    assert table.client.scan(TableName=table.name)["Items"] == [
        {
            "pk": {"S": f"session#{'0' * 64}"},
            "user_id": {"S": "alice"},
            "generation": {"S": "first"},
            "signed_in_at": {"N": "1800000000"},
            "expires_at": {"N": "1800043200"},
        }
    ]


@pytest.mark.usefixtures("with_alice")
def test_a_user_is_no_session_and_a_session_no_user(store: AuthenticationStore) -> None:
    assert store.session("alice") is None
    assert store.user(SESSION.token_sha256) is None


@pytest.mark.usefixtures("with_alice")
def test_what_a_sign_in_tells_is_remembered_and_changes_nothing_else(store: AuthenticationStore) -> None:
    store.remember(ALICE, password_hash="$argon2id$rehashed", sources=("new", "home"))

    assert store.user("alice") == User("alice", "$argon2id$rehashed", "first", ("new", "home"))


WRITES: list[Any] = [
    lambda store: store.remember(ALICE, password_hash="$argon2id$stale", sources=()),
    lambda store: store.change_password(SESSION, password_hash="$argon2id$stale", generation="third"),
    lambda store: store.end_sessions(SESSION, generation="third"),
    lambda store: store.delete_user(SESSION),
]


@pytest.mark.usefixtures("with_alice")
@pytest.mark.parametrize("write", WRITES, ids=["remember", "change", "end", "delete"])
def test_a_write_by_a_session_that_was_ended_meanwhile_is_refused(write: Any, store: AuthenticationStore) -> None:
    store.change_password(SESSION, password_hash="$argon2id$new", generation="second")

    with pytest.raises(Unauthenticated):
        write(store)

    assert store.user("alice") == User("alice", "$argon2id$new", "second", ALICE.sources)


@pytest.mark.usefixtures("with_alice")
@pytest.mark.parametrize("write", WRITES, ids=["remember", "change", "end", "delete"])
def test_a_write_for_a_user_who_was_deleted_meanwhile_makes_no_new_one(write: Any, store: AuthenticationStore) -> None:
    store.delete_user(SESSION)

    with pytest.raises(Unauthenticated):
        write(store)

    assert store.user("alice") is None


@pytest.mark.usefixtures("with_alice")
def test_a_session_that_was_deleted_meanwhile_does_not_come_back(store: AuthenticationStore) -> None:
    store.delete_session(SESSION.token_sha256)
    store.delete_session(SESSION.token_sha256)

    with pytest.raises(Unauthenticated):
        store.keep_session(SESSION, generation="second")

    assert store.session(SESSION.token_sha256) is None


@pytest.mark.usefixtures("with_alice")
def test_the_name_of_a_deleted_user_stays_taken_and_nothing_else_is_left(
    store: AuthenticationStore, table: Table
) -> None:
    store.delete_user(SESSION)

    with pytest.raises(UsernameTaken):
        store.add_user(replace(ALICE, generation="another"))
    user = table.client.get_item(TableName=table.name, Key={"pk": {"S": "user#alice"}})
    assert user["Item"] == {"pk": {"S": "user#alice"}}


def test_every_read_is_strongly_consistent(store: AuthenticationStore, table: Table) -> None:
    seen: list[bool] = []
    table.client.meta.events.register(
        "before-parameter-build.dynamodb.GetItem", lambda params, **_: seen.append(params["ConsistentRead"])
    )

    store.user("alice")
    store.session("0" * 64)

    assert seen == [True, True]
