"""Marks for a route function's arguments that do not come from the path or the body: `Annotated[bool, Query()]`."""

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
