"""The Lambda function of the authentication service: reads the environment, makes the clients, composes the handler.

Environment variables: those of `lambda_lib.Settings`.
"""

import os
import secrets
import time

from botocore.session import Session

from authentication_service.attempts import Attempts
from authentication_service.handler import Resources, authenticator, routes
from authentication_service.passwords import password_hasher
from authentication_service.profiles import Profiles
from authentication_service.store import AuthenticationStore
from lambda_lib import Handler, ServiceClient, Settings, dynamodb_client

# A deletion takes both other services, each of which asks this one who the user is, and any of them may start cold.
_DELETION_S = 5.0


def _compose(settings: Settings) -> Handler[Resources]:
    session = Session()
    client = dynamodb_client(region=settings.region, session=session)
    services = ServiceClient(
        environment=settings.environment, region=settings.region, session=session, timeout_s=_DELETION_S
    )
    resources = Resources(
        store=AuthenticationStore(client, settings.table_name),
        attempts=Attempts(client, settings.table_name),
        profiles=Profiles(services),
        hasher=password_hasher(),
        clock=time.time,
        random=secrets.token_bytes,
    )
    return Handler(routes, resources=resources, authenticate=authenticator(resources))


handler = _compose(Settings.read(os.environ))
