"""What the profile service speaks of: profiles, and the locations that it shows with them."""

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

UserId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{2,31}$"), Field(examples=["ada"])]
"""A user's id: the normalised username, as the authentication service gives it."""

LocationStatus = Literal["available", "none", "unavailable"]
"""Whether a profile shows a location: it does, there is none to show, or the location service did not answer."""

LocationVisibility = Literal["public", "coarse", "hidden"]
"""How much of their location users show: all of it, a place about it, or nothing."""

_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"  # letters and a symbol that look like spaces
_JOINERS = "\u200c\u200d"  # of Persian and Indic writing, and of emoji


def _shown(name: str) -> str:
    """Refuses a name with characters that nobody sees, and one that has no others.

    They make a name look like another's, or turn the direction of writing of what stands beside it (Unicode Technical
    Report 36, sections 2.5 and 2.6).
    """
    kinds = {character: unicodedata.category(character) for character in name}
    if any(kind in {"Cc", "Cf", "Zl", "Zp"} and character not in _JOINERS for character, kind in kinds.items()):
        raise ValueError("Input should have no control characters and none that are invisible")
    if all(kind[0] in "CZM" or character in _BLANKS for character, kind in kinds.items()):
        raise ValueError("Input should have a character that can be seen")
    return name


DisplayName = Annotated[
    str, StringConstraints(min_length=1, max_length=80), AfterValidator(_shown), Field(examples=["Ada"])
]
Bio = Annotated[str, StringConstraints(min_length=1, max_length=1000), Field(examples=["Writes programs."])]


_is_date_time = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
).fullmatch


def _date_time(given: object) -> object:
    """Reads the `date-time` of the contract (RFC 3339, section 5.6); pydantic also takes days, and seconds."""
    if isinstance(given, datetime):
        return given
    if isinstance(given, str) and _is_date_time(given):
        with suppress(ValueError):  # which would repeat the value
            return datetime.fromisoformat(given.upper())
    raise ValueError("Input should be a date and time with its offset from UTC, such as 2026-11-24T09:00:00Z")


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Profile(_Body):
    """What users say of themselves.

    Attributes:
        display_name: The name to show, 1 to 80 characters.
        bio: A text about the user, 1 to 1000 characters.
        location_visibility: How much of the location is shown; as before if not given, so that who does not know of it
            uncovers nothing, and `public` in a first profile.
    """

    display_name: DisplayName
    bio: Bio | None = None
    location_visibility: LocationVisibility | None = None


class ProfileChange(_Body):
    """A change of a profile, as a merge patch (RFC 7396): what is not in it stays.

    Attributes:
        display_name: The name to show, 1 to 80 characters.
        bio: A text about the user, 1 to 1000 characters; null takes it away.
        location_visibility: How much of the location is shown.
    """

    # Neither has a default: who leaves them out changes nothing. The factories are never seen.
    display_name: DisplayName = Field(default_factory=str)
    bio: Bio | None = None
    location_visibility: LocationVisibility = Field(default_factory=lambda: "hidden")


@dataclass(frozen=True, slots=True)
class StoredProfile:
    """A profile as the table has it.

    Attributes:
        display_name: The name to show.
        bio: A text about the user, or None.
        location_visibility: How much of the location is shown.
        version: Changes with every write; None of an item that was written before there were versions.
    """

    display_name: str
    bio: str | None
    location_visibility: LocationVisibility
    version: str | None


class NewLocation(_Body):
    """A location to set, in WGS 84 degrees; the location service has the last word on it.

    Attributes:
        latitude: Degrees north of the equator, -90 to 90.
        longitude: Degrees east of Greenwich, -180 to 180.
        label: A name for the place, 1 to 100 characters.
        accuracy_m: Radius in metres of the circle that the user is in, with 95 % confidence.
        fixed_at: When the position was taken, with its offset from UTC.
    """

    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, examples=[51.5081])]
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, examples=[-0.0759])]
    label: Annotated[str, StringConstraints(min_length=1, max_length=100), Field(examples=["Tower"])] | None = None
    accuracy_m: Annotated[float, Field(ge=0, allow_inf_nan=False, examples=[12.5])] | None = None
    fixed_at: Annotated[AwareDatetime, Field(examples=["2026-11-24T09:00:00Z"]), BeforeValidator(_date_time)] | None = (
        None
    )


class Location(BaseModel):
    """A location as the location service tells it; what else it may come to tell is ignored.

    Attributes:
        latitude: Degrees north of the equator.
        longitude: Degrees east of Greenwich.
        label: A name for the place.
        accuracy_m: Radius in metres of the circle that the user is in.
        fixed_at: When the position was taken.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    latitude: Annotated[float, Field(allow_inf_nan=False)]
    longitude: Annotated[float, Field(allow_inf_nan=False)]
    label: str | None = None
    accuracy_m: Annotated[float, Field(allow_inf_nan=False)] | None = None
    fixed_at: AwareDatetime | None = None


class ProfilePage(_Body):
    """A profile as anyone may see it.

    Attributes:
        user_id: Whose profile it is.
        display_name: The name to show.
        bio: A text about the user, or null.
        location: Where the user is, or null.
        location_status: Why `location` is null, if it is.
        location_visibility: How much the user shows of it: `coarse` is rounded to a tenth of a degree and without
            label, accuracy and time; `hidden` is none at all.
    """

    user_id: str
    display_name: str
    bio: str | None
    location: Location | None
    location_status: LocationStatus
    location_visibility: LocationVisibility
