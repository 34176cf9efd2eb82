"""What a function's declaration tells its code."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a service's function, read once at cold start by the module that composes it.

    Attributes:
        environment: Name of the environment; services are found under it.
        region: AWS region.
        table_name: Name of the service's DynamoDB table.
    """

    environment: str
    region: str
    table_name: str

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Settings":
        """Reads the settings from the environment variables ENVIRONMENT, TABLE_NAME and, set by Lambda, AWS_REGION.

        Raises:
            KeyError: One is missing.
        """
        return cls(environment=environ["ENVIRONMENT"], region=environ["AWS_REGION"], table_name=environ["TABLE_NAME"])
