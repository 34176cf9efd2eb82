"""The rules of signing up and in, free of storage: time and randomness are arguments."""

import base64
import hashlib
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from authentication_service.model import Introspection, Session

SESSION_LIFETIME_S = 12 * 60 * 60
"""How long a session lasts from its sign-in."""

SALT_BYTES = 16
"""Random bytes of a password's salt (RFC 9106, section 3.1)."""

TOKEN_BYTES = 32
"""Random bytes of a token: at 256 bits a plain SHA-256 is one-way enough, there is nothing to guess."""

NOBODYS_HASH = "$argon2id$v=19$m=19456,t=2,p=1$FRqyCdQLyRFZT0JBMsvaIA$pM9hIgPbLyP6i6wx2y4JuHLpFiJqKPodm3Kpr4GlHcc"
"""The hash of a discarded random password, of `password_hasher`: an unknown user's password is held against it."""


def password_hasher() -> PasswordHasher:
    """Returns argon2id with 19 MiB, two passes and one lane, the OWASP minimum.

    https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
    """
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, salt_len=SALT_BYTES)


def hash_password(password: str, *, salt: bytes, hasher: PasswordHasher) -> str:
    """Returns the hash to store for a password."""
    return hasher.hash(_normalised(password), salt=salt)


def password_matches(password: str, stored_hash: str | None, *, hasher: PasswordHasher) -> bool:
    """Tells whether a password is the one whose hash is stored.

    A user who is not known (`stored_hash` is None) costs the same one verification as one who is, so that the time of
    an answer does not tell which usernames exist.
    """
    try:
        hasher.verify(NOBODYS_HASH if stored_hash is None else stored_hash, _normalised(password))
    except VerifyMismatchError:
        return False
    return stored_hash is not None


def new_token(random: bytes) -> str:
    """Returns random bytes as a token: base64url without padding, safe in a header.

    Raises:
        ValueError: There are fewer than `TOKEN_BYTES` of them.
    """
    if len(random) < TOKEN_BYTES:
        raise ValueError(f"a token needs {TOKEN_BYTES} random bytes, got {len(random)}")
    return base64.urlsafe_b64encode(random).rstrip(b"=").decode()


def token_sha256(token: str) -> str:
    """Returns what is stored in a token's place."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_session(token: str, user_id: str, *, now: float) -> Session:
    """Returns the session that a sign-in at `now` (seconds since the epoch) opens."""
    return Session(token_sha256=token_sha256(token), user_id=user_id, expires_at=int(now) + SESSION_LIFETIME_S)


def introspection(session: Session | None, *, now: float) -> Introspection:
    """Returns what may be said of the token of a session, or of a token without one.

    The time decides, not the item's absence: DynamoDB deletes an expired item within days, not at once
    (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html).
    """
    if session is None or session.expires_at <= now:
        return Introspection(active=False)
    return Introspection(active=True, user_id=session.user_id, expires_at=session.expires_at)


def _normalised(password: str) -> str:
    """Returns a password in the form in which all keyboards agree on a composed character (RFC 8265, section 4.2.2)."""
    return unicodedata.normalize("NFC", password)
