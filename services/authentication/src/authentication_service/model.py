"""What the authentication service speaks of: users, sessions, and the bodies of its routes."""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, Secret, StringConstraints

from lambda_lib.errors import Conflict, Unauthenticated

Username = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{2,31}$", to_lower=True)]
"""A name as a person types it; validation normalises it to lower case, which makes it the user's id."""

NewPassword = Secret[Annotated[str, StringConstraints(min_length=12, max_length=128)]]
"""A password at sign-up: 12 to 128 characters, of any kind."""

GivenPassword = Secret[Annotated[str, StringConstraints(min_length=1, max_length=128)]]
"""A password at sign-in: bounded in length only, since what sign-up asks for may change after a password is chosen."""

GivenToken = Secret[Annotated[str, StringConstraints(min_length=1, max_length=1024)]]
"""A token that somebody presented: any text, since what is no token is answered as one that is not active."""


class UsernameTaken(Conflict):
    """The username belongs to another user."""

    code = "username_taken"


class WrongCredentials(Unauthenticated):
    """The username or the password is wrong; which of them is not told."""

    code = "wrong_credentials"

    def __init__(self) -> None:
        super().__init__("The username or the password is wrong.")


@dataclass(frozen=True, slots=True)
class User:
    """A user as stored.

    Attributes:
        user_id: The normalised username.
        password_hash: The password's argon2id hash in PHC string format, its parameters and salt included.
    """

    user_id: str
    password_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """A session as stored: the token itself is known to the user only.

    Attributes:
        token_sha256: The token's SHA-256, in hexadecimal.
        user_id: Who signed in.
        expires_at: The end of the session, in whole seconds since the epoch.
    """

    token_sha256: str
    user_id: str
    expires_at: int


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SignUp(_Body):
    """The body of a sign-up."""

    username: Username
    password: NewPassword


class SignedUp(_Body):
    """The answer to a sign-up."""

    user_id: str


class SignIn(_Body):
    """The body of a sign-in."""

    username: Username
    password: GivenPassword


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
