"""The CORS headers of replies, and the answer to preflight requests."""

from collections.abc import Iterable, Mapping

from lambda_lib._operation import Operation
from lambda_lib._response import Reply, bodiless
from lambda_lib.cors import ANY_ORIGIN, Cors


class CorsHeaders:
    """Adds CORS headers to replies.

    Args:
        cors: Which pages may use the API.
    """

    def __init__(self, cors: Cors) -> None:
        shared = {"Access-Control-Expose-Headers": ", ".join(cors.expose)} if cors.expose else {}
        if cors.credentials:
            shared["Access-Control-Allow-Credentials"] = "true"
        self._by_origin = {origin: {"Access-Control-Allow-Origin": origin, **shared} for origin in cors.origins}
        self._by_default: Mapping[str, str] = self._by_origin.get(ANY_ORIGIN, {})
        self._varies = ANY_ORIGIN not in cors.origins

    def add(self, reply: Reply, *, origin: str | None) -> None:
        """Add what a browser has to know to a reply.

        Args:
            reply: The reply.
            origin: The request's `Origin`, if it has one.
        """
        headers = reply["headers"]
        # Not a text only where the event is malformed.
        headers |= self._by_origin.get(origin, self._by_default) if isinstance(origin, str) else self._by_default
        if self._varies:
            # The reply depends on the origin also where there is none or it may not read the reply (the Fetch standard,
            # "CORS protocol and HTTP caches").
            name = next((name for name in headers if name.lower() == "vary"), "Vary")
            headers[name] = f"{headers[name]}, Origin" if name in headers else "Origin"


def preflight(template: str, cors: Cors, methods: Iterable[str]) -> Operation:
    """The answer to a browser that asks what a page may do with a path.

    Args:
        template: Template of the path.
        cors: Which pages may use the API.
        methods: Methods of the path.
    """
    allowed = ", ".join(sorted(methods))
    headers = {
        "Allow": allowed,
        "Access-Control-Allow-Methods": allowed,
        "Access-Control-Allow-Headers": ", ".join(cors.headers),
        "Access-Control-Max-Age": str(cors.max_age_s),
    }
    return Operation(f"OPTIONS {template}", lambda request: bodiless(request, 204, headers))
