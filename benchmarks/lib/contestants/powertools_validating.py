"""Powertools' validating resolver, Logger and Metrics: the peer of the bound."""

from benchmarks.lib.contestants.powertools_observed import Observed
from benchmarks.lib.contestants.powertools_routes import app

handler = Observed(app)
