"""The routes of the authentication service."""

from collections.abc import Callable
from dataclasses import dataclass

from argon2 import PasswordHasher

from authentication_service import logic
from authentication_service.model import (
    Introspect,
    Introspection,
    SignedIn,
    SignedUp,
    SignIn,
    SignUp,
    User,
    UsernameTaken,
    WrongCredentials,
)
from authentication_service.store import AuthenticationStore
from lambda_lib import Public, Routes, Signed


@dataclass(frozen=True, slots=True)
class Resources:
    """What the routes work with.

    Attributes:
        store: The table of users and sessions.
        hasher: Hashes and verifies passwords.
        clock: Tells the time, in seconds since the epoch.
        random: Makes as many random bytes as it is asked for, fit for secrets.
    """

    store: AuthenticationStore
    hasher: PasswordHasher
    clock: Callable[[], float]
    random: Callable[[int], bytes]


routes = Routes(title="authentication", version="1.0.0", resources=Resources)


@routes.post("/users", access=Public(), status=201, errors=[UsernameTaken])
def sign_up(body: SignUp, resources: Resources) -> SignedUp:
    """Create a user."""
    password_hash = logic.hash_password(
        body.password.get_secret_value(), salt=resources.random(logic.SALT_BYTES), hasher=resources.hasher
    )
    resources.store.add_user(User(user_id=body.username, password_hash=password_hash))
    return SignedUp(user_id=body.username)


@routes.post("/sessions", access=Public(), status=201, errors=[WrongCredentials])
def sign_in(body: SignIn, resources: Resources) -> SignedIn:
    """Open a session; its token is shown here and nowhere else."""
    stored_hash = resources.store.password_hash(body.username)
    if not logic.password_matches(body.password.get_secret_value(), stored_hash, hasher=resources.hasher):
        raise WrongCredentials
    token = logic.new_token(resources.random(logic.TOKEN_BYTES))
    session = logic.new_session(token, body.username, now=resources.clock())
    resources.store.add_session(session)
    return SignedIn(token=token, user_id=session.user_id, expires_at=session.expires_at)


@routes.post("/introspect", access=Signed())
def introspect(body: Introspect, resources: Resources) -> Introspection:
    """Tell whose a token is, if it is valid."""
    session = resources.store.session(logic.token_sha256(body.token.get_secret_value()))
    return logic.introspection(session, now=resources.clock())
