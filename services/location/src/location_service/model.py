"""What the location service speaks of: a user's id and where that user is."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

UserId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{2,31}$"), Field(examples=["ada"])]
"""A user's id: the normalised username, as the authentication service gives it."""

COORDINATE_DECIMALS = 7
"""Digits kept behind a coordinate's point: 1e-7 degrees are 1.1 cm at the equator, which the best receivers reach."""

_ACCURACY_DECIMALS = 2  # centimetres, as those of the coordinates
_FARTHEST_M = 20_037_509  # half of the equator: a circle of this radius is the whole earth
_EARLIEST_FIX = datetime(2000, 1, 1, tzinfo=UTC)  # before that, a clock was never set


def _rounded(degrees: float) -> float:
    """Drops what no receiver can measure.

    It also keeps every accepted number storable: DynamoDB refuses a magnitude below 1e-130, a float goes down to 5e-324
    (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html).
    Adding zero turns a negative zero into zero.
    """
    return round(degrees, COORDINATE_DECIMALS) + 0.0


def _to_centimetres(metres: float) -> float:
    return round(metres, _ACCURACY_DECIMALS) + 0.0


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


class Location(BaseModel):
    """Where a user is, in WGS 84 degrees.

    Attributes:
        latitude: Degrees north of the equator, -90 to 90.
        longitude: Degrees east of Greenwich, -180 to 180.
        label: A name for the place, 1 to 100 characters.
        accuracy_m: Radius in metres of the circle that the user is in, with 95 % confidence (the measure of the W3C's
            Geolocation API).
        fixed_at: When the position was taken, with its offset from UTC; kept to the second, since a receiver reports
            one a second.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, examples=[51.5081]), AfterValidator(_rounded)]
    longitude: Annotated[
        float, Field(ge=-180, le=180, allow_inf_nan=False, examples=[-0.0759]), AfterValidator(_rounded)
    ]
    label: Annotated[str, StringConstraints(min_length=1, max_length=100), Field(examples=["Tower"])] | None = None
    accuracy_m: (
        Annotated[
            float, Field(ge=0, le=_FARTHEST_M, allow_inf_nan=False, examples=[12.5]), AfterValidator(_to_centimetres)
        ]
        | None
    ) = None
    fixed_at: (
        Annotated[
            AwareDatetime, Field(ge=_EARLIEST_FIX, examples=["2026-11-24T09:00:00Z"]), BeforeValidator(_date_time)
        ]
        | None
    ) = None


@dataclass(frozen=True, slots=True)
class StoredLocation:
    """A location as the table has it.

    Attributes:
        location: Where the user is.
        version: Changes with every write; None of an item that was written before there were versions.
    """

    location: Location
    version: str | None
