"""The APIs of CloudWatch and CloudWatch Logs over the sandbox's own metrics, alarms and logs.

moto is not asked: its GetMetricData evaluates few expressions, its DescribeAlarmHistory answers from another state
than the alarms', and both its stores would grow with every request of a load test.
"""

import time
from collections.abc import Callable, Mapping

from sandbox.aws.cloudwatch.alarms import AlarmOperations
from sandbox.aws.cloudwatch.logs import LogOperations
from sandbox.aws.cloudwatch.metrics import MetricOperations
from sandbox.aws.cloudwatch.operation import Operation, checked
from sandbox.monitoring.alarms.evaluator import AlarmEvaluator
from sandbox.monitoring.logs import Logs
from sandbox.monitoring.metrics import Metrics


def operations(
    *, metrics: Metrics, alarms: AlarmEvaluator, logs: Logs, clock: Callable[[], float] = time.time
) -> Mapping[tuple[str, str], Operation]:
    """What the sandbox answers itself, by botocore's names of the service and the operation."""
    by_service: Mapping[str, tuple[Mapping[str, Operation], ...]] = {
        "cloudwatch": (
            MetricOperations(metrics=metrics, clock=clock).operations(),
            AlarmOperations(alarms=alarms, clock=clock).operations(),
        ),
        "logs": (LogOperations(logs=logs, clock=clock).operations(),),
    }
    return {
        (service, name): checked(service, name, operation)
        for service, groups in by_service.items()
        for group in groups
        for name, operation in group.items()
    }
