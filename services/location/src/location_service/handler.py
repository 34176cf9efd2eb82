"""The routes of the location service."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from lambda_lib import (
    Forbidden,
    Identity,
    InvalidRequest,
    NotFound,
    PreconditionFailed,
    Query,
    Response,
    Routes,
    Signed,
)
from lambda_lib.preconditions import IfMatch, IfNoneMatch, entity_tag, read_precondition
from location_service.logic import require_owner, require_past_fix
from location_service.model import Location, UserId
from location_service.store import LocationStore


def random_version() -> str:
    """64 random bits: no version of a location that was deleted comes back with the next one, as a counter's would."""
    return secrets.token_hex(8)


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Resources:
    """What the routes work with.

    Attributes:
        locations: The table of locations.
        new_version: Makes a version that no other is.
        now: Tells the time.
    """

    locations: LocationStore
    new_version: Callable[[], str] = random_version
    now: Callable[[], datetime] = utc_now


# The largest valid body, each character of its label an escaped pair, has 1.4 KB.
routes = Routes(title="location", version="1.1.0", resources=Resources, max_body_bytes=4096)


@routes.put(
    "/locations/{user_id}",
    access=Signed(user_token=True),
    status=204,
    errors=[Forbidden, InvalidRequest],
    condition_failed=PreconditionFailed,
)
def put_location(
    user_id: UserId,
    location: Location,
    identity: Identity,
    resources: Resources,
    *,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Response[None]:
    """Set the location of the user whose token comes with the request; the last write wins unless a header says else.

    Capacity: 1 write unit.
    """
    require_owner(identity.user_id, user_id)
    require_past_fix(location, now=resources.now())
    version = resources.new_version()
    precondition = read_precondition(if_match, if_none_match)
    resources.locations.put(user_id, location, version=version, precondition=precondition)
    return Response(headers={"ETag": entity_tag(version)})


@routes.get("/locations/{user_id}", access=Signed(), errors=[NotFound])
def get_location(
    user_id: UserId,
    resources: Resources,
    consistent: Annotated[bool, Query()] = False,  # noqa: FBT002  always passed by name, from the query string
) -> Response[Location]:
    """Get the location of a user; `consistent=true` sees every write acknowledged before, at twice the capacity.

    Capacity: 0.5 read units, 1 if `consistent`.
    """
    stored = resources.locations.get(user_id, consistent=consistent)
    if stored is None:
        raise NotFound(f"The user {user_id} has no location.")
    return Response(stored.location, headers={"ETag": entity_tag(stored.version)} if stored.version else {})


@routes.delete(
    "/locations/{user_id}",
    access=Signed(user_token=True),
    errors=[Forbidden],
    condition_failed=PreconditionFailed,
)
def delete_location(user_id: UserId, identity: Identity, resources: Resources, if_match: IfMatch = None) -> None:
    """Delete the location of the user whose token comes with the request; it is no error if it is gone.

    Capacity: 1 write unit.
    """
    require_owner(identity.user_id, user_id)
    resources.locations.delete(user_id, precondition=read_precondition(if_match))
