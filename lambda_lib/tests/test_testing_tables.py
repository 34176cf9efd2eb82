"""A table in moto is the one that Terraform declares."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session
from pydantic import ValidationError

from lambda_lib.testing import TableDeclaration, find_service_declaration, table_from_plan

TFVARS = """
# A service, as terraform/service takes it.
service   = "orders"
memory_mb = 512
table = {
  hash_key       = { name = "customer_id" }
  range_key      = { name = "placed_at", type = "N" }
  read_capacity  = 5
  write_capacity = 2
  ttl_attribute  = "expires_at"
  actions        = ["GetItem"]
}
signed_routes = { "GET /orders/{order_id}" = ["profile"] }
"""

# Members of an aws_dynamodb_table as `terraform show -json` gives them (provider 5.100).
ORDERS: dict[str, Any] = {
    "name": "dev-orders",
    "billing_mode": "PROVISIONED",
    "hash_key": "customer_id",
    "range_key": "placed_at",
    "read_capacity": 5,
    "write_capacity": 2,
    "attribute": [
        {"name": "placed_at", "type": "N"},
        {"name": "customer_id", "type": "S"},
    ],
    "global_secondary_index": [],
    "local_secondary_index": [],
    "ttl": [{"attribute_name": "expires_at", "enabled": True}],
    "tags": None,
}
INDEX = {"name": "by-status", "projection_type": "ALL", "non_key_attributes": None, "range_key": None}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "service.tfvars").write_text(TFVARS, encoding="utf-8")
    return tmp_path


def a_plan(folder: Path, *tables: Mapping[str, Any]) -> Path:
    """A plan whose tables are each in a module of a module."""
    modules = [
        {"address": "module.a", "child_modules": [{"resources": [{"type": "aws_dynamodb_table", "values": table}]}]}
        for table in tables
    ]
    root = {"resources": [{"type": "aws_sns_topic", "values": {"name": "alarms"}}], "child_modules": modules}
    file = folder / "plan.json"
    file.write_text(json.dumps({"format_version": "1.2", "planned_values": {"root_module": root}}), encoding="utf-8")
    return file


def described(declaration: TableDeclaration, aws: Session) -> dict[str, Any]:
    """What DynamoDB tells of the table once it is there."""
    table = declaration.create(aws.create_client("dynamodb"))
    description: dict[str, Any] = table.client.describe_table(TableName=table.name)["Table"]
    ttl = table.client.describe_time_to_live(TableName=table.name)["TimeToLiveDescription"]
    return description | {"TimeToLive": ttl}


def test_a_service_and_its_plan_declare_the_same_table(folder: Path) -> None:
    declaration = find_service_declaration(folder / "tests" / "test_orders.py").table_declaration()

    assert declaration == table_from_plan(a_plan(folder, ORDERS))


def test_a_service_and_its_plan_declare_the_same_indexes(folder: Path) -> None:
    indexes = """
  indexes = {
    "by-status" = { hash_key = { name = "status" }, range_key = { name = "placed_at", type = "N" },
      read_capacity = 3, write_capacity = 1 }
    "by-price"  = { hash_key = { name = "price", type = "N" }, projection_type = "INCLUDE",
      non_key_attributes = ["b", "a"], read_capacity = 2, write_capacity = 1 }
  }
