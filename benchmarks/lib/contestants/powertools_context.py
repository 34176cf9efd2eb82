"""The validating resolver with `logger.inject_lambda_context` as well: four more log fields."""

from benchmarks.lib.contestants.powertools_observed import Observed, with_context
from benchmarks.lib.contestants.powertools_routes import app

handler = with_context(Observed(app))
