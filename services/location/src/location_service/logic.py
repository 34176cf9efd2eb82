"""The rules of locations, free of storage."""

from datetime import datetime, timedelta

from lambda_lib.errors import FieldError, Forbidden, InvalidRequest
from location_service.model import Location, UserId

CLOCK_SKEW = timedelta(seconds=60)
"""How far a device's clock may be ahead of ours."""


def require_owner(authenticated: str, user_id: UserId) -> None:
    """Lets a user write their own location only.

    Args:
        authenticated: The user whose token came with the request.
        user_id: Whose location it is.

    Raises:
        Forbidden: They are not the same.
    """
    if authenticated != user_id:
        raise Forbidden("A location is written by its own user.")


def require_past_fix(location: Location, *, now: datetime) -> None:
    """Takes no position of a time to come.

    Args:
        location: Where the user is.
        now: The time.

    Raises:
        InvalidRequest: It was taken later than `CLOCK_SKEW` from now.
    """
    if location.fixed_at is not None and location.fixed_at > now + CLOCK_SKEW:
        raise InvalidRequest(errors=[FieldError("body.fixed_at", "Input should not be in the future")])
