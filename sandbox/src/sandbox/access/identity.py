"""Who may sign requests in the sandbox: the administrator and the sessions of the declared roles.

The credentials are random per sandbox and live in memory only. Nothing here decides what a principal may do
(`sandbox.access.policy`) or whether a request is signed by it (`sandbox.access.signature`).
"""

import secrets
import string
from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.declaration import Role
from sandbox.errors import SandboxError

_KEY_ALPHABET = string.ascii_uppercase + "234567"
_FORGET_AFTER_S = 3600.0


@dataclass(frozen=True, slots=True)
class Credentials:
    """A key pair; `session_token` and `expires_at` (seconds since the epoch) are None for long-term keys."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None
    expires_at: float | None


@dataclass(frozen=True, slots=True)
class Principal:
    """Who makes a request.

    Attributes:
        arn: ARN of the user or of the assumed-role session; for an AWS service its name (`lambda.amazonaws.com`).
        account_id: The account of the principal; empty for a service.
        role_arn: The role behind a session; None for the sandbox's administrator and for a service.
        service: The service's name when an AWS service itself makes the request.
    """

    arn: str
    account_id: str
    role_arn: str | None
    service: str | None = None

    @property
    def is_administrator(self) -> bool:
        """Whether this is the sandbox's administrator, who may do everything in the account."""
        return self.role_arn is None and self.service is None

    @staticmethod
    def of_service(service: str) -> "Principal":
        """The principal that an AWS service is when it acts in its own name."""
        return Principal(arn=service, account_id="", role_arn=None, service=service)


class UnknownRoleError(SandboxError):
    """No declared role has this ARN."""


class Identities:
    """The credentials of one account, and the roles that can be assumed in it.

    Attributes:
        account_id: The account of every principal.
        administrator: The keys of the person who runs the sandbox.
    """

    def __init__(self, *, account_id: str, roles: Iterable[Role] = ()) -> None:
        self.account_id = account_id
        self.administrator = Credentials(_access_key_id("AKIA"), secrets.token_urlsafe(30), None, None)
        administrator = Principal(
            arn=f"arn:aws:iam::{account_id}:user/administrator", account_id=account_id, role_arn=None
        )
        self._known = {self.administrator.access_key_id: (self.administrator, administrator)}
        self._roles: dict[str, Role] = {}
        self.add_roles(roles)

    def add_roles(self, roles: Iterable[Role]) -> None:
        """Makes roles known; a role of the same ARN is replaced, for its running sessions too."""
        self._roles.update((role.arn, role) for role in roles)

    def role(self, arn: str) -> Role:
        """The role of this ARN.

        Raises:
            UnknownRoleError: No declared role has this ARN.
        """
        try:
            return self._roles[arn]
        except KeyError:
            raise UnknownRoleError(f"no plan declares the role {arn}") from None

    def assume(self, role_arn: str, session_name: str, *, now: float, duration_s: int = 3600) -> Credentials:
        """Starts a session of a role. Whether the caller may do so is for `policy.authorize_assume` to say.

        Args:
            role_arn: ARN of a declared role.
            session_name: The last part of the session's ARN.
            now: Seconds since the epoch.
            duration_s: How long the credentials are good for.

        Raises:
            UnknownRoleError: No declared role has this ARN.
        """
        role = self.role(role_arn)
        self._forget_expired(now)
        credentials = Credentials(
            access_key_id=_access_key_id("ASIA"),
            secret_access_key=secrets.token_urlsafe(30),
            session_token=secrets.token_urlsafe(96),
            expires_at=now + duration_s,
        )
        self._known[credentials.access_key_id] = (credentials, self.session(role, session_name))
        return credentials

    def session(self, role: Role, session_name: str) -> Principal:
        """The principal that a session of a role is; its ARN leaves out the path of the role."""
        arn = f"arn:aws:sts::{self.account_id}:assumed-role/{role.name}/{session_name}"
        return Principal(arn=arn, account_id=self.account_id, role_arn=role.arn)

    def find(self, access_key_id: str) -> tuple[Credentials, Principal] | None:
        """The credentials of this key and who holds them, also where they have expired; None for an unknown key."""
        return self._known.get(access_key_id)

    def _forget_expired(self, now: float) -> None:
        # For a while an expired key is still told apart from an unknown one, as AWS does.
        stale = [
            key
            for key, (credentials, _) in self._known.items()
            if credentials.expires_at is not None and credentials.expires_at + _FORGET_AFTER_S < now
        ]
        for key in stale:
            del self._known[key]


def _access_key_id(prefix: str) -> str:
    return prefix + "".join(secrets.choice(_KEY_ALPHABET) for _ in range(16))
