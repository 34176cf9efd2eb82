"""The Lambda function of the authentication service: reads the environment, makes the clients, composes the handler.

Environment variables: those of `lambda_lib.Settings`.
"""

import os
import secrets
import time

from authentication_service.handler import Resources, routes
from authentication_service.logic import password_hasher
from authentication_service.store import AuthenticationStore
from lambda_lib import Handler, Settings, dynamodb_client


def _compose(settings: Settings) -> Handler[Resources]:
    resources = Resources(
        store=AuthenticationStore(dynamodb_client(region=settings.region), settings.table_name),
        hasher=password_hasher(),
        clock=time.time,
        random=secrets.token_bytes,
    )
    return Handler(routes, resources=resources)


handler = _compose(Settings.read(os.environ))
