"""The table of profiles: one item per user, with the hash key `user_id`.

Items are below 5 KB: a user's id of 32 characters, a name of 80 (320 bytes), a bio of 1000 (4000 bytes), a visibility
and a version. They are read and written by their key only.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from lambda_lib import NotFound
from lambda_lib.preconditions import Precondition
from profile_service.model import LocationVisibility, StoredProfile, UserId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

_ANY = Precondition()


class ProfileStore:
    """Reads and writes profiles; errors of botocore, throttling and refused conditions among them, pass through.

    Args:
        client: A botocore DynamoDB client.
        table_name: The table to use.
    """

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def put(
        self, user_id: UserId, members: Mapping[str, str | None], *, version: str, precondition: Precondition = _ANY
    ) -> None:
        """Stores members of a user's profile; those that are not given stay as they are.

        Capacity: 1 to 5 write units, 1 for each KB of the larger of the items before and after; that of the item that
        is there where the precondition is refused.

        Args:
            user_id: Whose profile it is.
            members: Values by name; what has None is taken away.
            version: The version that it becomes.
            precondition: What has to be true of the one that is there.
        """
        values: dict[str, AttributeValueTypeDef] = {":version": {"S": version}}
        sets, removes = ["version = :version"], []
        for name, value in members.items():
            if value is None:
                removes.append(name)
            else:
                values[f":{name}"] = {"S": value}
                sets.append(f"{name} = :{name}")
        expression = f"SET {', '.join(sets)}" + (f" REMOVE {', '.join(removes)}" if removes else "")
        condition = precondition.write_condition("user_id")
        condition["ExpressionAttributeValues"] = values | condition.get("ExpressionAttributeValues", {})
        self._client.update_item(
            TableName=self._table_name, Key={"user_id": {"S": user_id}}, UpdateExpression=expression, **condition
        )

    def change(self, user_id: UserId, members: Mapping[str, str | None], *, version: str) -> None:
        """Stores members of a profile that is there.

        Capacity: 1 to 5 write units, as of `put`.

        Raises:
            NotFound: There is none.
        """
        try:
            self.put(user_id, members, version=version, precondition=Precondition(present=True))
        except self._client.exceptions.ConditionalCheckFailedException:
            raise NotFound(f"The user {user_id} has no profile.") from None

    def get(self, user_id: UserId, *, consistent: bool = False) -> StoredProfile | None:
        """Returns a user's profile, or None where none is stored.

        Attributes that the model does not know are ignored.

        Capacity: 0.5 to 1 read units, 0.5 for each 4 KB of the item; twice that if `consistent`, which sees every
        write that was acknowledged before.
        """
        response = self._client.get_item(
            TableName=self._table_name, Key={"user_id": {"S": user_id}}, ConsistentRead=consistent
        )
        item = response.get("Item")
        if item is None:
            return None
        return StoredProfile(
            display_name=item["display_name"]["S"],
            bio=_text(item, "bio"),
            location_visibility=cast("LocationVisibility", _text(item, "location_visibility") or "public"),
            version=_text(item, "version"),
        )

    def delete(self, user_id: UserId, *, precondition: Precondition = _ANY) -> None:
        """Deletes a user's profile, if there still is one.

        Capacity: 1 to 5 write units, 1 for each KB of the item; 1 where there is none.

        Args:
            user_id: Whose profile it is.
            precondition: What has to be true of it, if it is still there: gone is what the caller wants.
        """
        condition = precondition.write_condition("user_id")
        if condition:
            condition["ConditionExpression"] += " OR attribute_not_exists(user_id)"
        self._client.delete_item(TableName=self._table_name, Key={"user_id": {"S": user_id}}, **condition)


def _text(item: "Mapping[str, AttributeValueTypeDef]", name: str) -> str | None:
    return item[name]["S"] if name in item else None
