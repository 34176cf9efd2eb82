"""Every alarm that the declaration has fires and recovers on the metrics of AWS, in both readings of missing data."""

from collections.abc import Callable, Iterator

import pytest

from sandbox.declaration import Declaration, Metric
from sandbox.monitoring.alarms import AlarmEvaluator, MissingData, State
from sandbox.monitoring.metrics import Metrics
from sandbox.planning import planned
from sandbox.planning.plan import Plan

pytestmark = pytest.mark.xdist_group("declared plans")

MINUTE = 60
START = 120 * MINUTE
SERVICE = "location"
TABLE = (("TableName", "dev-location"),)
FUNCTION = (("FunctionName", "dev-location"),)
API = (("ApiName", "dev-location"), ("Stage", "live"))
OWN = (("service", SERVICE),)

type Values = Iterator[tuple[Metric, float, int]]
"""The metrics of a minute, each as a value and how often it came."""


def quiet() -> Values:
    """A minute in which all is well: 100 requests."""
    yield Metric("AWS/DynamoDB", "ConsumedReadCapacityUnits", TABLE), 0.5, 10
    yield Metric("AWS/DynamoDB", "ConsumedWriteCapacityUnits", TABLE), 1.0, 10
    yield from requests(100)


def requests(number: int, *, failed: int = 0, latency_ms: float = 20.0) -> Values:
    yield Metric("AWS/ApiGateway", "Count", API), 1.0, number
    yield Metric("AWS/ApiGateway", "5XXError", API), 1.0, failed
    yield Metric("AWS/ApiGateway", "5XXError", API), 0.0, number - failed
    yield Metric("AWS/ApiGateway", "Latency", API), latency_ms, number
    yield Metric("Services", "ServerErrors", OWN), 1.0, failed
    yield Metric("Services", "ServerErrors", OWN), 0.0, number - failed
    yield Metric("Services", "Throttled", OWN), 0.0, number
    yield from invocations(number)


def invocations(number: int, *, errors: int = 0, duration_ms: float = 10.0, concurrency: float = 2.0) -> Values:
    yield Metric("AWS/Lambda", "Errors", FUNCTION), 1.0, errors
    yield Metric("AWS/Lambda", "Errors", FUNCTION), 0.0, number - errors
    yield Metric("AWS/Lambda", "Throttles", FUNCTION), 0.0, number
    yield Metric("AWS/Lambda", "Duration", FUNCTION), duration_ms, number
    yield Metric("AWS/Lambda", "ConcurrentExecutions", FUNCTION), concurrency, number


def one(
    namespace: str, name: str, dimensions: tuple[tuple[str, str], ...], value: float = 1.0, count: int = 1
) -> Values:
    yield Metric(namespace, name, dimensions), value, count


def overload() -> Values:
    """More reads than the table has capacity for: each refused one is a 503 that the service calls throttled."""
    yield Metric("AWS/DynamoDB", "ReadThrottleEvents", TABLE), 1.0, 50
    yield Metric("Services", "Throttled", OWN), 1.0, 50
    yield from requests(50, failed=50)


# What sets each alarm off, and for how many minutes.
TROUBLE: dict[str, tuple[Callable[[], Values], int]] = {
    "read-throttle": (lambda: one("AWS/DynamoDB", "ReadThrottleEvents", TABLE), 1),
    "write-throttle": (lambda: one("AWS/DynamoDB", "WriteThrottleEvents", TABLE), 1),
    "provisioned-throttle": (lambda: one("AWS/DynamoDB", "WriteProvisionedThroughputThrottleEvents", TABLE), 1),
    "hot-key-throttle": (lambda: one("AWS/DynamoDB", "ReadKeyRangeThroughputThrottleEvents", TABLE), 1),
    "account-throttle": (lambda: one("AWS/DynamoDB", "ReadAccountLimitThrottleEvents", TABLE), 1),
    "read-capacity": (lambda: one("AWS/DynamoDB", "ConsumedReadCapacityUnits", TABLE, 0.5, 480), 1),
    "write-capacity": (lambda: one("AWS/DynamoDB", "ConsumedWriteCapacityUnits", TABLE, 1.0, 240), 1),
    "function-errors": (lambda: invocations(10, errors=1), 1),
    "function-throttles": (lambda: one("AWS/Lambda", "Throttles", FUNCTION), 1),
    "function-duration": (lambda: invocations(10, duration_ms=9_000.0), 2),
    "function-concurrency": (lambda: invocations(10, concurrency=900.0), 1),
    "api-5xx": (lambda: requests(100, failed=50), 1),
    "api-latency": (lambda: requests(100, latency_ms=2_500.0), 3),
    "server-errors": (lambda: requests(100, failed=5), 1),
    "failed-introspections": (lambda: one("Services", "FailedIntrospections", OWN), 1),
    "release-rollback": (
        lambda: one("AWS/Events", "MatchedEvents", (("RuleName", "dev-location-release-rollback"),)),
        1,
    ),
    "slo-burn-minutes": (lambda: requests(100, failed=50), 1),
    "slo-burn-hour": (lambda: requests(1_000, failed=500), 1),
}


