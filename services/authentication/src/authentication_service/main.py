"""The Lambda function of the authentication service: reads the environment, makes the clients, composes the handler.

Environment variables:
    TABLE_NAME: Name of the DynamoDB table.
    AWS_REGION: Region, set by Lambda.
"""

import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass

from authentication_service.handler import Resources, routes
from authentication_service.logic import password_hasher
from authentication_service.store import AuthenticationStore
from lambda_lib import Handler, dynamodb_client


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings, read once at cold start.

    Attributes:
        region: AWS region.
        table_name: Name of the DynamoDB table.
    """

    region: str
    table_name: str

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Settings":
        """Reads the settings from environment variables.

        Raises:
            KeyError: One is missing.
        """
        return cls(region=environ["AWS_REGION"], table_name=environ["TABLE_NAME"])


def _compose(settings: Settings) -> Handler[Resources]:
    resources = Resources(
        store=AuthenticationStore(dynamodb_client(region=settings.region), settings.table_name),
        hasher=password_hasher(),
        clock=time.time,
        random=secrets.token_bytes,
    )
    return Handler(routes, resources=resources)


handler = _compose(Settings.read(os.environ))
