"""The authentication service, as the services that ask it see it."""

import secrets
import time
from collections.abc import Callable

from lambda_lib.errors import ServiceUnavailable, Unauthenticated
from lambda_lib.identity import Identity
from lambda_lib.testing.fake_service import Answer, ReceivedRequest


class FakeAuthentication:
    """Knows who is signed in; stands for the authentication service in either of two ways.

    As it is, it is what `Handler(authenticate=…)` takes. With `introspect` as the answer of a `FakeService` to
    `POST /introspect`, it is asked through `Authenticator` and `ServiceClient`.

    Args:
        clock: Seconds since the epoch.

    Attributes:
        available: Whether the service answers; if not, that is a 503 and no refusal.
    """

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self.available = True
        self._clock = clock
        self._sessions: dict[str, tuple[str, int]] = {}

    def sign_in(self, user_id: str = "alice", *, ttl_s: float = 3600.0, token: str | None = None) -> str:
        """Open a session.

        Args:
            user_id: Whose it is.
            ttl_s: Seconds until it ends; what is not above 0 makes a token that has expired.
            token: Its token; a random one, as of the real service, if not given.

        Returns:
            The token.
        """
        token = token or secrets.token_urlsafe(32)
        self._sessions[token] = (user_id, int(self._clock() + ttl_s))
        return token

    def revoke(self, token: str) -> None:
        """End a session."""
        del self._sessions[token]

    def __call__(self, token: str) -> Identity:
        """The identity behind a token.

        Raises:
            Unauthenticated: The token is unknown, revoked or expired.
            ServiceUnavailable: The service is not available.
        """
        if not self.available:
            raise ServiceUnavailable("The authentication service does not answer.")
        user_id, ends_at = self._sessions.get(token, ("", 0))
        if ends_at <= self._clock():
            raise Unauthenticated("The token is not valid.")
        return Identity(user_id, token)

    def introspect(self, request: ReceivedRequest) -> Answer:
        """The service's answer to `POST /introspect`, after RFC 7662 section 2.2."""
        if not self.available:
            return 503, {}
        token = request.body["token"]
        try:
            identity = self(token)
        except Unauthenticated:
            return 200, {"active": False}
        return 200, {"active": True, "user_id": identity.user_id, "expires_at": self._sessions[token][1]}
