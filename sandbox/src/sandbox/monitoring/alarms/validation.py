"""What makes an alarm one that the sandbox can evaluate: checked when a plan is read, never at evaluation."""

from sandbox.declaration import Alarm
from sandbox.errors import PlanError
from sandbox.monitoring.alarms.queries import Queries, compile_queries
from sandbox.monitoring.alarms.series import ExpressionError
from sandbox.monitoring.alarms.state import COMPARISONS, evaluation_range
from sandbox.monitoring.metrics import RETENTION_S

HIGH_RESOLUTION_PERIODS_S = frozenset({10, 20, 30})
TREATMENTS = frozenset({"missing", "ignore", "breaching", "notBreaching"})


def validate(alarm: Alarm) -> Queries:
    """Check `alarm` and compile its queries.

    Raises:
        PlanError: The sandbox cannot evaluate the alarm, or AWS would refuse it; the message names the alarm.
    """
    try:
        queries = compile_queries(alarm.queries)
    except ExpressionError as error:
        raise PlanError(f"alarm {alarm.name}: {error}") from error
    for message, holds in _conditions(alarm):
        if not holds:
            raise PlanError(f"alarm {alarm.name}: {message}")
    return queries


def _conditions(alarm: Alarm) -> list[tuple[str, bool]]:
    actions = (*alarm.ok_actions, *alarm.alarm_actions, *alarm.insufficient_data_actions)
    returned = [query.id for query in alarm.queries if query.return_data]
    return [
        ("exactly one query must return data", len(returned) == 1),
        ("a query must read a metric", any(query.metric is not None for query in alarm.queries)),
        ("the sandbox acts on SNS topics only", all(action.split(":")[2:3] == ["sns"] for action in actions)),
        (f"the sandbox does not evaluate the comparison {alarm.comparison}", alarm.comparison in COMPARISONS),
        (f"missing data cannot be treated as {alarm.treat_missing_data}", alarm.treat_missing_data in TREATMENTS),
        (
            f"a period is 10, 20 or 30 seconds or a multiple of 60, not {alarm.period_s}",
            alarm.period_s in HIGH_RESOLUTION_PERIODS_S or (alarm.period_s > 0 and alarm.period_s % 60 == 0),
        ),
        (
            f"{alarm.datapoints_to_alarm} of {alarm.evaluation_periods} datapoints cannot be evaluated",
            1 <= alarm.datapoints_to_alarm <= alarm.evaluation_periods,
        ),
        (
            f"its evaluation range must be within the {RETENTION_S // 3600} hours for which metrics are kept",
            evaluation_range(alarm) * alarm.period_s <= RETENTION_S,
        ),
    ]


def returned_id(alarm: Alarm) -> str:
    """The id of the query whose values are compared with the threshold."""
    return next(query.id for query in alarm.queries if query.return_data)
