"""Requests signed for API Gateway."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import NoCredentialsError
from botocore.session import Session
from pydantic import BaseModel


class Unsigned(NamedTuple):  # a frozen dataclass takes six times as long to import
    """A request to be signed.

    Attributes:
        method: HTTP method.
        url: URL, encoded, with its query.
        headers: Headers, all of which are signed.
        body: Body.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


def json_body(body: BaseModel | Mapping[str, Any] | None) -> bytes:
    """A body as JSON; nothing of nothing."""
    match body:
        case None:
            return b""
        case BaseModel():
            return body.model_dump_json(by_alias=True, exclude_none=True).encode()
        case _:
            return json.dumps(body, separators=(",", ":")).encode()


def signed_headers(request: Unsigned, *, session: Session, region: str) -> dict[str, str]:
    """The headers of a request with those of its signature (SigV4 for `execute-api`), made at the current time.

    Raises:
        botocore.exceptions.NoCredentialsError: The session has no credentials.
    """
    credentials = session.get_credentials()
    if credentials is None:
        raise NoCredentialsError
    signing = AWSRequest(method=request.method, url=request.url, headers=dict(request.headers), data=request.body)
    SigV4Auth(credentials.get_frozen_credentials(), "execute-api", region).add_auth(signing)
    return dict(signing.headers.items())
