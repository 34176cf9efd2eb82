"""The table of profiles: one item per user, with the hash key `user_id`."""

from typing import TYPE_CHECKING

from profile_service.model import Profile, UserId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef


class ProfileStore:
    """Reads and writes profiles; errors of botocore, throttling among them, pass through.

    Args:
        client: A botocore DynamoDB client.
        table_name: The table to use.
    """

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def put(self, user_id: UserId, profile: Profile) -> None:
        """Stores a user's profile in place of an earlier one.

        One write unit for each 1 KB of the item: one to five, by the length of the bio (1000 characters of 4 bytes).
        """
        item: dict[str, AttributeValueTypeDef] = {
            "user_id": {"S": user_id},
            "display_name": {"S": profile.display_name},
        }
        if profile.bio is not None:
            item["bio"] = {"S": profile.bio}
        self._client.put_item(TableName=self._table_name, Item=item)

    def get(self, user_id: UserId) -> Profile | None:
        """Returns a user's profile, or None where none is stored.

        The read is eventually consistent: half a read unit for each 4 KB of the item. Attributes that the model does
        not know are ignored.
        """
        response = self._client.get_item(TableName=self._table_name, Key={"user_id": {"S": user_id}})
        item = response.get("Item")
        if item is None:
            return None
        return Profile(display_name=item["display_name"]["S"], bio=item["bio"]["S"] if "bio" in item else None)
