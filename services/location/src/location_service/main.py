"""The Lambda function of the location service: reads the environment, makes the clients, composes the handler.

Environment variables: those of `lambda_lib.Settings`.
"""

import os

from botocore.session import Session

from lambda_lib import Authenticator, Handler, ServiceClient, Settings, dynamodb_client
from location_service.handler import Resources, routes
from location_service.store import LocationStore


def _compose(settings: Settings) -> Handler[Resources]:
    session = Session()
    services = ServiceClient(environment=settings.environment, region=settings.region, session=session)
    table = dynamodb_client(region=settings.region, session=session)
    resources = Resources(locations=LocationStore(table, settings.table_name))
    return Handler(routes, resources=resources, authenticate=Authenticator(services))


handler = _compose(Settings.read(os.environ))
