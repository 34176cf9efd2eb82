"""The routes of the location service."""

from dataclasses import dataclass
from typing import Annotated

from lambda_lib import Identity, Query, Routes, Signed
from lambda_lib.errors import Forbidden, NotFound
from location_service.logic import require_owner
from location_service.model import Location, UserId
from location_service.store import LocationStore


@dataclass(frozen=True, slots=True)
class Resources:
    """What the routes work with.

    Attributes:
        locations: The table of locations.
    """

    locations: LocationStore


routes = Routes(title="location", version="1.0.0", resources=Resources)


@routes.put("/locations/{user_id}", access=Signed(user_token=True), status=204, errors=[Forbidden])
def put_location(user_id: UserId, location: Location, identity: Identity, resources: Resources) -> None:
    """Set the location of the user whose token comes with the request."""
    require_owner(identity.user_id, user_id)
    resources.locations.put(user_id, location)


@routes.get("/locations/{user_id}", access=Signed(), errors=[NotFound])
def get_location(
    user_id: UserId,
    resources: Resources,
    consistent: Annotated[bool, Query()] = False,  # noqa: FBT002  always passed by name, from the query string
) -> Location:
    """Get the location of a user; `consistent=true` sees every write acknowledged before, at twice the capacity."""
    location = resources.locations.get(user_id, consistent=consistent)
    if location is None:
        raise NotFound(f"The user {user_id} has no location.")
    return location
