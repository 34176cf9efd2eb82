"""Marks that tell where a route function's argument comes from: `Annotated[bool, Query()]`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Query:
    """The argument is a query parameter.

    Attributes:
        name: Name in the query string; the argument's name if not given.
    """

    name: str | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """The argument is a request header.

    Attributes:
        name: Name of the header; if not given, the argument's with hyphens: `if_match` reads `If-Match`.
    """

    name: str | None = None


@dataclass(frozen=True, slots=True, init=False)
class Body:
    """The argument is the request's body.

    `bytes` are the body as it was sent; `str` is its text, in UTF-8, where the media type is not JSON's; everything
    else is read from JSON. A pydantic model needs no mark, unless its media type is not `application/json`.

    Args:
        media_types: Media types that the route takes, such as `image/png`; `application/json` if none is given.

    Attributes:
        media_types: The same, in lower case.
    """

    media_types: tuple[str, ...]

    def __init__(self, *media_types: str) -> None:
        object.__setattr__(self, "media_types", tuple(name.lower() for name in media_types) or ("application/json",))


@dataclass(frozen=True, slots=True)
class SourceIp:
    """The argument is the IP address that the request came from, as AWS saw it; empty where the event has none.

    It is the client's, or that of the last proxy on the way to AWS. What a client says of it itself, in
    `X-Forwarded-For`, is not asked.
    """
