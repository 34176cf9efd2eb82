"""The routes of the profile service."""

from dataclasses import dataclass

from lambda_lib import (
    Bearer,
    Forbidden,
    Identity,
    NotFound,
    Public,
    Routes,
    ServiceUnavailable,
    UnexpectedReply,
)
from profile_service.locations import Locations
from profile_service.logic import page, require_owner
from profile_service.model import NewLocation, Profile, ProfilePage, UserId
from profile_service.store import ProfileStore


@dataclass(frozen=True, slots=True)
class Resources:
    """What the routes work with.

    Attributes:
        profiles: The table of profiles.
        locations: The location service.
    """

    profiles: ProfileStore
    locations: Locations


routes = Routes(title="profile", version="1.0.0", resources=Resources)


@routes.put("/profiles/{user_id}", access=Bearer(), status=204, errors=[Forbidden])
def put_profile(user_id: UserId, profile: Profile, identity: Identity, resources: Resources) -> None:
    """Set the profile of the user who calls."""
    require_owner(identity.user_id, user_id)
    resources.profiles.put(user_id, profile)


@routes.get("/profiles/{user_id}", access=Public(), errors=[NotFound])
def get_profile(user_id: UserId, resources: Resources) -> ProfilePage:
    """Get a profile, with the user's location if it is to be had."""
    profile = resources.profiles.get(user_id)
    if profile is None:
        raise NotFound(f"The user {user_id} has no profile.")
    return page(user_id, profile, find_location=resources.locations.get)


@routes.put(
    "/profiles/{user_id}/location",
    access=Bearer(),
    status=204,
    errors=[Forbidden, ServiceUnavailable, UnexpectedReply],
)
def put_location(user_id: UserId, location: NewLocation, identity: Identity, resources: Resources) -> None:
    """Set the location of the user who calls."""
    require_owner(identity.user_id, user_id)
    resources.locations.put(user_id, location, token=identity.token)
