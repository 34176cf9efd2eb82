import json
from pathlib import Path

import pytest

from sandbox.declaration import Declaration, Index, Metric, Throttle
from sandbox.errors import PlanError
from sandbox.planning import planned
from sandbox.planning.plan import Plan

pytestmark = pytest.mark.xdist_group("declared plans")


@pytest.fixture(scope="session")
def declared(declared_plans) -> Declaration:
    return planned.read(declared_plans, api_url=lambda api: f"http://sandbox/{api}")


@pytest.fixture(scope="session")
def other(everything) -> Declaration:
    return planned.read([everything], api_url=lambda api: f"http://sandbox/{api}")


def named(items, name):
    return next(item for item in items if item.name == name)


def test_account_region_and_environment_are_those_of_the_plans(declared):
    assert (declared.account_id, declared.region, declared.environment) == ("123456789012", "us-east-1", "dev")


def test_plans_of_different_accounts_are_refused(declared_plans):
    document = {**declared_plans[0].document, "variables": {"account_id": {"value": "210987654321"}}}
    with pytest.raises(PlanError, match="do not agree in account_id: 123456789012, 210987654321"):
        planned.read([Plan("a", Path(), document), declared_plans[1]], api_url=str)


def test_a_function_is_read_with_its_alias_and_the_permission_of_its_api(declared):
    function = named(declared.functions, "dev-location")
    api = named(declared.apis, "dev-location")
    assert function.role_arn == "arn:aws:iam::123456789012:role/dev-location-function"
    assert function.aliases == ("live",)
    assert function.environment["TABLE_NAME"] == "dev-location"
    assert function.code.is_file()
    assert function.log_group == "/aws/lambda/dev-location"
    (permission,) = function.permissions
    assert permission.qualifier == "live"
    assert permission.source_arn == f"arn:aws:execute-api:us-east-1:123456789012:{api.id}/live/*"


def test_a_function_may_have_a_log_group_and_concurrency_of_its_own(other):
    function = named(other.functions, "counted-0")
    assert (function.log_group, function.reserved_concurrency, function.timeout_s) == ("/mine/counted-0", 4, 7)


def test_no_reserved_concurrency_is_none(declared):
    assert named(declared.functions, "dev-location").reserved_concurrency is None


def test_the_code_of_a_function_is_found_from_its_root(other, everything):
    code = named(other.functions, "counted-0").code
    assert code.resolve() == (everything.folder / "stack" / "code.zip").resolve()


def test_an_api_is_read_with_its_contract_policy_and_throttled_stage(declared):
    api = named(declared.apis, "dev-location")
    assert api.service == "location"
    assert "/locations/{user_id}" in api.body["paths"]
    assert "${integration_uri}" not in str(api.body)
    assert api.policy["Statement"]
    (stage,) = api.stages
    assert stage.name == "live"
    assert isinstance(stage.method_throttles["*/*"], Throttle)
    assert stage.access_log_group == "/aws/apigateway/dev-location"
    assert "$context.requestId" in stage.access_log_format


def test_an_api_policy_may_be_a_resource_of_its_own(other):
    api = named(other.apis, "keyed-c")
    assert [statement["Effect"] for statement in api.policy["Statement"]] == ["Deny"]
    assert api.binary_media_types == ("image/png",)
    assert api.stages[0].variables == {"colour": "blue"}
    assert api.stages[0].access_log_group is None


def test_the_url_parameter_of_a_service_is_the_url_of_its_stage(declared):
    api = named(declared.apis, "dev-location")
    assert named(declared.parameters, "/dev/location/url").value == f"http://sandbox/{api.id}/live"


def test_a_table_is_read_with_its_capacity_and_keys(declared):
    table = named(declared.tables, "dev-location")
    assert (table.hash_key, table.range_key, table.attribute_types) == ("user_id", None, {"user_id": "S"})
    assert table.read_capacity >= 1
    assert table.ttl_attribute is None
    assert named(declared.tables, "dev-authentication").ttl_attribute == "expires_at"


def test_an_index_is_read_with_its_own_capacity(other):
    table = named(other.tables, "places")
    assert table.range_key == "town"
    assert table.indexes == (Index("by_people", "country", "people", "INCLUDE", ("mayor",), 2, 1),)


def test_an_autoscaled_table_has_the_capacity_that_it_is_made_with(declared, other):
    table = named(other.tables, "places")
    assert (table.autoscaled, table.read_capacity, table.write_capacity) == (True, 5, 3)
    assert not named(declared.tables, "dev-location").autoscaled


