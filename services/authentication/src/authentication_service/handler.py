"""The routes of the authentication service."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from argon2 import PasswordHasher

from authentication_service import logic, passwords
from authentication_service.attempts import Attempts
from authentication_service.model import (
    Introspect,
    Introspection,
    PasswordChange,
    ProfileExists,
    RecentSignInRequired,
    Session,
    SignedIn,
    SignedUp,
    SignIn,
    SignUp,
    TooManyAttempts,
    User,
    UserId,
    UsernameTaken,
    WrongCredentials,
    WrongPassword,
)
from authentication_service.profiles import Profiles
from authentication_service.store import AuthenticationStore
from lambda_lib import (
    Bearer,
    Forbidden,
    Identity,
    Public,
    Query,
    Routes,
    ServiceUnavailable,
    Signed,
    SourceIp,
    Unauthenticated,
    UnexpectedReply,
)

Source = Annotated[str, SourceIp()]


@dataclass(frozen=True, slots=True)
class Resources:
    """What the routes work with.

    Attributes:
        store: The table of users and sessions.
        attempts: Limits how often somebody may guess.
        profiles: The profile service.
        hasher: Hashes and verifies passwords.
        clock: Tells the time, in seconds since the epoch.
        random: Makes as many random bytes as it is asked for, fit for secrets.
    """

    store: AuthenticationStore
    attempts: Attempts
    profiles: Profiles
    hasher: PasswordHasher
    clock: Callable[[], float]
    random: Callable[[int], bytes]

    def hashed(self, password: str) -> str:
        """The hash to store for a password."""
        return passwords.hash_password(password, salt=self.random(passwords.SALT_BYTES), hasher=self.hasher)

    def new_generation(self) -> str:
        """The generation of a user whose sessions so far, if any, are to end."""
        return self.random(logic.GENERATION_BYTES).hex()


# The largest bodies have a text of 1,024 characters, each of 12 bytes at most (`\ud83d\ude00`).
routes = Routes(title="authentication", version="1.1.0", resources=Resources, max_body_bytes=16_384)


def authenticator(resources: Resources) -> Callable[[str], Identity]:
    """Makes what tells whose a bearer token is: here the table does, as it does for those who ask by `introspect`."""

    def authenticate(token: str) -> Identity:
        session = _active_session(token, resources)
        if session is None:
            raise Unauthenticated("The token is not valid.")
        return Identity(session.user_id, token)

    return authenticate


@routes.post("/users", access=Public(), status=201, errors=[UsernameTaken, TooManyAttempts])
def sign_up(body: SignUp, source_ip: Source, resources: Resources) -> SignedUp:
    """Create a user. Two write units; one beyond the limits, none with a weak password or a reserved name."""
    user_id, password, now = body.username, body.password.get_secret_value(), resources.clock()
    passwords.require_strength(password, user_id=user_id, member="password")
    if user_id in logic.RESERVED_USER_IDS:
        raise UsernameTaken(f"The username {user_id} is reserved.")
    source = logic.source_of(source_ip)
    resources.attempts.admit_sign_up(source, now=now)
    user = User(user_id, resources.hashed(password), resources.new_generation(), (source,))
    resources.store.add_user(user)
    return SignedUp(user_id=user_id)


@routes.post("/sessions", access=Public(), status=201, errors=[WrongCredentials, TooManyAttempts])
def sign_in(body: SignIn, source_ip: Source, resources: Resources) -> SignedIn:
    """Open a session; its token is shown here and nowhere else.

    One read unit and two write units; two more writes with a source that is new, one with new parameters of hashing.
    """
    password, now = body.password.get_secret_value(), resources.clock()
    source = logic.source_of(source_ip)
    user = _verified_user(body.username, password, source, resources)
    if user is None:
        raise WrongCredentials
    sources = logic.remembered_sources(source, user.sources)
    outdated = resources.hasher.check_needs_rehash(user.password_hash)
    if outdated or source not in user.sources:
        password_hash = resources.hashed(password) if outdated else user.password_hash
        resources.store.remember(user, password_hash=password_hash, sources=sources)
    token = logic.new_token(resources.random(logic.TOKEN_BYTES))
    session = logic.new_session(token, user, now=now)
    resources.store.add_session(session)
    return SignedIn(token=token, user_id=session.user_id, expires_at=session.expires_at)


@routes.delete("/sessions/current", access=Bearer())
def sign_out(identity: Identity, resources: Resources) -> None:
    """End the session whose token this is. Two read units and one write unit."""
    resources.store.delete_session(logic.token_sha256(identity.token))


@routes.delete("/sessions", access=Bearer())
def sign_out_everywhere(identity: Identity, resources: Resources) -> None:
    """End all sessions of the user who calls. Three read units and one write unit, however many there are."""
    resources.store.end_sessions(_session(identity, resources), generation=resources.new_generation())


@routes.put(
    "/users/{user_id}/password", access=Bearer(), status=204, errors=[Forbidden, WrongPassword, TooManyAttempts]
)
def change_password(
    user_id: UserId, body: PasswordChange, identity: Identity, source_ip: Source, resources: Resources
) -> None:
    """Change the password of the user who calls; all other sessions end.

    Four read units and three write units, three and two where the current password is wrong; one write more from a new
    source, if the password is right.
    The user's item is written first: whatever fails after that, no session outlives the old password.
    """
    logic.require_self(identity.user_id, user_id)
    new_password = body.new_password.get_secret_value()
    passwords.require_strength(new_password, user_id=user_id, member="new_password")
    current_password = body.current_password.get_secret_value()
    user = _verified_user(user_id, current_password, logic.source_of(source_ip), resources)
    if user is None:
        raise WrongPassword
    session, generation = _session(identity, resources), resources.new_generation()
    if session.generation != user.generation:  # another change came first and kept this session: that password is old
        raise Unauthenticated("The token is not valid.")
    resources.store.change_password(session, password_hash=resources.hashed(new_password), generation=generation)
    resources.store.keep_session(session, generation=generation)


@routes.delete(
    "/users/{user_id}",
    access=Bearer(),
    errors=[Forbidden, RecentSignInRequired, ProfileExists, ServiceUnavailable, UnexpectedReply],
)
def delete_user(
    user_id: UserId,
    identity: Identity,
    resources: Resources,
    cascade: Annotated[bool, Query()] = False,  # noqa: FBT002  always passed by name, from the query string
) -> None:
    """Delete the account of the user who calls, who has signed in of late and has no profile.

    With `cascade=true`, the profile is deleted first, and its location before it. The account goes last, since what
    is left after a failure takes its token to delete: the same request goes on where the one before ended.

    Three read units and one write unit; four read units more for profile and location, which ask whose the token is.
    """
    logic.require_self(identity.user_id, user_id)
    session = _session(identity, resources)
    logic.require_recent_sign_in(session, now=resources.clock())
    if cascade:
        resources.profiles.delete(user_id, token=identity.token)
    else:
        resources.profiles.require_none(user_id, token=identity.token)
    resources.store.delete_user(session)


@routes.post("/introspect", access=Signed())
def introspect(body: Introspect, resources: Resources) -> Introspection:
    """Tell whose a token is, if it is valid. Two read units; one for an unknown token, none for what cannot be one."""
    return logic.introspection(_active_session(body.token.get_secret_value(), resources))


def _verified_user(user_id: str, password: str, source: str, resources: Resources) -> User | None:
    """The user whose password this is, or None: the same work is done for a wrong password and for no user.

    Raises:
        TooManyAttempts: The password was not looked at.
    """
    now = resources.clock()
    resources.attempts.admit(source, user_id, now=now)
    user = resources.store.user(user_id)
    is_familiar = user is not None and source in user.sources
    if not is_familiar:
        resources.attempts.admit_guess(user_id, now=now)
    stored_hash = None if user is None else user.password_hash
    if passwords.password_matches(password, stored_hash, hasher=resources.hasher):
        return user
    if is_familiar:
        resources.attempts.add_guess(user_id, now=now)
    return None


def _active_session(token: str, resources: Resources) -> Session | None:
    """The session of a token, unless it has ended: by its time, by itself, with all of its user's, or with the user."""
    if not logic.is_token(token):
        return None
    session = resources.store.session(logic.token_sha256(token))
    if session is None or logic.has_ended(session, now=resources.clock()):
        return None
    user = resources.store.user(session.user_id)
    return session if user is not None and user.generation == session.generation else None


def _session(identity: Identity, resources: Resources) -> Session:
    """The session whose token was authenticated just now.

    Raises:
        Unauthenticated: It has been ended meanwhile.
    """
    session = resources.store.session(logic.token_sha256(identity.token))
    if session is None:
        raise Unauthenticated("The token is not valid.")
    return session
