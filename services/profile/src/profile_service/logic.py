"""The rules of profiles, free of storage."""

import logging
from collections.abc import Callable

from lambda_lib import Forbidden, ServiceUnavailable, UnexpectedReply
from profile_service.model import Location, LocationStatus, Profile, ProfilePage, UserId

_LOG = logging.getLogger(__name__)


def require_owner(authenticated: str, user_id: UserId) -> None:
    """Lets a user write their own profile only.

    Args:
        authenticated: The user whose token came with the request.
        user_id: Whose profile it is.

    Raises:
        Forbidden: They are not the same.
    """
    if authenticated != user_id:
        raise Forbidden("A profile is written by its own user.")


def page(user_id: UserId, profile: Profile, *, find_location: Callable[[UserId], Location | None]) -> ProfilePage:
    """Joins a profile with its user's location.

    A location service that is down keeps no profile from its readers: the page says that the location is unavailable,
    and the log says why.

    Args:
        user_id: Whose profile it is.
        profile: The profile.
        find_location: Returns a user's location, or None where there is none; raises `ServiceUnavailable` or
            `UnexpectedReply` where that cannot be told.
    """
    location: Location | None = None
    status: LocationStatus
    try:
        location = find_location(user_id)
    except (ServiceUnavailable, UnexpectedReply) as error:
        # Lambda's runtime adds the request's id, by which the line is found beside that of the request.
        _LOG.warning("location unavailable: %s: %s", error.code, error.detail)
        status = "unavailable"
    else:
        status = "none" if location is None else "available"
    return ProfilePage(
        user_id=user_id,
        display_name=profile.display_name,
        bio=profile.bio,
        location=location,
        location_status=status,
    )
