"""The boundary and the policies for people, by evaluating them as planned; roles are in test_policies.py."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from running_sandbox import ACCOUNT_ID
from sandbox.access.identity import Principal
from sandbox.access.policy import evaluate

pytestmark = pytest.mark.xdist_group("running sandbox")

CODECOMMIT = f"arn:aws:codecommit:us-east-1:{ACCOUNT_ID}"
LOGS = f"arn:aws:logs:us-east-1:{ACCOUNT_ID}:log-group"
UNBOUNDED = {"dev-load-operator", "dev-api-gateway-logs"}  # the platform's own, which no service and no pipeline has
LIBRARY = f"arn:aws:codeartifact:us-east-1:{ACCOUNT_ID}:package/dev/packages/pypi//lambda-lib"


@pytest.fixture(scope="module")
def managed(planned: list[dict[str, Any]]) -> Mapping[str, Any]:
    """The managed policies by name."""
    return {item["name"]: json.loads(item["policy"]) for item in planned if item["type"] == "aws_iam_policy"}


def session(role: str) -> Principal:
    arn = f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/{role}/session"
    return Principal(arn=arn, account_id=ACCOUNT_ID, role_arn=f"arn:aws:iam::{ACCOUNT_ID}:role/{role}")


def allowed(policy: Any, action: str, resource: str, *, role: str = "developer", **tags: str) -> bool:
    """Whether a policy alone lets a session of a role, with these tags, do something."""
    context = {f"aws:PrincipalTag/{name}": value for name, value in tags.items()}
    return evaluate([policy], action=action, resource=resource, principal=session(role), context=context).allowed


def grants(policy: Any) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Each action that a policy allows, on each of its resources, with the condition keys that it asks for."""
    for statement in policy["Statement"]:
        assert statement["Effect"] == "Allow"
        keys = statement.get("Condition", {}).get("StringEquals", {})
        for action in listed(statement["Action"]):
            for resource in listed(statement["Resource"]):
                yield action, resource.replace("*", "x"), keys


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_the_boundary_leaves_each_role_of_a_service_all_that_its_own_policies_allow(planned, managed):
    boundary = managed["dev-permissions-boundary"]
    policies = [item for item in planned if item["type"] == "aws_iam_role_policy" and item["role"] not in UNBOUNDED]
    assert {"dev-lambda-lib-build", "dev-location-function", "dev-profile-pipeline"} <= {p["role"] for p in policies}
    cut = [
        f"{item['role']}: {action} on {resource}"
        for item in policies
        for action, resource, keys in grants(json.loads(item["policy"]))
        if not evaluate(
            [boundary], action=action, resource=resource, principal=session(item["role"]), context=keys
        ).allowed
    ]
    assert cut == []


@pytest.mark.parametrize(
    ("role", "action", "resource"),
    [
        ("dev-location-build", "codeartifact:PublishPackageVersion", LIBRARY),
        ("dev-location-build", "iam:CreateRole", f"arn:aws:iam::{ACCOUNT_ID}:role/dev-location-other"),
        ("dev-location-build", "iam:PassRole", f"arn:aws:iam::{ACCOUNT_ID}:role/dev-location-build"),
        ("dev-location-build", "sts:AssumeRole", f"arn:aws:iam::{ACCOUNT_ID}:role/administrator"),
        ("dev-location-build", "s3:GetObject", f"arn:aws:s3:::{ACCOUNT_ID}-us-east-1-dev-state/platform.tfstate"),
        ("dev-location-function", "dynamodb:GetItem", f"arn:aws:dynamodb:us-east-1:{ACCOUNT_ID}:table/prod-location"),
        (
            "dev-location-function",
            "dynamodb:DeleteTable",
            f"arn:aws:dynamodb:us-east-1:{ACCOUNT_ID}:table/dev-location",
        ),
        (
            "dev-location-pipeline",
            "lambda:DeleteFunction",
            f"arn:aws:lambda:us-east-1:{ACCOUNT_ID}:function:dev-location",
        ),
    ],
)
def test_no_policy_of_a_role_can_get_past_the_boundary(managed, role, action, resource):
    assert not allowed(managed["dev-permissions-boundary"], action, resource, role=role)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("codecommit:GitPush", f"{CODECOMMIT}:dev-location"),
        ("codecommit:CreatePullRequest", f"{CODECOMMIT}:dev-location"),
        ("codecommit:MergePullRequestByFastForward", f"{CODECOMMIT}:dev-location"),
        ("codecommit:UpdatePullRequestApprovalState", f"{CODECOMMIT}:dev-location"),
        ("logs:FilterLogEvents", f"{LOGS}:/aws/lambda/dev-location:*"),
        ("logs:GetLogEvents", f"{LOGS}:/aws/codebuild/dev-location:log-stream:one"),
        ("codepipeline:GetPipelineState", f"arn:aws:codepipeline:us-east-1:{ACCOUNT_ID}:dev-location"),
        ("codebuild:BatchGetBuilds", f"arn:aws:codebuild:us-east-1:{ACCOUNT_ID}:project/dev-location"),
    ],
)
def test_a_developer_works_on_the_service_in_the_tag_and_on_no_other(managed, action, resource):
    policy = managed["dev-developer"]
    other = resource.replace("location", "profile")
    assert allowed(policy, action, resource, service="location")
    assert not allowed(policy, action, other, service="location")
    assert not allowed(policy, action, resource.replace("dev-", "prod-"), service="location")
    assert not allowed(policy, action, resource)


@pytest.mark.parametrize(
    "action",
    [
        "codecommit:DeletePullRequestApprovalRule",
        "codecommit:DeleteRepository",
        "codecommit:DisassociateApprovalRuleTemplateFromRepository",
        "codecommit:OverridePullRequestApprovalRules",
        "codecommit:UpdatePullRequestApprovalRuleContent",
        "codepipeline:StartPipelineExecution",
        "codepipeline:PutApprovalResult",
        "codebuild:StartBuild",
        "dynamodb:GetItem",
        "iam:PassRole",
        "lambda:InvokeFunction",
        "lambda:UpdateFunctionCode",
        "logs:DeleteLogGroup",
        "ssm:GetParameter",
    ],
)
def test_a_developer_does_nothing_else(managed, action):
    for resource in ("*", f"{CODECOMMIT}:dev-location", f"arn:aws:lambda:us-east-1:{ACCOUNT_ID}:function:dev-location"):
        assert not allowed(managed["dev-developer"], action, resource, service="location")
