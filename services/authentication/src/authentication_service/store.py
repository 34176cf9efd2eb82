"""The table of users and sessions: the hash key `pk` is `user#<id>` or `session#<sha256 of the token>`."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from authentication_service.model import Session, User, UsernameTaken, WrongCredentials
from lambda_lib.errors import ServiceError, Unauthenticated

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef


class AuthenticationStore:
    """Reads and writes users and sessions; errors of botocore, throttling among them, pass through.

    Every read is strongly consistent: a user signs in right after signing up, a token is used right after it was given
    and is no good right after its session was ended. Items are far below 1 KB, so that a read costs one read unit and
    a write one write unit, also where its condition is not met.

    Args:
        client: A botocore DynamoDB client.
        table_name: The table to use; its TTL attribute is `expires_at`.
    """

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def add_user(self, user: User) -> None:
        """Stores a new user. One write unit.

        Raises:
            UsernameTaken: There is a user of that id, who is left as before, or there was one who was deleted.
        """
        with _unless(UsernameTaken(f"The username {user.user_id} is taken.")):
            self._client.put_item(
                TableName=self._table_name,
                Item={
                    "pk": {"S": f"user#{user.user_id}"},
                    "password_hash": {"S": user.password_hash},
                    "generation": {"S": user.generation},
                    "sources": _texts(user.sources),
                },
                ConditionExpression="attribute_not_exists(pk)",
            )

    def user(self, user_id: str) -> User | None:
        """Returns a user, or None where there is none. One read unit."""
        item = self._get(f"user#{user_id}")
        if item is None or "password_hash" not in item:
            return None
        return User(
            user_id=user_id,
            password_hash=item["password_hash"]["S"],
            generation=item["generation"]["S"],
            sources=tuple(source["S"] for source in item["sources"]["L"]),
        )

    def remember(self, user: User, *, password_hash: str, sources: tuple[str, ...]) -> None:
        """Stores what a sign-in tells of a user. One write unit.

        Args:
            user: The user, as read before.
            password_hash: The hash of the same password with today's parameters.
            sources: Where the user has come from lately.

        Raises:
            WrongCredentials: The user was deleted, or all sessions were ended meanwhile, by another password for
                example, so that the sign-in is of no use.
        """
        self._update(
            f"user#{user.user_id}",
            "SET password_hash = :hash, sources = :sources",
            {":hash": {"S": password_hash}, ":sources": _texts(sources)},
            generation=user.generation,
            error=WrongCredentials(),
        )

    def change_password(self, session: Session, *, password_hash: str, generation: str) -> None:
        """Stores another password of a session's user, with which all sessions end. One write unit.

        Raises:
            Unauthenticated: The session has been ended meanwhile, by another change of the password for example.
        """
        self._update(
            f"user#{session.user_id}",
            "SET password_hash = :hash, generation = :new",
            {":hash": {"S": password_hash}, ":new": {"S": generation}},
            generation=session.generation,
        )

    def end_sessions(self, session: Session, *, generation: str) -> None:
        """Ends all sessions of a session's user, of whom there may be any number, by one write. One write unit.

        Raises:
            Unauthenticated: The session has been ended meanwhile.
        """
        self._update(
            f"user#{session.user_id}",
            "SET generation = :new",
            {":new": {"S": generation}},
            generation=session.generation,
        )

    def delete_user(self, session: Session) -> None:
        """Deletes a session's user, with all that is known of them but the name. One write unit.

        The name stays taken, so that nobody is ever taken for the user before: by a service that remembers whose a
        token was, or that was written to while the account was being deleted.

        Args:
            session: A session of the user.

        Raises:
            Unauthenticated: The session has been ended meanwhile.
        """
        with _unless(Unauthenticated("The token is not valid.")):
            self._client.put_item(
                TableName=self._table_name,
                Item={"pk": {"S": f"user#{session.user_id}"}},
                ConditionExpression="generation = :generation",
                ExpressionAttributeValues={":generation": {"S": session.generation}},
            )

    def add_session(self, session: Session) -> None:
        """Stores a new session. One write unit."""
        self._client.put_item(
            TableName=self._table_name,
            Item={
                "pk": {"S": f"session#{session.token_sha256}"},
                "user_id": {"S": session.user_id},
                "generation": {"S": session.generation},
                "signed_in_at": {"N": str(session.signed_in_at)},
                "expires_at": {"N": str(session.expires_at)},
            },
            ConditionExpression="attribute_not_exists(pk)",
        )

    def session(self, token_sha256: str) -> Session | None:
        """Returns the session of a token, which may have ended, or None where there is none. One read unit."""
        item = self._get(f"session#{token_sha256}")
        if item is None:
            return None
        return Session(
            token_sha256=token_sha256,
            user_id=item["user_id"]["S"],
            generation=item["generation"]["S"],
            signed_in_at=int(item["signed_in_at"]["N"]),
            expires_at=int(item["expires_at"]["N"]),
        )

    def keep_session(self, session: Session, *, generation: str) -> None:
        """Has a session go on when those of its generation have ended. One write unit.

        Raises:
            Unauthenticated: The session has been ended meanwhile.
        """
        self._update(
            f"session#{session.token_sha256}",
            "SET generation = :new",
            {":new": {"S": generation}},
            generation=session.generation,
        )

    def delete_session(self, token_sha256: str) -> None:
        """Ends the session of a token, if there is one. One write unit."""
        self._client.delete_item(TableName=self._table_name, Key={"pk": {"S": f"session#{token_sha256}"}})

    def _get(self, key: str) -> "dict[str, AttributeValueTypeDef] | None":
        response = self._client.get_item(TableName=self._table_name, Key={"pk": {"S": key}}, ConsistentRead=True)
        return response.get("Item")

    def _update(
        self,
        key: str,
        expression: str,
        values: "dict[str, AttributeValueTypeDef]",
        *,
        generation: str,
        error: ServiceError | None = None,
    ) -> None:
        """Updates an item that is still of a generation; raises `error` if it is not, by default that of a token."""
        with _unless(error or Unauthenticated("The token is not valid.")):
            self._client.update_item(
                TableName=self._table_name,
                Key={"pk": {"S": key}},
                UpdateExpression=expression,
                ConditionExpression="generation = :generation",
                ExpressionAttributeValues={**values, ":generation": {"S": generation}},
            )


@contextmanager
def _unless(error: ServiceError) -> Iterator[None]:
    """Raises `error` where the condition of a write is not met."""
    try:
        yield
    except ClientError as refusal:
        if refusal.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise error from refusal
        raise


def _texts(items: tuple[str, ...]) -> "AttributeValueTypeDef":
    return {"L": [{"S": item} for item in items]}
