"""Signature Version 4 of requests to API Gateway, by botocore's own signer."""

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


class Signer:
    """Signs requests without a body for the service `execute-api`.

    Args:
        credentials: Asked for at each request, so that refreshable ones are refreshed before they expire.
        region: Region of the API.
    """

    def __init__(self, credentials: Credentials, region: str) -> None:
        self._credentials = credentials
        self._region = region

    def headers(self, method: str, url: str) -> dict[str, str]:
        """The headers that make a request a signed one; the signature covers method, URL, host and time."""
        request = AWSRequest(method=method, url=url)
        SigV4Auth(self._credentials.get_frozen_credentials(), "execute-api", self._region).add_auth(request)
        return dict(request.headers.items())
