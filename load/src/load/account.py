"""Who we are on AWS: the account is checked before anything else, then the load operator's role is assumed."""

import fnmatch
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import boto3
from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    Credentials,
    DeferredRefreshableCredentials,
)
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session as BotocoreSession

from load.errors import RefusedError, UnreachableError

CLIENT_CONFIG = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
"""Of every client: an endpoint that is gone is reported within seconds, a hiccup is not reported at all."""

REFUSED_ENVIRONMENTS = "prod*"


@dataclass(frozen=True, slots=True)
class Account:
    """The account of the caller's credentials."""

    account_id: str
    partition: str


@contextmanager
def aws_errors() -> Iterator[None]:
    """Turns whatever botocore raises into an UnreachableError of one line."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise UnreachableError(" ".join(str(error).split())) from error


def check_environment(environment: str, allowed: Collection[str]) -> None:
    """Refuses an environment that is not among `allowed`; when none is named, one whose name begins with `prod`."""
    if allowed and environment not in allowed:
        raise RefusedError(f"environment {environment} is not among the allowed ones: {', '.join(allowed)}")
    if not allowed and fnmatch.fnmatchcase(environment, REFUSED_ENVIRONMENTS):
        raise RefusedError(f"environment {environment} is refused unless --allow-environment {environment} is given")


def _botocore_session() -> BotocoreSession:
    session = BotocoreSession()
    session.set_default_client_config(CLIENT_CONFIG)
    return session


def caller_session() -> boto3.Session:
    """A session with the caller's own credentials and region; UnreachableError when no region is configured."""
    session = boto3.Session(botocore_session=_botocore_session())
    if session.region_name is None:
        raise UnreachableError("no region is configured: set AWS_REGION or AWS_CONFIG_FILE")
    return session


def check_account(session: boto3.Session, allowed: Collection[str]) -> Account:
    """The account of the session; RefusedError when it is not among `allowed`."""
    identity = session.client("sts").get_caller_identity()
    if identity["Account"] not in allowed:
        raise RefusedError(f"account {identity['Account']} is not among the allowed ones: {', '.join(allowed)}")
    return Account(account_id=identity["Account"], partition=identity["Arn"].split(":")[1])


class _AssumedRole(CredentialProvider):
    """Credentials of a role, fetched at first use and again when they are about to expire."""

    METHOD = "load-operator"
    CANONICAL_NAME = None

    def __init__(self, fetch: Callable[[], dict[str, str]]) -> None:
        super().__init__()
        self._fetch = fetch

    def load(self) -> DeferredRefreshableCredentials:
        return DeferredRefreshableCredentials(refresh_using=self._fetch, method=self.METHOD)


def credentials(session: boto3.Session) -> Credentials:
    """The credentials of a session, which refresh themselves; UnreachableError when none are configured."""
    found = session.get_credentials()
    if found is None:
        raise UnreachableError("no AWS credentials are configured")
    return found


def operator_session(session: boto3.Session, role_arn: str) -> boto3.Session:
    """A session of the role, assumed with the credentials of `session`; its credentials refresh themselves."""
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=_botocore_session().create_client,
        source_credentials=credentials(session),
        role_arn=role_arn,
        extra_args={"RoleSessionName": "load"},
    )
    assumed = _botocore_session()
    assumed.register_component("credential_provider", CredentialResolver([_AssumedRole(fetcher.fetch_credentials)]))
    return boto3.Session(botocore_session=assumed, region_name=session.region_name)
