"""Authentication of users through the authentication service."""

import re
import time
from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus

from pydantic import AwareDatetime, BaseModel

from lambda_lib._cache import ExpiringCache
from lambda_lib._deadline import time_left_s
from lambda_lib._single_flight import SingleFlight
from lambda_lib.errors import ServiceUnavailable, Unauthenticated, UnexpectedReply
from lambda_lib.identity import Identity
from lambda_lib.services import ServiceClient
from lambda_lib.telemetry import count

# RFC 6750 section 2.1, and no longer than any token we would issue: nothing else is worth a call.
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{1,512}=*")


class Introspection(BaseModel):
    """The authentication service's answer about a token, after RFC 7662 section 2.2.

    Attributes:
        active: Whether the token is valid now.
        user_id: Whose it is, if it is valid.
        expires_at: When it ends, if it is valid.
    """

    active: bool
    user_id: str | None = None
    expires_at: AwareDatetime | None = None


class Authenticator:
    """Turns a user's token into an identity by asking the authentication service, and remembers the answer briefly.

    A remembered answer is what a revocation has to wait for, so it is kept for `ttl_s` at most, and never beyond the
    token's end; that a token is not valid is kept for `refusal_ttl_s`, apart from the valid ones, so that a flood of
    made-up tokens drives no valid one out. Tokens are kept as hashes only. If the authentication service does not
    answer, nobody is refused for it: `ServiceUnavailable` says so, and the metric `FailedIntrospections` counts it.
    Threads may share it: a token that several of them need at once is asked for once, and the others wait for the
    answer as long as their invocation has time.

    Args:
        services: Makes the call.
        ttl_s: Seconds that a valid token is remembered.
        refusal_ttl_s: Seconds that an invalid token is remembered.
        max_entries: Tokens remembered of either kind.
        clock: Seconds since the epoch.
    """

    def __init__(
        self,
        services: ServiceClient,
        *,
        ttl_s: float = 30.0,
        refusal_ttl_s: float = 10.0,
        max_entries: int = 1024,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._services = services
        self._ttl_s = ttl_s
        self._refusal_ttl_s = refusal_ttl_s
        self._clock = clock
        self._user_ids = ExpiringCache[bytes, str](max_entries=max_entries, clock=clock)
        self._refusals = ExpiringCache[bytes, bool](max_entries=max_entries, clock=clock)
        self._inquiries = SingleFlight[bytes, str | None]()

    def __call__(self, token: str) -> Identity:
        """The identity behind a token.

        Raises:
            Unauthenticated: The token is not valid.
            ServiceUnavailable: The authentication service does not answer.
            UnexpectedReply: It answers what its contract does not say.
        """
        if not _TOKEN.fullmatch(token):
            raise Unauthenticated("The token is not valid.")
        key = sha256(token.encode()).digest()
        user_id = self._user_ids.get(key)
        if user_id is None and not self._refusals.get(key):
            user_id = self._inquiries.do(key, lambda: self._inquire(key, token), time_left_s=time_left_s)
        if user_id is None:
            raise Unauthenticated("The token is not valid.")
        return Identity(user_id, token)

    def _inquire(self, key: bytes, token: str) -> str | None:
        """Whose a token is, if it is valid, from now on remembered."""
        if (user_id := self._user_ids.get(key)) or self._refusals.get(key):  # another thread has asked meanwhile
            return user_id
        try:
            user_id, ends_at = self._introspect(token)
        except (ServiceUnavailable, UnexpectedReply):
            count("FailedIntrospections")
            raise
        now = self._clock()
        if user_id is None or ends_at <= now:
            self._refusals.put(key, value=True, expires_at=now + self._refusal_ttl_s)
            return None
        self._user_ids.put(key, user_id, expires_at=min(now + self._ttl_s, ends_at))
        return user_id

    def _introspect(self, token: str) -> tuple[str | None, float]:
        """Whose the token is, if it is valid, and when it ends in seconds since the epoch."""
        # Asking twice changes nothing, though it is a POST (a token has no place in a URL).
        reply = self._services.call("authentication", "POST", "/introspect", body={"token": token}, idempotent=True)
        if reply.status == HTTPStatus.BAD_REQUEST:  # not even in the form of a token
            return None, 0
        if reply.status != HTTPStatus.OK:  # it refuses us, not the user
            raise ServiceUnavailable("The authentication service does not answer.")
        found = reply.read(Introspection)
        if not found.active or not found.user_id or found.expires_at is None:
            return None, 0
        return found.user_id, found.expires_at.timestamp()
