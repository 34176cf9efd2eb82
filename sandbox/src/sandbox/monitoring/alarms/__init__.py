"""CloudWatch alarms: metric math, the state machine and its evaluation over the sandbox's metrics."""

from sandbox.monitoring.alarms.evaluator import AlarmEvaluator
from sandbox.monitoring.alarms.state import MissingData, State
from sandbox.monitoring.alarms.status import AlarmStatus, CompositeStatus, HistoryItem, Transition
from sandbox.monitoring.alarms.validation import validate

__all__ = [
    "AlarmEvaluator",
    "AlarmStatus",
    "CompositeStatus",
    "HistoryItem",
    "MissingData",
    "State",
    "Transition",
    "validate",
]
