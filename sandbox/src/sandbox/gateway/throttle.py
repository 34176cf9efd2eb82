"""Throttling of a stage's methods: token buckets, pure.

Follows https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html: the limits of
a stage hold for each of its methods, so that each method has a bucket of its own.
"""

from collections.abc import Iterable, Mapping

from sandbox.declaration import Throttle
from sandbox.errors import PlanError

_EVERY_METHOD = "*/*"


class TokenBucket:
    """A bucket that holds `burst_limit` requests and is refilled at `rate_per_s`; it starts full."""

    def __init__(self, throttle: Throttle) -> None:
        self._throttle = throttle
        self._tokens = float(throttle.burst_limit)
        self._at: float | None = None

    def take(self, now: float) -> bool:
        """Takes the token of a request at `now`, in seconds; False where there is none."""
        if self._at is not None:
            refill = max(0.0, now - self._at) * self._throttle.rate_per_s
            self._tokens = min(float(self._throttle.burst_limit), self._tokens + refill)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class StageThrottle:
    """The buckets of a stage.

    Args:
        throttles: By `*/*` or by `resource/METHOD`, where `/` within the resource may be written `~1`. A method with a
            throttle of its own is not throttled by `*/*` as well.
        methods: Resource and HTTP method of each method of the API.

    Raises:
        PlanError: A throttle is of a method that the API has not, so that it would have no effect.
    """

    def __init__(self, throttles: Mapping[str, Throttle], methods: Iterable[tuple[str, str]]) -> None:
        self._throttles = {_normal(key): throttle for key, throttle in throttles.items()}
        self._buckets: dict[tuple[str, str], TokenBucket | None] = {}
        known = {_EVERY_METHOD, *(_normal(f"{resource}/{method}") for resource, method in methods)}
        if unknown := sorted(self._throttles.keys() - known):
            raise PlanError(f"a throttle is of {', '.join(unknown)}, which the API has not")

    def take(self, resource: str, http_method: str, now: float) -> bool:
        """Takes the token of a request; False where the request is one too many."""
        key = (resource, http_method)
        if key not in self._buckets:
            own = _normal(f"{resource}/{http_method}")
            throttle = self._throttles.get(own) or self._throttles.get(_EVERY_METHOD)
            self._buckets[key] = None if throttle is None else TokenBucket(throttle)
        bucket = self._buckets[key]
        return bucket is None or bucket.take(now)


def _normal(key: str) -> str:
    return key.replace("~1", "/").lstrip("/")
