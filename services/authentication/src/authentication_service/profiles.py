"""The profile service, as this service uses it: a user's profile has to go before the account."""

from authentication_service.model import ProfileExists
from lambda_lib import PreconditionFailed, ServiceClient, Unauthenticated

_NO_VERSION = '"none"'
"""A tag that no version of a profile has: a deletion on this condition finds none to delete, or is refused."""


class Profiles:
    """Deletes users' profiles, with the user's own token; the profile service deletes the location before.

    Args:
        services: Makes the calls.
    """

    def __init__(self, services: ServiceClient) -> None:
        self._services = services

    def delete(self, user_id: str, *, token: str) -> None:
        """Deletes a user's profile, if there is one, and the location.

        Raises:
            Unauthenticated: The token has ended.
            ServiceUnavailable: The service does not answer in time, or says that it cannot: some of it may be deleted.
            UnexpectedReply: The service answers what its contract does not say.
        """
        self._delete(user_id, token)

    def require_none(self, user_id: str, *, token: str) -> None:
        """Makes sure that a user has no profile, and no location without one.

        It is a deletion, not a read: profile reads may be seconds old, and would miss a location that was left behind.

        Raises:
            ProfileExists: The user has one, which is left as it is.
            Unauthenticated: The token has ended.
            ServiceUnavailable: The service does not answer in time, or says that it cannot.
            UnexpectedReply: The service answers what its contract does not say.
        """
        try:
            self._delete(user_id, token, {"If-Match": _NO_VERSION})
        except PreconditionFailed as refusal:
            raise ProfileExists from refusal

    def _delete(self, user_id: str, token: str, conditions: dict[str, str] | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}", **(conditions or {})}
        reply = self._services.call(
            "profile", "DELETE", "/profiles/{user_id}", path={"user_id": user_id}, headers=headers
        )
        reply.expect(None, errors=[PreconditionFailed, Unauthenticated])
