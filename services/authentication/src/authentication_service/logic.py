"""The rules of names, tokens, sessions and sources, free of storage: time and randomness are arguments."""

import base64
import hashlib
import ipaddress
import re

from authentication_service.model import Introspection, RecentSignInRequired, Session, User
from lambda_lib.errors import Forbidden

SESSION_LIFETIME_S = 12 * 60 * 60
"""How long a session lasts from its sign-in."""

TOKEN_BYTES = 32
"""Random bytes of a token: at 256 bits a plain SHA-256 is one-way enough, there is nothing to guess."""

GENERATION_BYTES = 16
"""Random bytes of a user's generation: random, not counted, so that no user has that of a deleted one of the name."""

KNOWN_SOURCES = 5
"""Sources that a user is remembered to have come from."""

RESERVED_USER_IDS = frozenset(
    {
        "abuse",
        "admin",
        "administrator",
        "anonymous",
        "api",
        "authentication",
        "current",
        "everyone",
        "help",
        "hostmaster",
        "info",
        "location",
        "login",
        "moderator",
        "nobody",
        "noreply",
        "no-reply",
        "null",
        "official",
        "operator",
        "owner",
        "postmaster",
        "profile",
        "root",
        "security",
        "self",
        "staff",
        "support",
        "system",
        "undefined",
        "user",
        "users",
        "webmaster",
        "www",
    }
)
"""Names that would pass for the platform's own, that mail reserves (RFC 2142), or that programs take for no name."""

_IPV6_PREFIX = 56  # bits: a subscriber has all the addresses behind them (RFC 6177, section 2)
_is_token = re.compile(r"[A-Za-z0-9_-]{43}").fullmatch


def new_token(random: bytes) -> str:
    """Returns random bytes as a token: base64url without padding, safe in a header.

    Raises:
        ValueError: There are fewer than `TOKEN_BYTES` of them.
    """
    if len(random) < TOKEN_BYTES:
        raise ValueError(f"a token needs {TOKEN_BYTES} random bytes, got {len(random)}")
    return base64.urlsafe_b64encode(random).rstrip(b"=").decode()


def is_token(text: str) -> bool:
    """Tells whether a text has the form of `new_token`: nothing else is worth a read."""
    return _is_token(text) is not None


def token_sha256(token: str) -> str:
    """Returns what is stored in a token's place."""
    return hashlib.sha256(token.encode()).hexdigest()


def source_of(source_ip: str) -> str:
    """Returns whom attempts from an address are counted for: the address, or the network of an IPv6 subscriber.

    A hash stands for it, since it is kept with the user: short, and nobody reads an address in it by chance.
    """
    try:
        address = ipaddress.ip_address(source_ip)
    except ValueError:  # an invocation from API Gateway's console says `test-invoke-source-ip`
        source = source_ip
    else:
        if isinstance(address, ipaddress.IPv6Address):
            address = address.ipv4_mapped or ipaddress.ip_network((int(address), _IPV6_PREFIX), strict=False)[0]
        source = str(address)
    return hashlib.sha256(source.encode()).hexdigest()[:16]


def new_session(token: str, user: User, *, now: float) -> Session:
    """Returns the session that a sign-in at `now` (seconds since the epoch) opens."""
    return Session(
        token_sha256=token_sha256(token),
        user_id=user.user_id,
        generation=user.generation,
        signed_in_at=int(now),
        expires_at=int(now) + SESSION_LIFETIME_S,
    )


def has_ended(session: Session, *, now: float) -> bool:
    """Tells whether a session is over by its time.

    The time decides, not the item's absence: DynamoDB deletes an expired item within days, not at once
    (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html).
    """
    return session.expires_at <= now


def introspection(session: Session | None) -> Introspection:
    """Returns what may be said of the token of an active session, or of a token without one."""
    if session is None:
        return Introspection(active=False)
    return Introspection(active=True, user_id=session.user_id, expires_at=session.expires_at)


def require_self(authenticated: str, user_id: str) -> None:
    """Lets users change their own account only.

    Raises:
        Forbidden: The account is another user's, whether or not there is one.
    """
    if authenticated != user_id:
        raise Forbidden("An account is changed by its own user.")


def require_recent_sign_in(session: Session, *, now: float) -> None:
    """Lets a session's user go on who has signed in of late.

    Raises:
        RecentSignInRequired: The sign-in was too long ago.
    """
    if now - session.signed_in_at > RecentSignInRequired.max_age_s:
        raise RecentSignInRequired


def remembered_sources(source: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the sources to remember once a user has come from one."""
    return (source, *(other for other in known if other != source))[:KNOWN_SOURCES]