def test_a_function_logs_in_its_format_and_from_its_level(declared, other):
    assert named(declared.functions, "dev-location").json_log_level == "INFO"
    assert named(other.functions, "counted-0").json_log_level == "INFO"  # Lambda's own default
    assert named(other.functions, "keyed-c").json_log_level is None


def test_a_role_has_its_inline_policies(declared):
    role = named(declared.roles, "dev-location-function")
    assert role.trust_policy["Statement"][0]["Principal"] == {"Service": "lambda.amazonaws.com"}
    sids = {statement["Sid"] for policy in role.policies for statement in policy["Statement"]}
    assert "ReadWriteOwnTable" in sids
    assert "UseTables" in {statement["Sid"] for statement in role.permissions_boundary["Statement"]}


def test_a_role_has_its_attached_policies_and_its_boundary(other):
    role = named(other.roles, "reader")
    assert role.arn == "arn:aws:iam::123456789012:role/people/reader"
    assert [policy["Statement"][0]["Action"] for policy in role.policies] == ["dynamodb:GetItem"]
    assert role.permissions_boundary["Statement"][0]["Action"] == "dynamodb:*"


def test_an_alarm_on_one_metric_has_one_query(declared):
    alarm = named(declared.alarms, "dev-location-function-errors")
    (query,) = alarm.queries
    assert query.metric == Metric("AWS/Lambda", "Errors", (("FunctionName", "dev-location"),))
    assert (query.statistic, alarm.period_s, alarm.treat_missing_data) == ("Sum", 60, "notBreaching")
    assert alarm.alarm_actions == alarm.ok_actions == ("arn:aws:sns:us-east-1:123456789012:dev-alarms",)


def test_an_alarm_on_an_expression_has_all_its_queries(declared):
    alarm = named(declared.alarms, "dev-location-read-throttle")
    returned = [query for query in alarm.queries if query.return_data]
    assert [query.metric for query in returned] == [None]
    throttles = next(query.metric for query in alarm.queries if query.id == "throttles")
    assert throttles == Metric("AWS/DynamoDB", "ReadThrottleEvents", (("TableName", "dev-location"),))
    assert alarm.period_s == 60


def test_datapoints_to_alarm_are_those_declared_or_all(declared, other):
    assert named(other.alarms, "plain").datapoints_to_alarm == 2
    assert named(other.alarms, "plain").treat_missing_data == "missing"
    assert named(declared.alarms, "dev-location-function-errors").datapoints_to_alarm == 1


def test_a_composite_alarm_is_read_with_its_rule_and_actions(declared, other):
    both = named(other.composite_alarms, "both")
    assert both.arn == "arn:aws:cloudwatch:us-east-1:123456789012:alarm:both"
    assert both.rule == "ALARM(plain) AND NOT OK(plain)"
    topics = {
        topic for actions in (both.alarm_actions, both.ok_actions, both.insufficient_data_actions) for topic in actions
    }
    assert topics == {"arn:aws:sns:us-east-1:123456789012:numbered-1"}
    assert "dev-location-api-5xx" in named(declared.composite_alarms, "dev-location-unhealthy").rule


def test_a_percentile_is_read_as_the_statistic(declared):
    (query,) = named(declared.alarms, "dev-location-api-latency").queries
    assert (query.statistic, query.metric.name) == ("p99", "Latency")


def test_log_groups_and_topics_are_read(declared):
    assert named(declared.log_groups, "/aws/lambda/dev-location").retention_days is not None
    assert [topic.arn for topic in declared.topics] == ["arn:aws:sns:us-east-1:123456789012:dev-alarms"]


def test_derived_arns_are_those_that_the_declaration_itself_computes(declared):
    role = named(declared.roles, "dev-location-function")
    function = named(declared.functions, "dev-location")
    resources = {
        resource
        for policy in role.policies
        for statement in policy["Statement"]
        for resource in ([statement["Resource"]] if isinstance(statement["Resource"], str) else statement["Resource"])
    }
    assert function.role_arn == role.arn
    assert named(declared.tables, "dev-location").arn in resources
    assert named(declared.parameters, "/dev/authentication/url").arn in resources
    assert f"{named(declared.log_groups, '/aws/lambda/dev-location').arn}:*" in resources
    integration = named(declared.apis, "dev-location").body["paths"]["/locations/{user_id}"]["get"]
    assert f"{function.arn}:live/invocations" in integration["x-amazon-apigateway-integration"]["uri"]


