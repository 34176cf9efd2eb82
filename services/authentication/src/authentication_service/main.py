"""The Lambda function of the authentication service: reads the environment, makes the clients, composes the handler.

Environment variables: those of `lambda_lib.Settings`.
"""

import os
import secrets
import time

from authentication_service.attempts import Attempts
from authentication_service.handler import Resources, authenticator, routes
from authentication_service.passwords import password_hasher
from authentication_service.store import AuthenticationStore
from lambda_lib import Handler, Settings, dynamodb_client


def _compose(settings: Settings) -> Handler[Resources]:
    client = dynamodb_client(region=settings.region)
    resources = Resources(
        store=AuthenticationStore(client, settings.table_name),
        attempts=Attempts(client, settings.table_name),
        hasher=password_hasher(),
        clock=time.time,
        random=secrets.token_bytes,
    )
    return Handler(routes, resources=resources, authenticate=authenticator(resources))


handler = _compose(Settings.read(os.environ))
