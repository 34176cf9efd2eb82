"""The location service, as this service uses it."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import NamedTuple

from lambda_lib import InvalidRequest, NotFound, PreconditionFailed, ServiceClient, Unauthenticated
from profile_service.model import Location, NewLocation, UserId

_ROUTE = "/locations/{user_id}"


class _Kept(NamedTuple):
    location: Location | None
    since: float


class Locations:
    """Reads and writes users' locations by signed calls, and keeps what it read for a moment.

    A profile that many look at costs the location service one read in `ttl_s` for each execution environment, also
    where there is no location. What was written here is read consistently as long as other reads may not see it yet;
    other execution environments learn of it within `ttl_s`.

    Args:
        services: Makes the calls; its timeout bounds how long a reader of a profile waits for the location.
        ttl_s: Seconds that a location, or that there is none, is kept.
        max_entries: Users of whom that is kept; the one used longest ago goes first.
        clock: Seconds since the epoch. Not on the monotonic clock: that stands still while Lambda suspends the
            execution environment (hashicorp/vault-lambda-extension pull request 150), so that a location that was
            deleted hours ago would be shown once more.
    """

    def __init__(
        self,
        services: ServiceClient,
        *,
        ttl_s: float = 5.0,
        max_entries: int = 256,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._services = services
        self._ttl_s = ttl_s
        self._max_entries = max_entries
        self._clock = clock
        self._kept: dict[UserId, _Kept] = {}
        self._written: dict[UserId, float] = {}

    def get(self, user_id: UserId) -> Location | None:
        """Returns a user's location, or None where there is none.

        Raises:
            ServiceUnavailable: The service does not answer in time, or says that it cannot.
            UnexpectedReply: The service answers what its contract does not say.
        """
        kept = self._kept.pop(user_id, None)
        if kept is not None and self._is_recent(kept.since):
            self._kept[user_id] = kept
            return kept.location
        written_at = self._written.get(user_id)
        was_written = written_at is not None and self._is_recent(written_at)
        # Said not to be idempotent, so that it is not tried again after a timeout: a page shows without its location
        # sooner than a second attempt could end.
        reply = self._services.call(
            *("location", "GET", _ROUTE),
            path={"user_id": user_id},
            query={"consistent": "true"} if was_written else None,
            idempotent=False,
        )
        location: Location | None = None
        with suppress(NotFound):
            location = reply.expect(Location, errors=[NotFound])
        self._put_last(self._kept, user_id, _Kept(location, self._clock()))
        return location

    def put(
        self, user_id: UserId, location: NewLocation, *, token: str, conditions: Mapping[str, str]
    ) -> Mapping[str, str]:
        """Sets a user's location.

        Args:
            user_id: Whose location it is.
            location: Where the user is.
            token: The user's token, which the location service checks by itself.
            conditions: The headers that make it depend on the location that is there: `If-Match`, `If-None-Match`.

        Returns:
            The new location's `ETag`, as a header, if the service tells it.

        Raises:
            InvalidRequest: The location service does not accept the location.
            PreconditionFailed: The location that is there is not what the conditions ask for.
            Unauthenticated: The token has ended.
            ServiceUnavailable: The service does not answer in time, or says that it cannot.
            UnexpectedReply: The service answers what its contract does not say.
        """
        self._doubt(user_id)
        headers = {**conditions, "X-User-Token": token}
        reply = self._services.call(
            *("location", "PUT", _ROUTE),
            path={"user_id": user_id},
            headers=headers,
            body=location,
            # The second attempt at a write that was done, and whose answer was lost, would meet its own version.
            idempotent=not conditions,
        )
        reply.expect(None, errors=[InvalidRequest, PreconditionFailed, Unauthenticated])
        tag = reply.headers.get("ETag")
        return {"ETag": tag} if tag else {}

    def delete(self, user_id: UserId, *, token: str, conditions: Mapping[str, str]) -> None:
        """Deletes a user's location, if there still is one.

        Args:
            user_id: Whose location it is.
            token: The user's token, which the location service checks by itself.
            conditions: The header that makes it depend on the location that is there: `If-Match`.

        Raises:
            PreconditionFailed: The location that is there is not what the conditions ask for.
            Unauthenticated: The token has ended.
            ServiceUnavailable: The service does not answer in time, or says that it cannot.
            UnexpectedReply: The service answers what its contract does not say.
        """
        self._doubt(user_id)
        headers = {**conditions, "X-User-Token": token}
        reply = self._services.call("location", "DELETE", _ROUTE, path={"user_id": user_id}, headers=headers)
        reply.expect(None, errors=[PreconditionFailed, Unauthenticated])

    def _doubt(self, user_id: UserId) -> None:
        """Forgets what is known of a location that is about to be written, however that ends."""
        self._kept.pop(user_id, None)
        self._written.pop(user_id, None)
        self._put_last(self._written, user_id, self._clock())

    def _is_recent(self, moment: float) -> bool:
        return 0 <= self._clock() - moment < self._ttl_s  # below 0, the clock was set back

    def _put_last[V](self, entries: dict[UserId, V], user_id: UserId, entry: V) -> None:
        if len(entries) >= self._max_entries:
            del entries[next(iter(entries))]
        entries[user_id] = entry
