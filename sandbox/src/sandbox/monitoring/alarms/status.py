"""An alarm with its state, its reason and its history."""

import json
from collections import deque
from dataclasses import dataclass, field

from sandbox.declaration import Alarm, CompositeAlarm
from sandbox.monitoring.alarms.queries import Queries
from sandbox.monitoring.alarms.reasons import INITIAL
from sandbox.monitoring.alarms.rule import Rule
from sandbox.monitoring.alarms.state import State

HISTORY_PER_ALARM = 100


@dataclass(frozen=True, slots=True)
class Transition:
    """An alarm's change of state. `actions` are the ARNs to act on: none where the actions are disabled."""

    alarm: Alarm | CompositeAlarm
    old: State
    new: State
    reason: str
    reason_data: str
    at: float
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """An entry of DescribeAlarmHistory; `data` is JSON."""

    at: float
    type: str
    summary: str
    data: str


@dataclass(slots=True, kw_only=True)
class Status[Kind: (Alarm, CompositeAlarm)]:
    """An alarm with its state, as DescribeAlarms shows it. Times are seconds since the epoch."""

    alarm: Kind
    created_at: float
    transitioned_at: float = field(init=False)
    updated_at: float = field(init=False)
    state: State = State.INSUFFICIENT_DATA
    reason: str = INITIAL
    reason_data: str = "{}"
    actions_enabled: bool = True
    history: deque[HistoryItem] = field(default_factory=lambda: deque(maxlen=HISTORY_PER_ALARM))

    def __post_init__(self) -> None:
        """Remember the creation."""
        self.transitioned_at = self.updated_at = self.created_at
        created = json.dumps({"version": "1.0", "type": "Create"})
        summary = f'Alarm "{self.alarm.name}" created'
        self.history.append(HistoryItem(self.created_at, "ConfigurationUpdate", summary, created))

    def change(self, new: State, reason: str, reason_data: str, at: float) -> Transition | None:
        """Set the state; a transition is returned and remembered where it is another state."""
        old, old_reason = self.state, self.reason
        self.state, self.reason, self.reason_data, self.updated_at = new, reason, reason_data, at
        if new is old:
            return None
        self.transitioned_at = at
        states = {
            "version": "1.0",
            "oldState": {"stateValue": old, "stateReason": old_reason},
            "newState": {"stateValue": new, "stateReason": reason, "stateReasonData": json.loads(reason_data)},
        }
        summary = f"Alarm updated from {old} to {new}"
        self.history.append(HistoryItem(at, "StateUpdate", summary, json.dumps(states)))
        actions = self.actions_of(new) if self.actions_enabled else ()
        return Transition(self.alarm, old, new, reason, reason_data, at, actions)

    def actions_of(self, state: State) -> tuple[str, ...]:
        """The ARNs to act on when the alarm comes into `state`."""
        return {
            State.OK: self.alarm.ok_actions,
            State.ALARM: self.alarm.alarm_actions,
            State.INSUFFICIENT_DATA: self.alarm.insufficient_data_actions,
        }[state]


@dataclass(slots=True, kw_only=True)
class AlarmStatus(Status[Alarm]):
    """A metric alarm with its state, and how often it is evaluated."""

    queries: Queries
    period_s: int
    interval_s: int


@dataclass(slots=True, kw_only=True)
class CompositeStatus(Status[CompositeAlarm]):
    """A composite alarm with its state."""

    rule: Rule
