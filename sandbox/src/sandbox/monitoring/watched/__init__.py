"""Whether what is watched can have data: AWS's metrics as a table, and the check of metrics against it."""

from sandbox.monitoring.watched.check import faults, not_emitted_here
from sandbox.monitoring.watched.world import Watched, World

__all__ = ["Watched", "World", "faults", "not_emitted_here"]