"""
    text = TFVARS.replace('  actions        = ["GetItem"]\n', f'  actions        = ["GetItem"]\n{indexes}')
    (folder / "service.tfvars").write_text(text, encoding="utf-8")
    planned = [
        INDEX
        | {"name": "by-price", "hash_key": "price", "projection_type": "INCLUDE", "non_key_attributes": ["a", "b"]}
        | {"read_capacity": 2, "write_capacity": 1},
        INDEX | {"hash_key": "status", "range_key": "placed_at", "read_capacity": 3, "write_capacity": 1},
    ]
    attributes = [*ORDERS["attribute"], {"name": "status", "type": "S"}, {"name": "price", "type": "N"}]
    plan = a_plan(folder, ORDERS | {"global_secondary_index": planned, "attribute": attributes})

    declaration = find_service_declaration(folder / "tests" / "test_orders.py").table_declaration()

    assert declaration == table_from_plan(plan)


def test_the_table_of_a_service_has_its_keys_capacity_and_ttl(folder: Path, aws: Session) -> None:
    table = described(find_service_declaration(folder / "test_orders.py").table_declaration(), aws)

    assert table["TableName"] == "dev-orders"
    assert table["KeySchema"] == [
        {"AttributeName": "customer_id", "KeyType": "HASH"},
        {"AttributeName": "placed_at", "KeyType": "RANGE"},
    ]
    assert {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]} == {
        "customer_id": "S",
        "placed_at": "N",
    }
    assert table["ProvisionedThroughput"]["ReadCapacityUnits"] == 5
    assert table["ProvisionedThroughput"]["WriteCapacityUnits"] == 2
    assert table["TimeToLive"] == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}


def test_a_table_without_ttl_has_none(folder: Path, aws: Session) -> None:
    for ttl in ([], [{"attribute_name": "expires_at", "enabled": False}]):
        table = ORDERS | {"name": f"dev-orders-{len(ttl)}", "ttl": ttl}
        assert described(table_from_plan(a_plan(folder, table)), aws)["TimeToLive"] == {"TimeToLiveStatus": "DISABLED"}


def test_a_table_whose_ttl_terraform_leaves_open_has_none(folder: Path) -> None:
    table = {name: value for name, value in ORDERS.items() if name != "ttl"}

    assert table_from_plan(a_plan(folder, table)).ttl_attribute is None


def test_the_indexes_of_a_plan_are_made_with_their_keys_projection_and_capacity(folder: Path, aws: Session) -> None:
    table = ORDERS | {
        "attribute": [*ORDERS["attribute"], {"name": "status", "type": "S"}],
        "global_secondary_index": [
            INDEX | {"hash_key": "status", "range_key": "placed_at", "read_capacity": 3, "write_capacity": 4}
        ],
        "local_secondary_index": [
            INDEX
            | {
                "name": "within-customer",
                "range_key": "status",
                "projection_type": "INCLUDE",
                "non_key_attributes": ["total", "currency"],
            }
        ],
    }

    found = described(table_from_plan(a_plan(folder, table)), aws)

    [index] = found["GlobalSecondaryIndexes"]
    assert (index["IndexName"], index["Projection"]) == ("by-status", {"ProjectionType": "ALL"})
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["status", "placed_at"]
    assert index["ProvisionedThroughput"]["ReadCapacityUnits"] == 3
    assert index["ProvisionedThroughput"]["WriteCapacityUnits"] == 4
    [local] = found["LocalSecondaryIndexes"]
    assert [key["AttributeName"] for key in local["KeySchema"]] == ["customer_id", "status"]
    assert local["Projection"] == {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["currency", "total"]}


def test_a_table_that_is_paid_per_request_has_no_capacity_nor_have_its_indexes(folder: Path, aws: Session) -> None:
    unset = {"read_capacity": None, "write_capacity": None}
    table = (
        ORDERS
        | unset
        | {
            "billing_mode": "PAY_PER_REQUEST",
            "attribute": [*ORDERS["attribute"], {"name": "status", "type": "S"}],
            "global_secondary_index": [INDEX | unset | {"hash_key": "status"}],
        }
    )

    declaration = table_from_plan(a_plan(folder, table))

    assert described(declaration, aws)["BillingModeSummary"] == {"BillingMode": "PAY_PER_REQUEST"}
    assert "ProvisionedThroughput" not in declaration.request
    assert "ProvisionedThroughput" not in declaration.request["GlobalSecondaryIndexes"][0]


def test_one_table_of_several_is_chosen_by_its_name(folder: Path) -> None:
    plan = a_plan(folder, ORDERS, ORDERS | {"name": "dev-parcels"})

    assert table_from_plan(plan, name="dev-parcels").name == "dev-parcels"
    with pytest.raises(LookupError, match=r"which table.* dev-orders, dev-parcels"):
        table_from_plan(plan)
    with pytest.raises(LookupError, match=r"dev-nothing: .* dev-orders, dev-parcels"):
        table_from_plan(plan, name="dev-nothing")


def test_a_plan_without_a_table_is_told_as_such(folder: Path) -> None:
    with pytest.raises(LookupError, match="no table"):
        table_from_plan(a_plan(folder))


def test_what_is_no_plan_is_refused(folder: Path) -> None:
    (folder / "plan.json").write_text("{}", encoding="utf-8")

    with pytest.raises(ValidationError, match="planned_values"):
        table_from_plan(folder / "plan.json")


def test_the_environment_of_a_function_is_made_of_the_service(folder: Path) -> None:
    declaration = find_service_declaration(folder / "test_orders.py")

    assert declaration.function_environment(environment="prod") == {
        "ENVIRONMENT": "prod",
        "TABLE_NAME": "prod-orders",
        "POWERTOOLS_SERVICE_NAME": "orders",
        "POWERTOOLS_METRICS_NAMESPACE": "Services",
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "POWERTOOLS_TRACE_DISABLED": "true",
    }
    assert declaration.table_declaration(environment="prod").name == "prod-orders"


def test_a_folder_of_no_service_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no service\.tfvars above"):
        find_service_declaration(tmp_path / "test_orders.py")
