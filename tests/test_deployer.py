"""The policies under which `terraform apply` of a service runs: enough for it, and not enough to get out of bounds."""

from typing import Any

import pytest

from planned_policies import REGION, Grantee, catalogue
from provider_calls import recorded_calls
from running_sandbox import ACCOUNT_ID, SERVICES

pytestmark = pytest.mark.xdist_group("running sandbox")

ROLE = f"arn:aws:iam::{ACCOUNT_ID}:role/"
BOUNDARY = f"arn:aws:iam::{ACCOUNT_ID}:policy/dev-permissions-boundary"
ANOTHER_BOUNDARY = f"arn:aws:iam::{ACCOUNT_ID}:policy/dev-location-made-up"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:dev-location"
STATES = f"arn:aws:s3:::{ACCOUNT_ID}-{REGION}-dev-state/"


def arn(service: str, resource: str, *, region: str = REGION) -> str:
    return f"arn:aws:{service}:{region}:{ACCOUNT_ID}:{resource}"


type Part = tuple[str, set[str]]
"""An ARN, with the names of attributes for their values, and actions."""


def part(arn: str, service: str, *names: str) -> Part:
    return arn, {f"{service}:{name}" for text in names for name in text.split()}


TAGS = "TagResource UntagResource"
API = f"arn:aws:apigateway:{REGION}::/restapis"

