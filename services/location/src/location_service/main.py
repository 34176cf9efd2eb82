"""The Lambda function of the location service: reads the environment, makes the clients, composes the handler.

Environment variables:
    ENVIRONMENT: Name of the environment; services are found under it.
    TABLE_NAME: Name of the DynamoDB table.
    AWS_REGION: Region, set by Lambda.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from botocore.session import Session

from lambda_lib import Authenticator, Handler, ServiceClient, dynamodb_client
from location_service.handler import Resources, routes
from location_service.store import LocationStore


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings, read once at cold start.

    Attributes:
        environment: Name of the environment.
        region: AWS region.
        table_name: Name of the DynamoDB table.
    """

    environment: str
    region: str
    table_name: str

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Settings":
        """Reads the settings from environment variables.

        Raises:
            KeyError: One is missing.
        """
        return cls(environment=environ["ENVIRONMENT"], region=environ["AWS_REGION"], table_name=environ["TABLE_NAME"])


def _compose(settings: Settings) -> Handler[Resources]:
    session = Session()
    services = ServiceClient(environment=settings.environment, region=settings.region, session=session)
    table = dynamodb_client(region=settings.region, session=session)
    resources = Resources(locations=LocationStore(table, settings.table_name))
    return Handler(routes, resources=resources, authenticate=Authenticator(services))


handler = _compose(Settings.read(os.environ))
