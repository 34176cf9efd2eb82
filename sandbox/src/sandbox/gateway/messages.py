"""HTTP requests and responses as the gateway's core sees them, without a socket."""

from dataclasses import dataclass, field

type Headers = tuple[tuple[str, str], ...]
"""Header fields in the order and the spelling in which they were sent."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request; `path` and `query` are raw, as they were sent."""

    method: str
    path: str
    query: str
    headers: Headers
    body: bytes
    source_ip: str
    _last: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_last", {name.lower(): value for name, value in self.headers})

    def header(self, name: str) -> str | None:
        """The last value of a header; `name` is in lower case."""
        return self._last.get(name)


@dataclass(frozen=True, slots=True)
class Response:
    """A response."""

    status: int
    headers: Headers
    body: bytes


def media_type(content_type: str | None) -> str:
    """The media type of a Content-Type header, without parameters; API Gateway takes JSON where there is none."""
    return (content_type or "application/json").partition(";")[0].strip().lower()
