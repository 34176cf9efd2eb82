"""Who may call a route. Every route declares it, so that no route is open by omission."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Public:
    """Anyone, unauthenticated."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """A user, by `Authorization: Bearer <token>`, which is checked by the authentication service."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A principal of the account, by a signed request (`AWS_IAM`).

    API Gateway checks the signature and the API's resource policy; the handler only insists that it did so.

    Attributes:
        user_token: The caller passes on its user's token in `X-User-Token`, which is checked as a bearer token is.
            (`Authorization` is taken by the signature.)
    """

    user_token: bool = False


type Access = Public | Bearer | Signed

USER_TOKEN_HEADER = "X-User-Token"  # noqa: S105  the name of a header, not a token


def needs_user(access: Access) -> bool:
    """Whether a route with this access authenticates a user, so that its function may ask for an `Identity`."""
    return isinstance(access, Bearer) or (isinstance(access, Signed) and access.user_token)