# What services are made of, and the actions that the provider needs beyond those that were recorded against moto, which
# sees no update, authorizes no tags and does not have all of AWS. By the provider's source,
# https://github.com/hashicorp/terraform-provider-aws/tree/v5.100.0/internal/service
PARTS: dict[str, Part] = {
    "aws_api_gateway_deployment": part(f"{API}/x/deployments/y", "apigateway", "PATCH"),
    "aws_api_gateway_method_settings": part(f"{API}/x/stages/live", "apigateway"),
    "aws_api_gateway_rest_api": part(f"{API}/x", "apigateway", "PATCH UpdateRestApiPolicy"),
    "aws_api_gateway_stage": part(f"{API}/x/stages/live", "apigateway"),
    "aws_cloudwatch_composite_alarm": part(
        arn("cloudwatch", "alarm:{alarm_name}"),
        "cloudwatch",
        "PutCompositeAlarm DeleteAlarms DescribeAlarms ListTagsForResource",
        TAGS,
    ),
    "aws_cloudwatch_dashboard": part(
        arn("cloudwatch", "dashboard/{dashboard_name}", region=""),
        "cloudwatch",
        "PutDashboard GetDashboard DeleteDashboards",
    ),
    "aws_cloudwatch_event_rule": part(arn("events", "rule/{name}"), "events", TAGS),
    "aws_cloudwatch_event_target": part(arn("events", "rule/{rule}"), "events"),
    "aws_cloudwatch_log_group": part(arn("logs", "log-group:{name}:*"), "logs", TAGS),
    "aws_cloudwatch_metric_alarm": part(arn("cloudwatch", "alarm:{alarm_name}"), "cloudwatch", TAGS),
    "aws_cloudwatch_query_definition": part(
        "*", "logs", "PutQueryDefinition DescribeQueryDefinitions DeleteQueryDefinition"
    ),
    "aws_codebuild_project": part(
        arn("codebuild", "project/{name}"), "codebuild", "CreateProject BatchGetProjects UpdateProject DeleteProject"
    ),
    "aws_codecommit_repository": part(
        arn("codecommit", "{repository_name}"),
        "codecommit",
        "CreateRepository GetRepository UpdateRepositoryDescription DeleteRepository ListTagsForResource",
        TAGS,
    ),
    "aws_codepipeline": part(
        arn("codepipeline", "{name}"),
        "codepipeline",
        "CreatePipeline GetPipeline UpdatePipeline DeletePipeline ListTagsForResource",
        TAGS,
    ),
    "aws_dynamodb_table": part(
        arn("dynamodb", "table/{name}"), "dynamodb", "UpdateContinuousBackups UpdateTable UpdateTimeToLive", TAGS
    ),
    "aws_iam_role": part(
        arn("iam", "role/{name}", region=""),
        "iam",
        "PassRole PutRolePermissionsBoundary TagRole UntagRole",
        "UpdateAssumeRolePolicy UpdateRoleDescription",
    ),
    "aws_iam_role_policy": part(arn("iam", "role/{role}", region=""), "iam"),
    "aws_lambda_alias": part(arn("lambda", "function:{function_name}:{name}"), "lambda", "UpdateAlias"),
    "aws_lambda_function": part(
        arn("lambda", "function:{function_name}"),
        "lambda",
        "DeleteFunctionConcurrency GetFunctionConfiguration PublishVersion PutFunctionConcurrency",
        "UpdateFunctionCode UpdateFunctionConfiguration",
        TAGS,
    ),
    "aws_lambda_permission": part(arn("lambda", "function:{function_name}:{qualifier}"), "lambda"),
    "aws_ssm_parameter": part(arn("ssm", "parameter{name}"), "ssm", "AddTagsToResource RemoveTagsFromResource"),
}
# Of options that these services have not chosen.
OPTIONS: dict[str, Part] = {
    "a table that scales": part(
        arn("application-autoscaling", "scalable-target/x"),
        "application-autoscaling",
        "RegisterScalableTarget DeregisterScalableTarget DescribeScalableTargets",
        "PutScalingPolicy DeleteScalingPolicy DescribeScalingPolicies ListTagsForResource",
        TAGS,
    ),
    "the alarms that scale it": part(
        arn("cloudwatch", "alarm:TargetTracking-table/dev-location-AlarmHigh-x"),
        "cloudwatch",
        "PutMetricAlarm DeleteAlarms",
    ),
    "the role that scales it": part(
        f"{ROLE}aws-service-role/dynamodb.application-autoscaling.amazonaws.com/"
        "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable",
        "iam",
        "CreateServiceLinkedRole",
    ),
    "rules of approval": part(
        "*",
        "codecommit",
        "CreateApprovalRuleTemplate GetApprovalRuleTemplate DeleteApprovalRuleTemplate",
        "UpdateApprovalRuleTemplateContent UpdateApprovalRuleTemplateDescription UpdateApprovalRuleTemplateName",
    ),
    "rules of approval of a repository": part(
        arn("codecommit", "dev-location"),
        "codecommit",
        "AssociateApprovalRuleTemplateWithRepository DisassociateApprovalRuleTemplateFromRepository",
        "ListAssociatedApprovalRuleTemplatesForRepository",
    ),
    "a connection": part(arn("codeconnections", "connection/x"), "codeconnections", "PassConnection"),
    "an older connection": part(arn("codestar-connections", "connection/x"), "codestar-connections", "PassConnection"),
    "tags of an API": part(f"arn:aws:apigateway:{REGION}::/tags/x", "apigateway", "GET PUT DELETE"),
}
BACKEND = {"s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"}


@pytest.fixture(scope="module")
def deployer(grantees: list[Grantee]) -> Grantee:
    [who] = [who for who in grantees if who.kind == "deployer"]
    return who


@pytest.mark.parametrize("action", ["iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"])
def test_a_role_is_made_or_given_more_within_the_boundary_only(deployer: Grantee, action: str) -> None:
    role = f"{ROLE}dev-location-function"
    assert deployer.may(action, role, iam__PermissionsBoundary=BOUNDARY)
    assert not deployer.may(action, role, iam__PermissionsBoundary=ANOTHER_BOUNDARY)
    assert not deployer.may(action, role)


@pytest.mark.parametrize(
    "action", ["iam:DeleteRolePermissionsBoundary", "iam:AttachRolePolicy", "iam:CreatePolicyVersion", "iam:CreateUser"]
)
def test_no_way_around_the_boundary_is_open(deployer: Grantee, action: str) -> None:
    assert action not in deployer.granted


@pytest.mark.parametrize(
    "role",
    [
        "administrator",
        "dev-api-gateway-logs",
        "dev-deployer",
        "dev-lambda-lib-build",
        "dev-load-operator",
        "location-function",
        "prod-location-function",
    ],
)
def test_only_roles_of_services_are_made_changed_or_passed(deployer: Grantee, role: str) -> None:
    done = [action for action in deployer.granted if action.startswith("iam:") and deployer.could(action, ROLE + role)]
    assert done == []


