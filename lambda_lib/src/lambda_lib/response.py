"""What a route function returns when the reply is more than its body."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Response[T]:
    """A reply with headers, cookies or a status of its own: `-> Response[Thing]` in place of `-> Thing`.

    Attributes:
        body: What is sent; None with a status that goes without a body.
        status: HTTP status; the route's if not given, else one of its `statuses`, which go without a body.
        headers: Headers by name; these go before the handler's own of the same name.
        cookies: Values of `Set-Cookie`, one for each cookie.
    """

    body: T | None = None
    status: int | None = field(default=None, kw_only=True)
    headers: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    cookies: Sequence[str] = field(default=(), kw_only=True)
