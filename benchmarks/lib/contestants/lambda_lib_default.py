"""lambda_lib as it comes, with all of its metrics."""

from benchmarks.lib.contestants.lambda_lib_routes import Resources, authenticate, routes

from lambda_lib import Handler

handler = Handler(routes, resources=Resources(), authenticate=authenticate)