def test_policies_are_nobodys_to_change_the_boundary_and_its_own_included(deployer: Grantee) -> None:
    policies = {resource for _, resource in catalogue() if ":policy/" in resource}
    assert BOUNDARY in policies
    actions = {one for one in deployer.granted if one.startswith("iam:")}
    assert [one for one in policies for action in actions if deployer.could(action, one)] == []


def test_each_role_that_a_service_is_planned_with_may_be_made_and_passed_to_the_service_that_it_trusts(
    deployer: Grantee, grantees: list[Grantee]
) -> None:
    roles = [who.role for who in grantees if who.service in SERVICES and who.role.trust_policy]
    assert len(roles) >= len(SERVICES) * 4
    for role in roles:
        assert deployer.may("iam:CreateRole", role.arn, iam__PermissionsBoundary=BOUNDARY), role.name
        trusted = role.trust_policy["Statement"][0]["Principal"]["Service"]
        assert deployer.may("iam:PassRole", role.arn, iam__PassedToService=trusted), role.name
        assert not deployer.may("iam:PassRole", role.arn, iam__PassedToService="ec2.amazonaws.com"), role.name


def test_only_api_gateway_is_let_invoke_a_function(deployer: Grantee) -> None:
    assert deployer.may("lambda:AddPermission", FUNCTION, lambda__Principal="apigateway.amazonaws.com")
    assert not deployer.may("lambda:AddPermission", FUNCTION, lambda__Principal="*")
    assert not deployer.may("lambda:AddPermission", FUNCTION)


@pytest.mark.parametrize(
    ("key", "actions"),
    [
        ("services/location.tfstate", {"s3:GetObject", "s3:PutObject"}),
        ("services/location.tfstate.tflock", {"s3:DeleteObject", "s3:GetObject", "s3:PutObject"}),
        ("platform.tfstate", set()),
        ("platform.tfstate.tflock", set()),
        ("bootstrap.tfstate", set()),
        ("services/location/notes.txt", set()),
    ],
)
def test_a_state_is_written_and_never_removed_and_those_of_other_roots_are_not_reached(
    deployer: Grantee, key: str, actions: set[str]
) -> None:
    assert {one for one in deployer.granted if one.startswith("s3:") and deployer.may(one, STATES + key)} == actions


def test_the_library_which_has_names_as_a_service_has_is_left_alone(deployer: Grantee) -> None:
    of_library = {resource for owner, resource in catalogue() if owner == "lambda-lib"}
    assert of_library
    for resource in of_library:
        service = resource.split(":")[2]
        actions = {one for one in deployer.granted if one.startswith(f"{service}:")}
        # Lists of the whole account are all that is left.
        assert {one for one in actions if deployer.could(one, resource)} <= {"logs:DescribeLogGroups"}, resource


def test_items_sources_and_log_events_are_not_read(deployer: Grantee) -> None:
    reads = {"codecommit:GitPull", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "logs:GetLogEvents"}
    assert not reads & deployer.granted


def test_every_part_of_a_service_may_be_made_changed_and_removed(
    deployer: Grantee, planned: list[dict[str, Any]]
) -> None:
    needed = {(arn, action) for arn, actions in OPTIONS.values() for action in actions}
    for item in planned:
        if item["root"] in SERVICES:
            arn, actions = PARTS[item["type"]]
            every = actions | set(recorded_calls().get(item["type"], ()))
            assert every, item["type"]
            needed |= {(arn.format_map(item), action) for action in every}
    assert sorted(f"{action} on {arn}" for arn, action in needed if not deployer.could(action, arn)) == []


def test_the_deployer_can_do_nothing_that_no_part_of_a_service_needs(deployer: Grantee) -> None:
    recorded = {action for kind in PARTS for action in recorded_calls().get(kind, ())}
    listed = {action for _, actions in (*PARTS.values(), *OPTIONS.values()) for action in actions}
    assert deployer.granted == recorded | listed | BACKEND
