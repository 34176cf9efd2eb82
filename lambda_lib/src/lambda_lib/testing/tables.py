"""A DynamoDB table as Terraform declares it, to be made in moto."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Attribute(BaseModel):
    """An attribute that is part of a key.

    Attributes:
        name: Its name.
        type: Text, number or binary.
    """

    name: str
    type: Literal["S", "N", "B"] = "S"


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is there.

    Attributes:
        name: Its name.
        client: A client of the account that holds it.
    """

    name: str
    client: "DynamoDBClient"


@dataclass(frozen=True, slots=True)
class TableDeclaration:
    """A table to be made.

    Attributes:
        request: The parameters of CreateTable.
        ttl_attribute: Attribute with the time (seconds since the epoch) after which DynamoDB deletes an item, if any.
    """

    request: Mapping[str, Any]
    ttl_attribute: str | None = None

    @property
    def name(self) -> str:
        """Name of the table."""
        name: str = self.request["TableName"]
        return name

    def create(self, client: "DynamoDBClient") -> Table:
        """Make the table."""
        client.create_table(**self.request)
        if self.ttl_attribute is not None:
            client.update_time_to_live(
                TableName=self.name, TimeToLiveSpecification={"Enabled": True, "AttributeName": self.ttl_attribute}
            )
        return Table(self.name, client)


def key_schema(hash_key: str, range_key: str | None = None) -> list[dict[str, str]]:
    """The `KeySchema` of a table or an index."""
    keys = [{"AttributeName": hash_key, "KeyType": "HASH"}]
    return keys if range_key is None else [*keys, {"AttributeName": range_key, "KeyType": "RANGE"}]


def attribute_definitions(attributes: Sequence[Attribute]) -> list[dict[str, str]]:
    """The `AttributeDefinitions` of a table, by name."""
    ordered = sorted(attributes, key=lambda attribute: attribute.name)
    return [{"AttributeName": attribute.name, "AttributeType": attribute.type} for attribute in ordered]


def provisioned(read_capacity: int | None, write_capacity: int | None) -> dict[str, Any]:
    """The `ProvisionedThroughput` of a table or an index (units per second)."""
    return {"ProvisionedThroughput": {"ReadCapacityUnits": read_capacity, "WriteCapacityUnits": write_capacity}}
