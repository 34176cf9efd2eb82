"""lambda_lib with its own telemetry, cut down to the one metric that all contestants write."""

from benchmarks.lib.contestants.lambda_lib_routes import Resources, authenticate, routes

from lambda_lib import Handler
from lambda_lib.telemetry import Telemetry

telemetry = Telemetry("orders", metrics=("Requests",))
handler = Handler(routes, resources=Resources(), authenticate=authenticate, telemetry=telemetry)
