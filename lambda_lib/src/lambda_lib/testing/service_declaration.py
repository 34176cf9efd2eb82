"""What a service declares of itself in `service.tfvars`, the only part of Terraform that its own repository has."""

from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from lambda_lib.testing.callers import ENVIRONMENT
from lambda_lib.testing.tables import Attribute, TableDeclaration, attribute_definitions, key_schema, provisioned

FILE_NAME = "service.tfvars"


class _Index(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    hash_key: Attribute
    range_key: Attribute | None = None
    projection_type: str = "ALL"
    non_key_attributes: tuple[str, ...] | None = None
    read_capacity: int
    write_capacity: int

    def request(self, name: str) -> dict[str, Any]:
        attributes = {"NonKeyAttributes": sorted(self.non_key_attributes)} if self.non_key_attributes else {}
        return {
            "IndexName": name,
            "KeySchema": key_schema(*(key.name for key in _keys(self))),
            "Projection": {"ProjectionType": self.projection_type, **attributes},
            **provisioned(self.read_capacity, self.write_capacity),
        }


class _Table(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    hash_key: Attribute
    range_key: Attribute | None = None
    read_capacity: int
    write_capacity: int
    ttl_attribute: str | None = None
    indexes: dict[str, _Index] = {}


def _keys(of: _Table | _Index) -> list[Attribute]:
    return [key for key in (of.hash_key, of.range_key) if key is not None]


class ServiceDeclaration(BaseModel):
    """A service, as `terraform/service` takes it (its `variables.tf` describes every member).

    What Terraform makes of it is repeated here, and compared with its plans by the platform's tests.

    Attributes:
        service: Name of the service.
        table: Its table.
        log_level: Level from which its function logs.
        tracing: Whether its function traces.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    service: str
    table: _Table
    log_level: str = "INFO"
    tracing: bool = False

    def table_declaration(self, *, environment: str = ENVIRONMENT) -> TableDeclaration:
        """The service's table.

        Args:
            environment: Name of the environment.
        """
        table = self.table
        keyed: list[_Table | _Index] = [table, *table.indexes.values()]
        keys = {key.name: key for of in keyed for key in _keys(of)}
        request: dict[str, Any] = {
            "TableName": f"{environment}-{self.service}",
            "AttributeDefinitions": attribute_definitions([*keys.values()]),
            "KeySchema": key_schema(*(key.name for key in _keys(table))),
            "BillingMode": "PROVISIONED",
            **provisioned(table.read_capacity, table.write_capacity),
        }
        if table.indexes:
            request["GlobalSecondaryIndexes"] = [index.request(name) for name, index in sorted(table.indexes.items())]
        return TableDeclaration(request, table.ttl_attribute)

    def function_environment(self, *, environment: str = ENVIRONMENT) -> dict[str, str]:
        """The environment variables that Terraform gives the service's function.

        Args:
            environment: Name of the environment.
        """
        return {
            "ENVIRONMENT": environment,
            "TABLE_NAME": f"{environment}-{self.service}",
            "POWERTOOLS_SERVICE_NAME": self.service,
            "POWERTOOLS_METRICS_NAMESPACE": "Services",
            "POWERTOOLS_LOG_LEVEL": self.log_level,
            "POWERTOOLS_TRACE_DISABLED": str(not self.tracing).lower(),
        }


@cache
def read_service_declaration(file: Path) -> ServiceDeclaration:
    """Read a `service.tfvars`, with python-hcl2."""
    import hcl2  # noqa: PLC0415  a project whose tables come from a plan need not have it

    options = hcl2.SerializationOptions(with_comments=False, strip_string_quotes=True)
    with file.open(encoding="utf-8") as text:
        return ServiceDeclaration.model_validate(hcl2.load(text, serialization_options=options))


def find_service_declaration(start: Path) -> ServiceDeclaration:
    """Read the `service.tfvars` of the nearest folder above.

    Args:
        start: A file or folder of the service.

    Raises:
        FileNotFoundError: There is none.
    """
    for folder in start.parents:
        if (folder / FILE_NAME).is_file():
            return read_service_declaration(folder / FILE_NAME)
    raise FileNotFoundError(f"no {FILE_NAME} above {start}")
