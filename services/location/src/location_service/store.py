"""The table of locations: one item per user, with the hash key `user_id`."""

from typing import TYPE_CHECKING

from location_service.model import Location, UserId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef


class LocationStore:
    """Reads and writes locations; errors of botocore, throttling among them, pass through.

    Args:
        client: A botocore DynamoDB client.
        table_name: The table to use.
    """

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def put(self, user_id: UserId, location: Location) -> None:
        """Stores a user's location in place of an earlier one.

        One write unit, since an item is below 1 KB: it holds two numbers and a label of 100 characters at most.
        """
        item: dict[str, AttributeValueTypeDef] = {
            "user_id": {"S": user_id},
            "latitude": {"N": str(location.latitude)},
            "longitude": {"N": str(location.longitude)},
        }
        if location.label is not None:
            item["label"] = {"S": location.label}
        self._client.put_item(TableName=self._table_name, Item=item)

    def get(self, user_id: UserId, *, consistent: bool = False) -> Location | None:
        """Returns a user's location, or None where none is stored.

        Half a read unit for each 4 KB of the item; twice that if `consistent`, which sees every write that was
        acknowledged before. Attributes that the model does not know are ignored.
        """
        response = self._client.get_item(
            TableName=self._table_name, Key={"user_id": {"S": user_id}}, ConsistentRead=consistent
        )
        item = response.get("Item")
        if item is None:
            return None
        return Location(
            latitude=float(item["latitude"]["N"]),
            longitude=float(item["longitude"]["N"]),
            label=item["label"]["S"] if "label" in item else None,
        )
