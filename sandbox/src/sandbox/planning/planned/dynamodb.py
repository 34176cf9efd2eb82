"""Reads DynamoDB tables."""

from typing import Any

from sandbox.declaration import Index, Table
from sandbox.planning.planned.item import Item, Items


def tables(items: Items) -> tuple[Table, ...]:
    """Every table with its indexes."""
    return tuple(_table(item, items) for item in items.of("aws_dynamodb_table"))


def _table(item: Item, items: Items) -> Table:
    ttl = item.block("ttl")
    return Table(
        name=item["name"],
        arn=item["arn"],
        hash_key=item["hash_key"],
        range_key=item.get("range_key"),
        attribute_types={attribute["name"]: attribute["type"] for attribute in item["attribute"]},
        read_capacity=item["read_capacity"],
        write_capacity=item["write_capacity"],
        indexes=tuple(_index(index) for index in item.get("global_secondary_index", ())),
        ttl_attribute=ttl["attribute_name"] if ttl.get("enabled") else None,
        autoscaled=bool(items.where("aws_appautoscaling_target", "resource_id", f"table/{item['name']}")),
    )


def _index(block: dict[str, Any]) -> Index:
    return Index(
        name=block["name"],
        hash_key=block["hash_key"],
        range_key=block.get("range_key") or None,
        projection_type=block["projection_type"],
        non_key_attributes=tuple(block.get("non_key_attributes") or ()),
        read_capacity=block["read_capacity"],
        write_capacity=block["write_capacity"],
    )
