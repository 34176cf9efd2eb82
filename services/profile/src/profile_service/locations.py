"""The location service, as this service uses it."""

from http import HTTPStatus

from lambda_lib import FieldError, InvalidRequest, NotFound, Problem, ServiceClient, Unauthenticated, UnexpectedReply
from profile_service.model import Location, NewLocation, UserId

_ROUTE = "/locations/{user_id}"


class Locations:
    """Reads and writes users' locations by signed calls.

    Args:
        services: Makes the calls; its timeout bounds how long a reader of a profile waits for the location.
    """

    def __init__(self, services: ServiceClient) -> None:
        self._services = services

    def get(self, user_id: UserId) -> Location | None:
        """Returns a user's location, or None where there is none.

        Raises:
            ServiceUnavailable: The service does not answer in time, or says that it cannot.
            UnexpectedReply: The service answers what its contract does not say.
        """
        # Said not to be idempotent, so that it is not tried again after a timeout: a page shows without its location
        # sooner than a second attempt could end.
        reply = self._services.call("location", "GET", _ROUTE, path={"user_id": user_id}, idempotent=False)
        match reply.status:
            case HTTPStatus.OK:
                return reply.read(Location)
            case HTTPStatus.NOT_FOUND if reply.read(Problem).code == NotFound.code:  # not a route that is unknown
                return None
            case _:
                raise _unexpected(reply.status)

    def put(self, user_id: UserId, location: NewLocation, *, token: str) -> None:
        """Sets a user's location.

        Args:
            user_id: Whose location it is.
            location: Where the user is.
            token: The user's token, which the location service checks by itself.

        Raises:
            InvalidRequest: The location service does not accept the location.
            Unauthenticated: The token has ended.
            ServiceUnavailable: The service does not answer in time, or says that it cannot.
            UnexpectedReply: The service answers what its contract does not say.
        """
        headers = {"X-User-Token": token}
        reply = self._services.call(
            "location", "PUT", _ROUTE, path={"user_id": user_id}, headers=headers, body=location
        )
        match reply.status:
            case HTTPStatus.NO_CONTENT:
                return
            case HTTPStatus.BAD_REQUEST:
                problem = reply.read(Problem)
                errors = [FieldError(error.location, error.message) for error in problem.errors or ()]
                raise InvalidRequest(problem.detail, errors=errors)
            case HTTPStatus.UNAUTHORIZED:
                raise Unauthenticated("The token is not valid.")
            case _:
                raise _unexpected(reply.status)


def _unexpected(status: int) -> UnexpectedReply:
    return UnexpectedReply(f"The location service answered with status {status}.")
