"""What the authentication service speaks of: users, sessions, and the bodies of its routes."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Secret, StringConstraints

from lambda_lib.errors import Conflict, Forbidden, ServiceError, Unauthenticated

_LONGEST_TYPED = 64  # characters; some become 18 when they are normalised


def _normalised(typed: object) -> object:
    """One spelling for all that look and are read alike: compatibility forms and case are folded (UTS 39, RFC 8265)."""
    if isinstance(typed, str) and len(typed) <= _LONGEST_TYPED:
        return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed).casefold())
    return typed


UserId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{2,31}$"), Field(examples=["ada"])]
"""A user's id: the normalised username."""

Username = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{2,31}$"),
    BeforeValidator(_normalised),
    Field(examples=["ada"]),
]
"""A name as a person types it; validation normalises it, which makes it the user's id."""

NewPassword = Secret[Annotated[str, StringConstraints(min_length=12, max_length=128)]]
"""A password to be set: 12 to 128 characters, of any kind; `passwords.require_strength` asks for more."""

GivenPassword = Secret[Annotated[str, StringConstraints(min_length=1, max_length=128)]]
"""A password to be checked: bounded in length only, since what a new one needs may change after it is chosen."""

GivenToken = Secret[Annotated[str, StringConstraints(min_length=1, max_length=1024)]]
"""A token that somebody presented: any text, since what is no token is answered as one that is not active."""


class UsernameTaken(Conflict):
    """The username belongs to another user, belonged to one who was deleted, or is reserved."""

    code = "username_taken"


class ProfileExists(Conflict):
    """The user still has a profile, which has to go before the account, or with it."""

    code = "profile_exists"

    def __init__(self) -> None:
        super().__init__("Delete the profile first, or the account with `cascade=true`.")


class WrongCredentials(Unauthenticated):
    """The username or the password is wrong; which of them is not told."""

    code = "wrong_credentials"

    def __init__(self) -> None:
        super().__init__("The username or the password is wrong.")


class WrongPassword(Forbidden):
    """The current password that came with a valid token is wrong."""

    code = "wrong_password"

    def __init__(self) -> None:
        super().__init__("The current password is wrong.")


class RecentSignInRequired(Unauthenticated):
    """The token is valid, but its user signed in too long ago for what is asked (RFC 9470)."""

    code = "insufficient_user_authentication"
    max_age_s = 10 * 60
    """Seconds since the sign-in, at most."""

    def __init__(self) -> None:
        super().__init__(f"Sign in again: this needs a sign-in within the last {self.max_age_s} seconds.")

    @property
    def headers(self) -> Mapping[str, str]:
        """The challenge of RFC 9470, section 3."""
        return {"WWW-Authenticate": f'Bearer error="{self.code}", max_age="{self.max_age_s}"'}


class TooManyAttempts(ServiceError):  # noqa: N818  named after what happened, as the errors of lambda_lib
    """There were too many attempts lately, from this source or on this account; nothing was checked.

    Args:
        retry_after_s: Seconds after which the next attempt is admitted.
    """

    status = 429
    code = "too_many_attempts"

    def __init__(self, *, retry_after_s: int = 60) -> None:
        super().__init__("There were too many attempts lately.")
        self.retry_after_s = retry_after_s

    @property
    def headers(self) -> Mapping[str, str]:
        """When to try again (RFC 6585, section 4)."""
        return {"Retry-After": str(self.retry_after_s)}


@dataclass(frozen=True, slots=True)
class User:
    """A user as stored.

    Attributes:
        user_id: The normalised username.
        password_hash: The password's argon2id hash in PHC string format, its parameters and salt included.
        generation: Random text, which the user's sessions repeat; those with another one have been ended.
        sources: The last sources that the user signed up or in from, the latest first (`logic.source_of`).
    """

    user_id: str
    password_hash: str = field(repr=False)
    generation: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """A session as stored: the token itself is known to the user only.

    Attributes:
        token_sha256: The token's SHA-256, in hexadecimal.
        user_id: Who signed in.
        generation: The user's at that time.
        signed_in_at: When that was, in whole seconds since the epoch.
        expires_at: The end of the session, in whole seconds since the epoch.
    """

    token_sha256: str
    user_id: str
    generation: str
    signed_in_at: int
    expires_at: int


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SignUp(_Body):
    """The body of a sign-up."""

    username: Username
    password: Annotated[NewPassword, Field(examples=["correct horse battery staple"])]


class SignedUp(_Body):
    """The answer to a sign-up."""

    user_id: str


class SignIn(_Body):
    """The body of a sign-in."""

    username: Username
    password: Annotated[GivenPassword, Field(examples=["correct horse battery staple"])]


class SignedIn(_Body):
    """The answer to a sign-in, the only place where a token is ever shown.

    Attributes:
        token: The bearer token of the session.
        user_id: Who signed in.
        expires_at: The end of the session, in whole seconds since the epoch.
    """

    token: Annotated[str, Field(repr=False)]
    user_id: str
    expires_at: int


class PasswordChange(_Body):
    """The body of a change of password."""

    current_password: Annotated[GivenPassword, Field(examples=["correct horse battery staple"])]
    new_password: Annotated[NewPassword, Field(examples=["another horse another battery"])]


class Introspect(_Body):
    """The body of an introspection, which asks whether a token is valid."""

    token: GivenToken


def _absent(value: object) -> bool:
    return value is None


class Introspection(_Body):
    """What is known of a token; of one that is not valid, nothing (RFC 7662, section 2.2).

    Attributes:
        active: Whether the token belongs to a session that has not ended.
        user_id: Whose token it is; absent if it is not active.
        expires_at: The end of its session, in whole seconds since the epoch; absent if it is not active.
    """

    active: bool
    user_id: Annotated[str | None, Field(exclude_if=_absent)] = None
    expires_at: Annotated[int | None, Field(exclude_if=_absent)] = None
