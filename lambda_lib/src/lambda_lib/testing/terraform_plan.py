"""A table out of a Terraform plan.

The plan is the output of `terraform show -json PLAN` (https://developer.hashicorp.com/terraform/internals/json-format).
Of an `aws_dynamodb_table`, blocks that are not there are empty lists, and arguments that are not there are null.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from lambda_lib.testing.tables import Attribute, TableDeclaration, attribute_definitions, key_schema, provisioned


def table_from_plan(plan: Path, *, name: str | None = None) -> TableDeclaration:
    """A table as a plan creates it: keys, indexes, billing mode, capacity, TTL.

    Args:
        plan: The plan, as JSON.
        name: Name of the table; not needed where the plan has one only.

    Raises:
        LookupError: The plan has no such table, or has several and none is named.
    """
    module = _Plan.model_validate_json(plan.read_bytes()).planned_values.root_module
    tables = {
        resource.values["name"]: resource.values
        for resource in module.all_resources()
        if resource.type == "aws_dynamodb_table"
    }
    if name is None and len(tables) == 1:
        [name] = tables
    if name not in tables:
        raise LookupError(f"{name or 'which table?'}: {plan} has {', '.join(sorted(tables)) or 'no table'}")
    return _Table.model_validate(tables[name]).declaration()


class _Resource(BaseModel):
    type: str
    values: dict[str, Any]


class _Module(BaseModel):
    resources: list[_Resource] = []
    child_modules: "list[_Module]" = []

    def all_resources(self) -> Iterator[_Resource]:
        yield from self.resources
        for module in self.child_modules:
            yield from module.all_resources()


class _PlannedValues(BaseModel):
    root_module: _Module


class _Plan(BaseModel):
    planned_values: _PlannedValues


class _Index(BaseModel):
    name: str
    hash_key: str | None = None  # a local index has the table's
    range_key: str | None = None
    projection_type: str
    non_key_attributes: list[str] | None = None
    read_capacity: int | None = None
    write_capacity: int | None = None

    def request(self, hash_key: str) -> dict[str, Any]:
        attributes = {"NonKeyAttributes": sorted(self.non_key_attributes)} if self.non_key_attributes else {}
        return {
            "IndexName": self.name,
            "KeySchema": key_schema(self.hash_key or hash_key, self.range_key),
            "Projection": {"ProjectionType": self.projection_type, **attributes},
        }


class _TimeToLive(BaseModel):
    attribute_name: str
    enabled: bool


class _Table(BaseModel):
    name: str
    hash_key: str
    range_key: str | None
    billing_mode: Literal["PROVISIONED", "PAY_PER_REQUEST"]
    read_capacity: int | None
    write_capacity: int | None
    attribute: list[Attribute]
    local_secondary_index: list[_Index]
    global_secondary_index: list[_Index]
    ttl: list[_TimeToLive] = []  # left out where Terraform leaves it to the provider

    def declaration(self) -> TableDeclaration:
        request: dict[str, Any] = {
            "TableName": self.name,
            "AttributeDefinitions": attribute_definitions(self.attribute),
            "KeySchema": key_schema(self.hash_key, self.range_key),
            "BillingMode": self.billing_mode,
        } | self._capacity(self)
        if self.local_secondary_index:
            request["LocalSecondaryIndexes"] = [index.request(self.hash_key) for index in self.local_secondary_index]
        if self.global_secondary_index:
            request["GlobalSecondaryIndexes"] = [
                index.request(self.hash_key) | self._capacity(index) for index in self.global_secondary_index
            ]
        return TableDeclaration(request, next((ttl.attribute_name for ttl in self.ttl if ttl.enabled), None))

    def _capacity(self, of: "_Table | _Index") -> dict[str, Any]:
        return provisioned(of.read_capacity, of.write_capacity) if self.billing_mode == "PROVISIONED" else {}
