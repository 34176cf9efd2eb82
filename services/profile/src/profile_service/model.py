"""What the profile service speaks of: profiles, and the locations that it shows with them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

UserId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{2,31}$")]
"""A user's id: the normalised username, as the authentication service gives it."""

LocationStatus = Literal["available", "none", "unavailable"]
"""Whether a profile shows a location: it does, the user has none, or the location service did not answer."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Profile(_Body):
    """What users say of themselves.

    Attributes:
        display_name: The name to show, 1 to 80 characters.
        bio: A text about the user, 1 to 1000 characters.
    """

    display_name: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    bio: Annotated[str, StringConstraints(min_length=1, max_length=1000)] | None = None


class NewLocation(_Body):
    """A location to set, in WGS 84 degrees; the location service has the last word on it.

    Attributes:
        latitude: Degrees north of the equator, -90 to 90.
        longitude: Degrees east of Greenwich, -180 to 180.
        label: A name for the place, 1 to 100 characters.
    """

    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    label: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None


class Location(BaseModel):
    """A location as the location service tells it; what else it may come to tell is ignored.

    Attributes:
        latitude: Degrees north of the equator.
        longitude: Degrees east of Greenwich.
        label: A name for the place.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    latitude: Annotated[float, Field(allow_inf_nan=False)]
    longitude: Annotated[float, Field(allow_inf_nan=False)]
    label: str | None = None


class ProfilePage(_Body):
    """A profile as anyone may see it.

    Attributes:
        user_id: Whose profile it is.
        display_name: The name to show.
        bio: A text about the user, or null.
        location: Where the user is, or null.
        location_status: Why `location` is null, if it is.
    """

    user_id: str
    display_name: str
    bio: str | None
    location: Location | None
    location_status: LocationStatus