def test_an_api_without_a_stage_is_refused(everything):
    without = ("aws_api_gateway_stage", "aws_lambda_permission")  # the permission names the stage
    changes = [one for one in everything.document["resource_changes"] if one["type"] not in without]
    plan = Plan("everything", everything.folder, {**everything.document, "resource_changes": changes})
    with pytest.raises(PlanError, match=r"aws_api_gateway_rest_api.this: it has no stage"):
        planned.read([plan], api_url=str)


def test_a_managed_policy_of_aws_is_refused_since_the_plan_does_not_show_it(everything):
    document = json.loads(json.dumps(everything.document))
    change = next(
        one["change"] for one in document["resource_changes"] if one["type"] == "aws_iam_role_policy_attachment"
    )
    change["after"]["policy_arn"] = "arn:aws:iam::aws:policy/AdministratorAccess"
    change["after_unknown"].pop("policy_arn")
    with pytest.raises(PlanError, match=r"aws_iam_role_policy_attachment.read: no plan declares the policy .*Admin"):
        planned.read([Plan("everything", everything.folder, document)], api_url=str)


def test_a_service_is_what_its_root_declares(declared):
    assert [service.name for service in declared.services] == ["authentication", "location"]
    location = named(declared.services, "location")
    assert location.functions == ("dev-location",)
    assert location.apis == (named(declared.apis, "dev-location").id,)
    assert "/aws/lambda/dev-location" in location.log_groups


def an_edited_plan(plan, kind, **values):
    """The plan with known values in the first resource of a type."""
    document = json.loads(json.dumps(plan.document))
    change = next(one["change"] for one in document["resource_changes"] if one["type"] == kind)
    change["after"] |= values
    for name in values:
        change["after_unknown"].pop(name, None)
    return Plan(plan.name, plan.folder, document)


@pytest.mark.parametrize(
    ("kind", "attribute", "value"),
    [
        ("aws_iam_role_policy_attachment", "role", "absent"),
        ("aws_lambda_permission", "function_name", "absent"),
        ("aws_lambda_alias", "function_name", "absent"),
        ("aws_lambda_function", "role", "arn:aws:iam::123456789012:role/absent"),
        ("aws_api_gateway_rest_api_policy", "rest_api_id", "absent"),
        ("aws_cloudwatch_metric_alarm", "alarm_actions", ["arn:aws:sns:us-east-1:123456789012:absent"]),
    ],
)
def test_what_belongs_to_something_that_no_plan_declares_is_refused(everything, kind, attribute, value):
    plan = an_edited_plan(everything, kind, **{attribute: value})
    with pytest.raises(PlanError, match=rf"everything: .*{kind}\..*: {attribute} names .*absent"):
        planned.read([plan], api_url=str)


def test_settings_of_a_stage_that_is_not_there_are_refused(declared_plans):
    _, authentication, _ = declared_plans
    plan = an_edited_plan(authentication, "aws_api_gateway_method_settings", stage_name="absent")
    with pytest.raises(PlanError, match=r"aws_api_gateway_method_settings.all: the API has no stage absent"):
        planned.read([declared_plans[0], plan], api_url=str)


@pytest.mark.parametrize(("rate", "burst", "throttle"), [(-1, -1, None), (5, 10, Throttle(5, 10))])
def test_a_limit_that_is_not_set_is_no_throttle(declared_plans, rate, burst, throttle):
    settings = [{"throttling_rate_limit": rate, "throttling_burst_limit": burst}]
    plan = an_edited_plan(declared_plans[1], "aws_api_gateway_method_settings", settings=settings)
    declared = planned.read([declared_plans[0], plan], api_url=str)
    (stage,) = named(declared.apis, "dev-authentication").stages
    assert stage.method_throttles.get("*/*") == throttle


def test_a_route_has_its_own_throttle(declared):
    (stage,) = named(declared.apis, "dev-authentication").stages
    assert stage.method_throttles["~1introspect/POST"] == Throttle(4, 100)


def test_one_limit_without_the_other_is_refused(declared_plans):
    settings = [{"throttling_rate_limit": 5, "throttling_burst_limit": -1}]
    plan = an_edited_plan(declared_plans[1], "aws_api_gateway_method_settings", settings=settings)
    with pytest.raises(PlanError, match="the rate and the burst limit of a throttle are set together"):
        planned.read([declared_plans[0], plan], api_url=str)
