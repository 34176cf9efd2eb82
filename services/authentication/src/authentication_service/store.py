"""The table of users and sessions: the hash key `pk` is `user#<id>` or `session#<sha256 of the token>`."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from authentication_service.model import Session, User, UsernameTaken

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef


class AuthenticationStore:
    """Reads and writes users and sessions; errors of botocore, throttling among them, pass through.

    Every read is strongly consistent: a user signs in right after signing up, and a token is used right after it was
    given. Items are far below 1 KB, so that a read costs one read unit and a write one write unit.

    Args:
        client: A botocore DynamoDB client.
        table_name: The table to use; its TTL attribute is `expires_at`.
    """

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def add_user(self, user: User) -> None:
        """Stores a new user.

        Raises:
            UsernameTaken: There is a user of that id; it is left as it is.
        """
        try:
            self._client.put_item(
                TableName=self._table_name,
                Item={"pk": {"S": f"user#{user.user_id}"}, "password_hash": {"S": user.password_hash}},
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                raise UsernameTaken(f"The username {user.user_id} is taken.") from error
            raise

    def password_hash(self, user_id: str) -> str | None:
        """Returns the password hash of a user, or None where there is no such user."""
        item = self._get(f"user#{user_id}")
        return None if item is None else item["password_hash"]["S"]

    def add_session(self, session: Session) -> None:
        """Stores a new session."""
        self._client.put_item(
            TableName=self._table_name,
            Item={
                "pk": {"S": f"session#{session.token_sha256}"},
                "user_id": {"S": session.user_id},
                "expires_at": {"N": str(session.expires_at)},
            },
        )

    def session(self, token_sha256: str) -> Session | None:
        """Returns the session of a token, which may have ended, or None where there is none."""
        item = self._get(f"session#{token_sha256}")
        if item is None:
            return None
        return Session(token_sha256=token_sha256, user_id=item["user_id"]["S"], expires_at=int(item["expires_at"]["N"]))

    def _get(self, key: str) -> "dict[str, AttributeValueTypeDef] | None":
        response = self._client.get_item(TableName=self._table_name, Key={"pk": {"S": key}}, ConsistentRead=True)
        return response.get("Item")
