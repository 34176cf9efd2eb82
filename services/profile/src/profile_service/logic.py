"""The rules of profiles, free of storage."""

import logging
from collections.abc import Callable
from hashlib import sha256

from lambda_lib import Forbidden, ServiceUnavailable, UnexpectedReply
from profile_service.model import Location, LocationStatus, ProfilePage, StoredProfile, UserId

_LOG = logging.getLogger(__name__)

COARSE_DECIMALS = 1
"""Digits kept behind the point of a coarse coordinate: a tenth of a degree is 11 km, a town and no street."""


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


def page(user_id: UserId, profile: StoredProfile, *, find_location: Callable[[UserId], Location | None]) -> ProfilePage:
    """Joins a profile with as much of its user's location as the user shows; a hidden one is not even asked for.

    A location service that is down keeps no profile from its readers: the page says that the location is unavailable,
    and the log says why.

    Args:
        user_id: Whose profile it is.
        profile: The profile.
        find_location: Returns a user's location, or None where there is none; raises `ServiceUnavailable` or
            `UnexpectedReply` where that cannot be told.
    """
    location: Location | None = None
    status: LocationStatus = "none"
    if profile.location_visibility != "hidden":
        try:
            location = find_location(user_id)
        except (ServiceUnavailable, UnexpectedReply) as error:
            # The line has the request's ids, by which it is found beside that of the request.
            _LOG.warning("location unavailable: %s: %s", error.code, error.detail)
            status = "unavailable"
    if location is not None:
        status = "available"
        if profile.location_visibility == "coarse":
            location = coarse(location)
    return ProfilePage(
        user_id=user_id,
        display_name=profile.display_name,
        bio=profile.bio,
        location=location,
        location_status=status,
        location_visibility=profile.location_visibility,
    )


def coarse(location: Location) -> Location:
    """A place about a location, without what would tell more: its label, its accuracy, and when the user was there."""
    return Location(
        latitude=round(location.latitude, COARSE_DECIMALS) + 0.0,
        longitude=round(location.longitude, COARSE_DECIMALS) + 0.0,
    )


def entity_tag(shown: ProfilePage, *, version: str | None, representation: str) -> str:
    """The `ETag` of a page: the profile's version, and a digest of all that is shown.

    A write looks at the version only (`If-Match`), for it changes nothing but the profile; a reader's copy is good as
    long as the whole tag is.

    Args:
        shown: The page.
        version: The profile's version.
        representation: What makes two replies with the same page differ: a strong tag belongs to one of them (RFC 9110
            section 8.8.3.3).
    """
    digest = sha256(f"{representation}\n{shown.model_dump_json()}".encode()).hexdigest()
    return f'"{version or ""}.{digest[:16]}"'


def is_current(if_none_match: str, tag: str) -> bool:
    """Whether a reader has the representation with this tag already (RFC 9110 section 13.1.2: weak comparison).

    Args:
        if_none_match: Value of the header.
        tag: The tag that the reply would have.
    """
    tags = (item.strip().removeprefix("W/") for item in if_none_match.split(","))
    return if_none_match.strip() == "*" or tag in tags
