"""The table of users and sessions, against moto."""

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from authentication_service.model import Session, User, UsernameTaken
from authentication_service.store import AuthenticationStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SESSION = Session(token_sha256="0" * 64, user_id="alice", expires_at=1_800_000_000)


@pytest.fixture
def store(dynamodb: "DynamoDBClient") -> AuthenticationStore:
    return AuthenticationStore(dynamodb, "dev-authentication")


def test_the_password_hash_of_a_user_is_read_back(store: AuthenticationStore) -> None:
    store.add_user(User("alice", "$argon2id$alice"))

    assert store.password_hash("alice") == "$argon2id$alice"


def test_an_unknown_user_has_no_password_hash(store: AuthenticationStore) -> None:
    assert store.password_hash("alice") is None


def test_a_taken_username_is_refused_and_its_user_left_alone(store: AuthenticationStore) -> None:
    store.add_user(User("alice", "$argon2id$first"))

    with pytest.raises(UsernameTaken):
        store.add_user(User("alice", "$argon2id$second"))

    assert store.password_hash("alice") == "$argon2id$first"


def test_any_other_error_of_the_table_passes_through(dynamodb: "DynamoDBClient") -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        AuthenticationStore(dynamodb, "no-table").add_user(User("alice", "$argon2id$alice"))


def test_a_session_is_read_back_by_the_hash_of_its_token(store: AuthenticationStore) -> None:
    store.add_session(SESSION)

    assert store.session(SESSION.token_sha256) == SESSION
    assert store.session("1" * 64) is None


def test_the_end_of_a_session_is_a_number_as_ttl_needs_it(
    store: AuthenticationStore, dynamodb: "DynamoDBClient"
) -> None:
    store.add_session(SESSION)

    assert dynamodb.scan(TableName="dev-authentication")["Items"] == [
        {"pk": {"S": f"session#{'0' * 64}"}, "user_id": {"S": "alice"}, "expires_at": {"N": "1800000000"}}
    ]


def test_a_user_is_no_session_and_a_session_no_user(store: AuthenticationStore) -> None:
    store.add_user(User("alice", "$argon2id$alice"))
    store.add_session(SESSION)

    assert store.session("alice") is None
    assert store.password_hash(SESSION.token_sha256) is None


def test_every_read_is_strongly_consistent(store: AuthenticationStore, dynamodb: "DynamoDBClient") -> None:
    seen: list[bool] = []
    dynamodb.meta.events.register(
        "before-parameter-build.dynamodb.GetItem", lambda params, **_: seen.append(params["ConsistentRead"])
    )

    store.password_hash("alice")
    store.session("0" * 64)

    assert seen == [True, True]
