"""Who is let in to a route, and as whom."""

from collections.abc import Callable

from lambda_lib._request import Request
from lambda_lib.access import USER_TOKEN_HEADER, Access, Signed, needs_user
from lambda_lib.errors import Forbidden, Unauthenticated
from lambda_lib.identity import Identity

type Authenticate = Callable[[str], Identity]
type Admission = Callable[[Request], Identity | None]

_USER_TOKEN = USER_TOKEN_HEADER.lower()


def admission(access: Access, authenticate: Authenticate | None) -> Admission:
    """What lets a request in, and tells its user if it has one; it raises `Forbidden` or `Unauthenticated`.

    Args:
        access: Who may call the route.
        authenticate: Turns a user's token into an identity; there is one if the access needs it.
    """
    if authenticate is None or not needs_user(access):
        return _signed if isinstance(access, Signed) else _anyone
    return (_signed_with_user if isinstance(access, Signed) else _bearer)(authenticate)


def _anyone(_request: Request) -> None:
    """Lets everyone in."""


def _signed(request: Request) -> None:
    caller = request.signer()
    if not isinstance(caller, str):
        # API Gateway names the principal of a request whose signature it checked. A method that was deployed without
        # AWS_IAM by mistake stays shut.
        raise Forbidden("The request has to be signed.")
    request.caller = caller


def _bearer(authenticate: Authenticate) -> Admission:
    def admit(request: Request) -> Identity:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        token = token.strip()
        if not token or scheme.lower() != "bearer":
            raise Unauthenticated("A bearer token is required.")
        return authenticate(token)

    return admit


def _signed_with_user(authenticate: Authenticate) -> Admission:
    def admit(request: Request) -> Identity:
        _signed(request)
        token = request.headers.get(_USER_TOKEN, "").strip()
        if not token:
            raise Unauthenticated(f"The user's token is required in {USER_TOKEN_HEADER}.")
        return authenticate(token)

    return admit
