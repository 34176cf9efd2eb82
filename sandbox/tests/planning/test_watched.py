"""What could never have data is refused by its address: deliberately wrong alarms, dashboards and queries."""

import json
from typing import Any

import pytest

from sandbox.declaration import Metric
from sandbox.errors import PlanError
from sandbox.monitoring.watched import Watched, World, faults, not_emitted_here
from sandbox.monitoring.watched.emitted import NAMESPACES
from sandbox.planning import planned
from sandbox.planning.plan import Plan

pytestmark = pytest.mark.xdist_group("declared plans")

WORLD = World(
    tables={"dev-location": frozenset({"by_owner"}), "dev-profile": frozenset()},
    functions={"dev-location": frozenset({"live"})},
    apis={"dev-location": frozenset({"live"})},
    rules=frozenset({"dev-location-release-rollback"}),
    pipelines=frozenset({"dev-location"}),
    own={"Services": {"location": frozenset({"Requests", "Throttled"})}},
)
TABLE = {"TableName": "dev-location"}
INDEX = {"TableName": "dev-location", "GlobalSecondaryIndexName": "by_owner"}
FUNCTION = {"FunctionName": "dev-location"}
API = {"ApiName": "dev-location", "Stage": "live"}


def found(
    namespace: str, name: str, dimensions: dict[str, str], statistic: str = "Sum", period_s: int = 60
) -> list[str]:
    metric = Metric(namespace, name, tuple(sorted(dimensions.items())))
    return list(faults([Watched("location: alarm", metric, statistic, period_s)], WORLD))


@pytest.mark.parametrize(
    "right",
    [
        ("AWS/DynamoDB", "ReadThrottleEvents", TABLE),
        ("AWS/DynamoDB", "ReadThrottleEvents", INDEX),
        ("AWS/DynamoDB", "ThrottledRequests", TABLE | {"Operation": "GetItem"}),
        ("AWS/DynamoDB", "SuccessfulRequestLatency", TABLE | {"Operation": "GetItem"}, "p99"),
        ("AWS/DynamoDB", "WriteKeyRangeThroughputThrottleEvents", INDEX),
        ("AWS/DynamoDB", "WriteAccountLimitThrottleEvents", TABLE),
        ("AWS/DynamoDB", "ProvisionedReadCapacityUnits", TABLE, "Average", 300),
        ("AWS/Lambda", "Errors", FUNCTION),
        ("AWS/Lambda", "Errors", {}),
        ("AWS/Lambda", "Duration", FUNCTION | {"Resource": "dev-location:live"}, "p99.9"),
        ("AWS/Lambda", "ConcurrentExecutions", FUNCTION, "Maximum"),
        ("AWS/ApiGateway", "5XXError", API),
        ("AWS/ApiGateway", "Latency", {"ApiName": "dev-location"}, "p50"),
        ("AWS/Events", "MatchedEvents", {"RuleName": "dev-location-release-rollback"}),
        ("AWS/CodePipeline", "FailedPipelineExecutions", {"PipelineName": "dev-location"}),
        ("Services", "Throttled", {"service": "location"}),
    ],
)
def test_what_has_data_is_let_pass(right: tuple[Any, ...]) -> None:
    assert found(*right) == []


