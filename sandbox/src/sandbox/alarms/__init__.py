"""CloudWatch alarms: metric math, the state machine and its evaluation over the sandbox's metrics."""

from sandbox.alarms.evaluator import AlarmEvaluator, AlarmStatus, HistoryItem, Transition
from sandbox.alarms.state import MissingData, State
from sandbox.alarms.validation import validate

__all__ = ["AlarmEvaluator", "AlarmStatus", "HistoryItem", "MissingData", "State", "Transition", "validate"]
