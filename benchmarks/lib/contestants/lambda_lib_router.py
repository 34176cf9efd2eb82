"""lambda_lib without its telemetry: log and metric by hand."""

from benchmarks.lib.by_hand import Writer
from benchmarks.lib.contestants.lambda_lib_routes import Resources, authenticate, routes

from lambda_lib import Handler
from lambda_lib.telemetry import Outcome

writer = Writer()


class ByHand:
    """Stands in for `lambda_lib.telemetry.Telemetry`."""

    def record(self, outcome: Outcome) -> None:
        """Write the two lines of a request."""
        writer.write(
            route=outcome.route,
            status=outcome.status,
            duration_ms=outcome.duration_ms,
            correlation_id=outcome.invocation.correlation_id,
            request_id=outcome.invocation.request_id,
        )


handler = Handler(routes, resources=Resources(), authenticate=authenticate, telemetry=ByHand())
