"""The drills that exist and the route that each drives: data, so that a new service or alarm is a new row."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from load.errors import PreconditionError


@dataclass(frozen=True, slots=True)
class ReadRoute:
    """A signed GET route that makes exactly one GetItem of the service's table.

    Attributes:
        path: Template with `{user_id}`.
        consistent_parameter: Query parameter that asks for a strongly consistent read.
    """

    path: str
    consistent_parameter: str

    def request_target(self, user_id: str, *, consistent: bool) -> str:
        """Path and query of a request for one user."""
        query = urlencode({self.consistent_parameter: str(consistent).lower()})
        return f"{self.path.format(user_id=user_id)}?{query}"


@dataclass(frozen=True, slots=True)
class Drill:
    """A way to prove an alarm.

    Attributes:
        alarm: Name of the alarm, without its `<environment>-<service>-` prefix.
        routes: The route to drive, by service.
    """

    alarm: str
    routes: Mapping[str, ReadRoute]

    def route(self, service: str) -> ReadRoute:
        """The route of a service; PreconditionError when the drill does not know the service."""
        try:
            return self.routes[service]
        except KeyError:
            known = ", ".join(sorted(self.routes))
            raise PreconditionError(
                f"drill {self.alarm} knows no route of service {service!r}; it knows: {known}"
            ) from None


READ_THROTTLE = Drill(
    alarm="read-throttle",
    routes={"location": ReadRoute(path="/locations/{user_id}", consistent_parameter="consistent")},
)