# In words: what is wrong, the metric, and what the person reads.
WRONG = {
    "a namespace without its AWS/": (("ApiGateway", "5XXError", API), "is AWS/ApiGateway meant?"),
    "a namespace in another case": (("AWS/dynamodb", "ReadThrottleEvents", TABLE), "is AWS/DynamoDB meant?"),
    "a namespace of nobody": (
        ("Shop", "Orders", {}),
        "nothing declared here emits into the namespace Shop; there is AWS/",
    ),
    "another namespace's metric": (("AWS/Lambda", "5XXError", FUNCTION), "nobody emits it"),
    "a metric that nobody emits": (("AWS/DynamoDB", "ReadThrotleEvents", TABLE), "is ReadThrottleEvents meant?"),
    "a metric of another case": (("AWS/Lambda", "errors", FUNCTION), "is Errors meant?"),
    "throttled requests without their operation": (
        ("AWS/DynamoDB", "ThrottledRequests", TABLE),
        "it comes with Operation and TableName, not with TableName",
    ),
    "throttles of all tables": (("AWS/DynamoDB", "ReadThrottleEvents", {}), "not with no dimension"),
    "an index without its table": (
        ("AWS/DynamoDB", "ReadThrottleEvents", {"GlobalSecondaryIndexName": "by_owner"}),
        "it comes with GlobalSecondaryIndexName and TableName or with TableName, not with GlobalSecondaryIndexName",
    ),
    "one dimension too many": (
        ("AWS/DynamoDB", "ReadThrottleEvents", TABLE | {"Operation": "GetItem"}),
        "not with Oper",
    ),
    "account limits of writes to an index": (
        ("AWS/DynamoDB", "WriteAccountLimitThrottleEvents", INDEX),
        "it comes with Tab",
    ),
    "a dimension of another case": (
        ("AWS/Lambda", "Errors", {"functionName": "dev-location"}),
        "not with functionName",
    ),
    "another service's table": (
        ("AWS/DynamoDB", "ReadThrottleEvents", {"TableName": "dev-locations"}),
        "TableName is dev-locations, and no plan declares such table; there is dev-location, dev-profile",
    ),
    "an index that is not there": (
        ("AWS/DynamoDB", "ReadThrottleEvents", TABLE | {"GlobalSecondaryIndexName": "by_town"}),
        "GlobalSecondaryIndexName is by_town, and no plan declares such index of the table; there is by_owner",
    ),
    "another table's index": (
        ("AWS/DynamoDB", "ReadThrottleEvents", {"TableName": "dev-profile", "GlobalSecondaryIndexName": "by_owner"}),
        "no plan declares such index of the table; there is none",
    ),
    "an operation that is none": (
        ("AWS/DynamoDB", "ThrottledRequests", TABLE | {"Operation": "Get"}),
        "such operation",
    ),
    "a function that is not there": (("AWS/Lambda", "Errors", {"FunctionName": "location"}), "such function"),
    "an alias that is not there": (
        ("AWS/Lambda", "Errors", FUNCTION | {"Resource": "dev-location:prod"}),
        "such alias of the function; there is dev-location, dev-location:live",
    ),
    "an alias by its bare name": (
        ("AWS/Lambda", "Errors", FUNCTION | {"Resource": "live"}),
        "such alias of the function",
    ),
    "an API by its id": (
        ("AWS/ApiGateway", "Count", {"ApiId": "a1b2c3"}),
        "it comes with ApiName or with ApiName and Stage",
    ),
    "another API": (("AWS/ApiGateway", "Count", API | {"ApiName": "location"}), "such API"),
    "another stage": (("AWS/ApiGateway", "Count", API | {"Stage": "prod"}), "such stage of the API; there is live"),
    "a stage without its API": (("AWS/ApiGateway", "Count", {"Stage": "live"}), "not with Stage"),
    "a metric by method, which no stage asks for": (
        ("AWS/ApiGateway", "Count", API | {"Method": "GET", "Resource": "/locations/{user_id}"}),
        "not with ApiName and Method and Resource and Stage",
    ),
    "a rule that is not there": (("AWS/Events", "MatchedEvents", {"RuleName": "dev-location-push"}), "such rule"),
    "another pipeline": (("AWS/CodePipeline", "FailedPipelineExecutions", {"PipelineName": "x"}), "such pipeline"),
    "an own metric that the code does not emit": (
        ("Services", "FailedIntrospections", {"service": "location"}),
        "location does not emit it; there is Requests and Throttled; what its code adds is in own_metrics",
    ),
    "an own metric of another service": (("Services", "Requests", {"service": "shop"}), "no function emits as such"),
    "an own metric without its service": (
        ("Services", "Requests", {}),
        "with the one dimension service, not with no dim",
    ),
    "an own metric by function": (("Services", "Requests", FUNCTION), "not with FunctionName"),
    "percentiles of a count": (
        ("AWS/DynamoDB", "ReadThrottleEvents", TABLE, "p99"),
        "it has no p99: take SampleCount or Sum",
    ),
    "the average of throttles": (("AWS/DynamoDB", "ReadThrottleEvents", TABLE, "Average"), "it has no Average"),
    "a statistic that is none": (("AWS/Lambda", "Errors", FUNCTION, "Total"), "Total is no statistic"),
    "seconds of what comes by the minute": (
        ("AWS/Lambda", "Errors", FUNCTION, "Sum", 10),
        "it comes every 60 s, so that most periods of 10 s are empty",
    ),
    "minutes of what comes by five minutes": (
        ("AWS/DynamoDB", "ProvisionedReadCapacityUnits", TABLE, "Average", 60),
        "it comes every 300 s",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_can_have_no_data_is_told_with_its_address_and_what_to_write_instead(wrong: str) -> None:
    watched, message = WRONG[wrong]
    (fault,) = found(*watched)
    assert fault.startswith(f"location: alarm: {watched[0]} {watched[1]} has no data: ")
    assert message in fault


def test_every_namespace_names_the_page_of_aws_that_lists_its_metrics() -> None:
    for name, namespace in NAMESPACES.items():
        assert namespace.source.startswith("https://docs.aws.amazon.com/"), name


def test_what_only_aws_emits_is_said_with_the_reason() -> None:
    assert not_emitted_here(Metric("AWS/Events", "MatchedEvents", ())).startswith("no pipeline runs here")
    assert not_emitted_here(Metric("AWS/Lambda", "Errors", ())) == ""
    assert not_emitted_here(Metric("Services", "Requests", ())) == ""


def edited(plan: Plan, address: str, **values: Any) -> Plan:
    """The plan with other values of one resource."""
    changes = [
        {**one, "change": {**one["change"], "after": {**one["change"]["after"], **values}}}
        if one["address"] == address
        else one
        for one in plan.document["resource_changes"]
    ]
    assert changes != plan.document["resource_changes"], address
    return Plan(plan.name, plan.folder, {**plan.document, "resource_changes": changes})


ERRORS = 'module.alarms.aws_cloudwatch_metric_alarm.function["function-errors"]'
COMPOSITE = "module.alarms.aws_cloudwatch_composite_alarm.unhealthy"
DASHBOARD = "module.dashboard.aws_cloudwatch_dashboard.this"
QUERY = 'module.dashboard.aws_cloudwatch_query_definition.this["errors"]'
TOPIC = "arn:aws:sns:us-east-1:123456789012:nobody"


def a_dashboard(widget: dict[str, Any]) -> str:
    return json.dumps({"widgets": [{"type": "metric", **widget}]})


def a_graph(*metrics: list[Any], **options: Any) -> str:
    return a_dashboard({"properties": {"title": "Graph", "metrics": list(metrics), **options}})


@pytest.mark.parametrize(
    ("address", "values", "message"),
    [
        (ERRORS, {"namespace": "Lambda"}, "Lambda Errors has no data: .* is AWS/Lambda meant"),
        (
            ERRORS,
            {"dimensions": {"FunctionName": "dev-profile"}},
            "such function; there is dev-authentication, dev-location",
        ),
        (ERRORS, {"namespace": "Services", "dimensions": {"service": "location"}}, "location does not emit it"),
        (ERRORS, {"alarm_actions": [TOPIC]}, f"alarm_actions names {TOPIC}, but no plan declares such aws_sns_topic"),
        (COMPOSITE, {"ok_actions": [TOPIC]}, f"ok_actions names {TOPIC}, but no plan declares such aws_sns_topic"),
        (COMPOSITE, {"alarm_rule": "ALARM(absent)"}, "no plan declares the alarm absent of its alarm_rule"),
        (COMPOSITE, {"alarm_rule": "ALARM("}, "alarm_rule: expected"),
        (QUERY, {"log_group_names": ["/aws/lambda/absent"]}, "no plan declares the log group /aws/lambda/absent"),
        (
            DASHBOARD,
            {"dashboard_body": a_graph(["AWS/Lambda", "Errors", "FunctionName", "absent"])},
            "graph 'Graph': AWS/Lambda Errors has no data: FunctionName is absent",
        ),
        (
            DASHBOARD,
            {"dashboard_body": a_graph(["AWS/DynamoDB", "ReadThrottleEvents", "TableName", "dev-location"], period=60)},
            "it has no Average",  # which is what a dashboard shows where nothing is said
        ),
        (
            DASHBOARD,
            {"dashboard_body": a_graph(["AWS/Lambda", "Errors"], ["...", {"stat": "Sum"}])},
            "write the metric out",
        ),
        (
            DASHBOARD,
            {"dashboard_body": a_dashboard({"type": "alarm", "properties": {"alarms": ["arn:of:nobody"]}})},
            "no plan declares the alarm arn:of:nobody that it shows",
        ),
        (
            DASHBOARD,
            {"dashboard_body": a_dashboard({"type": "explorer"})},
            "a widget of type explorer reads is not checked",
        ),
    ],
)
def test_a_plan_that_watches_what_is_not_there_is_refused_by_address(
    declared_plans: tuple[Plan, ...], address: str, values: dict[str, Any], message: str
) -> None:
    platform, authentication, location = declared_plans
    with pytest.raises(PlanError, match=message) as refusal:
        planned.read([platform, authentication, edited(location, address, **values)], api_url=str)
    assert f"location: {address}" in str(refusal.value)


def test_all_faults_are_told_at_once(declared_plans: tuple[Plan, ...]) -> None:
    platform, authentication, location = declared_plans
    plan = edited(edited(location, ERRORS, namespace="Lambda"), COMPOSITE, alarm_rule="ALARM(absent)")
    with pytest.raises(PlanError, match=r"is AWS/Lambda meant\?; location: .*no plan declares the alarm absent"):
        planned.read([platform, authentication, plan], api_url=str)


def test_a_text_and_an_expression_read_nothing_of_their_own(declared_plans: tuple[Plan, ...]) -> None:
    platform, authentication, location = declared_plans
    for body in (a_dashboard({"type": "text"}), a_graph([{"expression": "1 + 1"}])):
        planned.read([platform, authentication, edited(location, DASHBOARD, dashboard_body=body)], api_url=str)


def test_alarms_that_have_no_data_in_a_sandbox_are_among_what_is_only_checked(declared_plans: tuple[Plan, ...]) -> None:
    declared = planned.read(declared_plans, api_url=str)
    reasons = {item.address: item.reason for item in declared.checked if item.type == "aws_cloudwatch_metric_alarm"}
    alarms = "location: module.alarms.aws_cloudwatch_metric_alarm"
    assert reasons[f"{alarms}.release_rollback"].startswith("has no data here: no pipeline runs here")
    assert f"{alarms}.api_5xx" not in reasons
