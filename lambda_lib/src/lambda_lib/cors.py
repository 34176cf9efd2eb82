"""Cross-origin requests: which web pages of other origins may use an API (the Fetch standard, "CORS protocol")."""

from collections.abc import Sequence
from dataclasses import dataclass

from lambda_lib.errors import RouteError

ANY_ORIGIN = "*"


@dataclass(frozen=True, slots=True)
class Cors:
    """Lets web pages of other origins use the routes.

    Attributes:
        origins: Origins such as `https://app.example.com`, or `*` alone for every one.
        headers: Request headers that pages may set.
        expose: Reply headers that pages may read.
        max_age_s: Seconds that a browser may remember the answer to a preflight request.
        credentials: Whether the browser sends its cookies along; not together with `*`.

    Raises:
        RouteError: There is no origin, or a text stands where a list should, or `*` stands beside other origins or
            together with credentials, which browsers refuse.
    """

    origins: Sequence[str]
    headers: Sequence[str] = ("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "X-Correlation-Id")
    expose: Sequence[str] = ("ETag", "Location", "Retry-After", "X-Correlation-Id")
    max_age_s: int = 600
    credentials: bool = False

    def __post_init__(self) -> None:
        if not self.origins or any(isinstance(items, str) for items in (self.origins, self.headers, self.expose)):
            raise RouteError("Cors takes a list of origins, and lists of headers")
        if ANY_ORIGIN in self.origins and (len(self.origins) > 1 or self.credentials):
            raise RouteError("Cors: '*' goes neither with other origins nor with credentials")