@pytest.fixture(scope="module")
def declaration(declared_plans: tuple[Plan, ...]) -> Declaration:
    return planned.read(declared_plans, api_url=str)


def course(
    declaration: Declaration, name: str, trouble: Callable[[], Values], minutes: int, reading: MissingData
) -> list[str]:
    """The states of an alarm, each change once: a quiet hour, minutes of trouble, and two quiet hours."""
    metrics, seen = Metrics(), [State.INSUFFICIENT_DATA.value]

    async def ignore(_: object) -> None:
        """No topic is told."""

    full = f"dev-{SERVICE}-{name}"
    composites = [alarm for alarm in declaration.composite_alarms if alarm.name == full]
    alarms = [
        alarm for alarm in declaration.alarms if alarm.name == full or (composites and alarm.name in composites[0].rule)
    ]
    evaluator = AlarmEvaluator(
        alarms,
        composites=composites,
        metrics=metrics,
        on_change=ignore,
        missing_data=reading,
        created_at=START - 60 * MINUTE,
    )
    for minute in range(-60, minutes + 120):
        at = START + minute * MINUTE
        for metric, value, count in (*quiet(), *(trouble() if 0 <= minute < minutes else ())):
            if count:
                metrics.record_many(metric, value, count, "None", at + 30)
        evaluator.evaluate(at + MINUTE)
        if (state := evaluator.every[full].state.value) != seen[-1]:
            seen.append(state)
    return seen


def test_every_alarm_of_the_service_is_among_those_that_are_tried(declaration: Declaration) -> None:
    declared = {
        alarm.name.removeprefix(f"dev-{SERVICE}-") for alarm in declaration.alarms if f"-{SERVICE}-" in alarm.name
    }
    assert declared == TROUBLE.keys()


@pytest.mark.parametrize("name", TROUBLE)
def test_an_alarm_fires_on_its_trouble_and_recovers_from_it(declaration: Declaration, name: str) -> None:
    for reading in ("configured", "dynamodb-ignored"):
        assert course(declaration, name, *TROUBLE[name], reading) == ["INSUFFICIENT_DATA", "OK", "ALARM", "OK"], reading


@pytest.mark.parametrize(
    ("name", "trouble", "minutes"),
    [
        ("api-5xx", lambda: requests(3, failed=3), 1),  # a few failures are no rate
        ("api-5xx", lambda: requests(1_000, failed=5), 1),  # nor are five of a thousand
        ("api-latency", lambda: requests(100, latency_ms=2_500.0), 2),  # starts that pass
        ("function-duration", lambda: invocations(10, duration_ms=9_000.0), 1),
        ("server-errors", overload, 5),  # which would roll a good release back
        ("function-errors", overload, 5),
        ("read-capacity", lambda: one("AWS/DynamoDB", "ConsumedReadCapacityUnits", TABLE, 0.5, 400), 1),
        ("slo-burn-hour", lambda: requests(100, failed=50), 1),  # of 6,000 in an hour: within the budget
    ],
)
def test_an_alarm_stays_where_there_is_no_trouble_of_its_own(
    declaration: Declaration, name: str, trouble: Callable[[], Values], minutes: int
) -> None:
    assert course(declaration, name, trouble, minutes, "configured") == ["INSUFFICIENT_DATA", "OK"]


@pytest.mark.parametrize(
    ("trouble", "minutes"),
    [
        (TROUBLE["write-throttle"][0], 1),
        (TROUBLE["function-throttles"][0], 1),
        (TROUBLE["api-latency"][0], 3),
        (overload, 3),
    ],
)
def test_the_service_is_unhealthy_as_long_as_callers_notice(
    declaration: Declaration, trouble: Callable[[], Values], minutes: int
) -> None:
    seen = course(declaration, "unhealthy", trouble, minutes, "dynamodb-ignored")
    assert seen == ["INSUFFICIENT_DATA", "OK", "ALARM", "OK"]


def test_the_service_is_well_when_only_a_limit_comes_near(declaration: Declaration) -> None:
    assert course(declaration, "unhealthy", *TROUBLE["read-capacity"], "configured") == ["INSUFFICIENT_DATA", "OK"]
