"""The rules of locations, free of storage."""

from lambda_lib.errors import Forbidden
from location_service.model import UserId


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
