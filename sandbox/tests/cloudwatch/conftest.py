from collections.abc import Callable
from typing import Any

import pytest

from sandbox.declaration import Alarm, CompositeAlarm, Metric, MetricQuery

TOPIC = "arn:aws:sns:us-east-1:123456789012:dev-alarms"


def build_alarm(*, expression: str | None = None, namespace: str = "Services", **changes: Any) -> Alarm:
    """The alarm on throttles, with a plain metric or with an `expression` over `throttles`."""
    metric = Metric(namespace, "ReadThrottleEvents", (("TableName", "dev-location"),))
    if expression is None:
        queries = (MetricQuery("m", metric, "Sum", None, return_data=True),)
    else:
        queries = (
            MetricQuery("throttles", metric, "Sum", None, return_data=False),
            MetricQuery("e", None, None, expression, return_data=True),
        )
    values: dict[str, Any] = {
        "name": "dev-location-read-throttle",
        "arn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:dev-location-read-throttle",
        "description": "Runbook: docs/runbooks/read-throttle.md",
        "queries": queries,
        "period_s": 60,
        "comparison": "GreaterThanOrEqualToThreshold",
        "threshold": 1,
        "evaluation_periods": 1,
        "datapoints_to_alarm": 1,
        "treat_missing_data": "notBreaching",
        "alarm_actions": (TOPIC,),
        "ok_actions": (TOPIC,),
        "insufficient_data_actions": (),
    }
    return Alarm(**(values | changes))


@pytest.fixture
def an_alarm() -> Callable[..., Alarm]:
    return build_alarm


def build_composite(rule: str, name: str = "dev-location-unhealthy") -> CompositeAlarm:
    """A composite alarm with this rule."""
    arn = f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}"
    return CompositeAlarm(name, arn, "Runbook: docs/runbooks/unhealthy.md", rule, (TOPIC,), (TOPIC,), ())


@pytest.fixture
def a_composite() -> Callable[..., CompositeAlarm]:
    return build_composite
