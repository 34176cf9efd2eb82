"""What the location service speaks of: a user's id and where that user is."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

UserId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{2,31}$")]
"""A user's id: the normalised username, as the authentication service gives it."""

COORDINATE_DECIMALS = 7
"""Digits kept behind a coordinate's point: 1e-7 degrees are 1.1 cm at the equator."""


def _rounded(degrees: float) -> float:
    """Drops what no receiver can measure.

    It also keeps every accepted number storable: DynamoDB refuses a magnitude below 1e-130, a float goes down to 5e-324
    (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html).
    Adding zero turns a negative zero into zero.
    """
    return round(degrees, COORDINATE_DECIMALS) + 0.0


class Location(BaseModel):
    """Where a user is, in WGS 84 degrees.

    Attributes:
        latitude: Degrees north of the equator, -90 to 90.
        longitude: Degrees east of Greenwich, -180 to 180.
        label: A name for the place, 1 to 100 characters.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False), AfterValidator(_rounded)]
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False), AfterValidator(_rounded)]
    label: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
