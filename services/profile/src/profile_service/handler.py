"""The routes of the profile service."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated

from lambda_lib import (
    Bearer,
    Body,
    Forbidden,
    Header,
    Identity,
    InvalidRequest,
    NotFound,
    PreconditionFailed,
    Public,
    Response,
    Routes,
    ServiceUnavailable,
    UnexpectedReply,
)
from lambda_lib.preconditions import IfMatch, IfNoneMatch, Precondition, read_precondition
from profile_service.locations import Locations
from profile_service.logic import entity_tag, is_current, page, require_owner
from profile_service.model import NewLocation, Profile, ProfileChange, ProfilePage, UserId
from profile_service.store import ProfileStore
from profile_service.web_page import CONTENT_SECURITY_POLICY, web_page

MAX_AGE_S = 5
"""Seconds that anybody may keep a page: as long as a location is kept here."""

_SECURITY = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def random_version() -> str:
    """64 random bits: no version of a profile that was deleted comes back with the next one, as a counter's would."""
    return secrets.token_hex(8)


@dataclass(frozen=True, slots=True)
class Resources:
    """What the routes work with.

    Attributes:
        profiles: The table of profiles.
        locations: The location service.
        new_version: Makes a version that no other is.
    """

    profiles: ProfileStore
    locations: Locations
    new_version: Callable[[], str] = random_version


# The largest valid body, each character of its texts an escaped pair, has 13 KB.
routes = Routes(title="profile", version="1.1.0", resources=Resources, max_body_bytes=16_384)


@routes.put("/profiles/{user_id}", access=Bearer(), status=204, errors=[Forbidden], condition_failed=PreconditionFailed)
def put_profile(
    user_id: UserId,
    profile: Profile,
    identity: Identity,
    resources: Resources,
    *,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Response[None]:
    """Set the profile of the user who calls; the last write wins unless a header says else.

    Capacity: 1 to 5 write units.
    """
    require_owner(identity.user_id, user_id)
    members = profile.model_dump()
    if profile.location_visibility is None:
        del members["location_visibility"]
    version = resources.new_version()
    precondition = _precondition(if_match, if_none_match)
    resources.profiles.put(user_id, members, version=version, precondition=precondition)
    return Response(headers={"ETag": f'"{version}"'})


@routes.patch(
    "/profiles/{user_id}",
    access=Bearer(),
    status=204,
    errors=[Forbidden, NotFound],
    condition_failed=PreconditionFailed,
)
def change_profile(
    user_id: UserId,
    change: Annotated[ProfileChange, Body("application/merge-patch+json", "application/json")],
    identity: Identity,
    resources: Resources,
    if_match: IfMatch = None,
) -> Response[None]:
    """Change members of the profile of the user who calls; those that are not given stay.

    Capacity: 1 to 5 write units.
    """
    require_owner(identity.user_id, user_id)
    members = change.model_dump(exclude_unset=True)
    version = resources.new_version()
    if if_match is None:
        resources.profiles.change(user_id, members, version=version)
    else:
        resources.profiles.put(user_id, members, version=version, precondition=_precondition(if_match))
    return Response(headers={"ETag": f'"{version}"'})


@routes.get(
    "/profiles/{user_id}",
    access=Public(),
    errors=[NotFound],
    statuses=[304],
    representations={"text/html": web_page},
)
def get_profile(
    user_id: UserId,
    resources: Resources,
    *,
    accept: Annotated[str, Header()] = "",
    if_none_match: Annotated[str, Header()] = "",
) -> Response[ProfilePage]:
    """Get a profile, with as much of the user's location as the user shows, if it is to be had; a page for browsers.

    Capacity: 0.5 to 1 read units, and a read of the location table unless the location is hidden or was read just now.
    """
    profile = resources.profiles.get(user_id)
    if profile is None:
        raise NotFound(f"The user {user_id} has no profile.")
    shown = page(user_id, profile, find_location=resources.locations.get)
    # `Accept` is what decides on the representation, and what a cache tells replies apart by: no need to know more.
    # The page's text is in the tag, so that one in other words is not taken for the one before.
    tag = entity_tag(shown, version=profile.version, representation=f"{accept}\n{web_page(shown)}")
    unavailable = shown.location_status == "unavailable"
    headers = {
        "ETag": tag,
        "Cache-Control": "no-store" if unavailable else f"public, max-age={MAX_AGE_S}",
        "Vary": "Accept",
    }
    if is_current(if_none_match, tag):
        return Response(status=304, headers=headers)
    return Response(shown, headers=headers | _SECURITY)


@routes.delete(
    "/profiles/{user_id}",
    access=Bearer(),
    errors=[Forbidden, ServiceUnavailable, UnexpectedReply],
    condition_failed=PreconditionFailed,
)
def delete_profile(user_id: UserId, identity: Identity, resources: Resources, if_match: IfMatch = None) -> None:
    """Delete the profile of the user who calls, and before it the location; it is no error if either is gone.

    After a failure, the same request takes away what is left: the location first, so that none is left without a
    profile that could be deleted once more.

    Capacity: 1 to 5 write units, with `If-Match` 1 to 2 read units, and a write of the location table.
    """
    require_owner(identity.user_id, user_id)
    precondition = _precondition(if_match)
    if precondition.versions:  # before anything is deleted
        stored = resources.profiles.get(user_id, consistent=True)
        if stored is not None and stored.version not in precondition.versions:
            raise PreconditionFailed("The profile is of another version.")
    resources.locations.delete(user_id, token=identity.token, conditions={})
    resources.profiles.delete(user_id, precondition=precondition)


@routes.put(
    "/profiles/{user_id}/location",
    access=Bearer(),
    status=204,
    errors=[Forbidden, InvalidRequest, PreconditionFailed, ServiceUnavailable, UnexpectedReply],
)
def put_location(
    user_id: UserId,
    location: NewLocation,
    identity: Identity,
    resources: Resources,
    *,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Response[None]:
    """Set the location of the user who calls; the last write wins unless a header says else.

    Capacity: a write of the location table.
    """
    require_owner(identity.user_id, user_id)
    conditions = _conditions(if_match, if_none_match)
    return Response(headers=resources.locations.put(user_id, location, token=identity.token, conditions=conditions))


@routes.delete(
    "/profiles/{user_id}/location",
    access=Bearer(),
    errors=[Forbidden, PreconditionFailed, ServiceUnavailable, UnexpectedReply],
)
def delete_location(user_id: UserId, identity: Identity, resources: Resources, if_match: IfMatch = None) -> None:
    """Delete the location of the user who calls; it is no error if it is gone.

    Capacity: a write of the location table.
    """
    require_owner(identity.user_id, user_id)
    resources.locations.delete(user_id, token=identity.token, conditions=_conditions(if_match, None))


def _conditions(if_match: str | None, if_none_match: str | None) -> dict[str, str]:
    """The conditions of a write as headers, to be passed on."""
    headers = {"If-Match": if_match, "If-None-Match": if_none_match}
    return {name: value for name, value in headers.items() if value is not None}


def _precondition(if_match: str | None, if_none_match: str | None = None) -> Precondition:
    """What a request's headers ask for: of a page's tag, what counts is the profile's version in it."""
    asked = read_precondition(if_match, if_none_match)
    return replace(asked, versions=tuple(version.partition(".")[0] for version in asked.versions))
