"""CloudWatch alarms: metric math, the state machine and its evaluation over the sandbox's metrics."""

from sandbox.monitoring.alarms.evaluator import AlarmEvaluator, AlarmStatus, HistoryItem, Transition
from sandbox.monitoring.alarms.state import MissingData, State
from sandbox.monitoring.alarms.validation import validate

__all__ = ["AlarmEvaluator", "AlarmStatus", "HistoryItem", "MissingData", "State", "Transition", "validate"]
