"""The table of locations: one item per user, with the hash key `user_id`.

Items are below 1 KB: a user's id of 32 characters, three numbers, a label of 100 characters (400 bytes), a time and a
version. They are read and written by their key only.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lambda_lib.preconditions import Precondition
from location_service.model import Location, StoredLocation, UserId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

_ANY = Precondition()


class LocationStore:
    """Reads and writes locations; errors of botocore, throttling and refused conditions among them, pass through.

    Args:
        client: A botocore DynamoDB client.
        table_name: The table to use.
    """

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def put(self, user_id: UserId, location: Location, *, version: str, precondition: Precondition = _ANY) -> None:
        """Stores a user's location in place of an earlier one.

        Capacity: 1 write unit, also where the precondition is refused.

        Args:
            user_id: Whose location it is.
            location: Where the user is.
            version: The version that it becomes.
            precondition: What has to be true of the earlier one.
        """
        item: dict[str, AttributeValueTypeDef] = {
            "user_id": {"S": user_id},
            "latitude": {"N": str(location.latitude)},
            "longitude": {"N": str(location.longitude)},
            "version": {"S": version},
        }
        if location.label is not None:
            item["label"] = {"S": location.label}
        if location.accuracy_m is not None:
            item["accuracy_m"] = {"N": str(location.accuracy_m)}
        if location.fixed_at is not None:
            item["fixed_at"] = {"S": location.fixed_at.astimezone(UTC).isoformat(timespec="seconds")}
        self._client.put_item(TableName=self._table_name, Item=item, **precondition.write_condition("user_id"))

    def get(self, user_id: UserId, *, consistent: bool = False) -> StoredLocation | None:
        """Returns a user's location, or None where none is stored.

        Attributes that the model does not know are ignored.

        Capacity: 0.5 read units, or 1 if `consistent`, which sees every write that was acknowledged before.
        """
        response = self._client.get_item(
            TableName=self._table_name, Key={"user_id": {"S": user_id}}, ConsistentRead=consistent
        )
        item = response.get("Item")
        if item is None:
            return None
        location = Location(
            latitude=float(item["latitude"]["N"]),
            longitude=float(item["longitude"]["N"]),
            label=_text(item, "label"),
            accuracy_m=float(item["accuracy_m"]["N"]) if "accuracy_m" in item else None,
            fixed_at=datetime.fromisoformat(item["fixed_at"]["S"]) if "fixed_at" in item else None,
        )
        return StoredLocation(location, _text(item, "version"))

    def delete(self, user_id: UserId, *, precondition: Precondition = _ANY) -> None:
        """Deletes a user's location, if there still is one.

        Capacity: 1 write unit, also where there is none or the precondition is refused.

        Args:
            user_id: Whose location it is.
            precondition: What has to be true of it, if it is still there: gone is what the caller wants.
        """
        condition = precondition.write_condition("user_id")
        if condition:
            condition["ConditionExpression"] += " OR attribute_not_exists(user_id)"
        self._client.delete_item(TableName=self._table_name, Key={"user_id": {"S": user_id}}, **condition)


def _text(item: "Mapping[str, AttributeValueTypeDef]", name: str) -> str | None:
    return item[name]["S"] if name in item else None
