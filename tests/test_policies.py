"""Least privilege: what each role of the plans can do, and that it can do nothing else that matters.

Every kind of role has a row in `role_rows.py`; a new one fails here until it has one. A person with a policy for people
counts as a role. What is allowed is what the role's policies and its boundary allow together.
"""

from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest

from planned_policies import Grantee, allowed_actions, catalogue, statements
from role_rows import AWS, ELSEWHERE, OTHER, PLATFORM, ROWS, SENSITIVE
from running_sandbox import ACCOUNT_ID, SERVICES
from sandbox.access.identity import Principal
from sandbox.access.policy import authorize_assume

pytestmark = pytest.mark.xdist_group("running sandbox")

MOST_CHARACTERS = {"managed": 6144, "inline": 10240}

# Why a statement's resources name nothing of the environment.
UNNAMED = {
    ("api-gateway-logs", "WriteAccessLogs"): "one role for every API of the account and region",
    ("build", "GetBearerToken"): "the token is of no resource; the condition names CodeArtifact",
    ("deployer", "FindAlarms"): "a list of alarms is authorized on all alarms",
    ("deployer", "FindLogGroupsAndKeepQueries"): "lists of groups, and saved queries, are of the account",
    ("deployer", "FindTableScaling"): "these actions know no resources",
    ("deployer", "FindUrls"): "a list of parameters is authorized on all parameters",
    ("deployer", "KeepApprovalRules"): "templates have no ARNs",
    ("deployer", "PassCodeconnections"): "only AWS knows the ids of connections",
    ("deployer", "PassCodestarConnections"): "as PassCodeconnections",
    ("deployer", "KeepApis"): "only AWS knows the ids of APIs",
    ("deployer", "LetTablesScale"): "a role that AWS names",
    ("deployer", "ScaleTables"): "only AWS knows the ids of scalable targets",
    ("function", "CallOtherServices"): "only AWS knows the ids of APIs; the callee's policy names its callers",
    ("library build", "GetBearerToken"): "as in build",
    ("load-operator", "CallSignedReads"): "as in function",
    ("load-operator", "ReadMetrics"): "this action knows no resources",
    ("load-operator", "WatchAlarms"): "a list of alarms is authorized on all alarms",
    ("operator", "WatchAlarms"): "a list of alarms is authorized on all alarms",
    ("package reader", "GetBearerToken"): "as in build",
    ("release", "Deploy"): "only AWS knows the ids of APIs; the command refuses an API of another name",
    ("release", "GetBearerToken"): "as in build",
    ("release", "MergeContract"): "as Deploy",
    ("release", "MoveStage"): "as Deploy",
    ("release", "ReadApi"): "as Deploy",
    ("release", "RemoveFromContract"): "as Deploy",
}

# Roles of the platform: only an administrator makes or changes them, or their policies (test_deployer.py).
UNBOUNDED = {
    "api-gateway-logs": "its actions are those that API Gateway asks for, and no service or pipeline has it",
    "deployer": "the boundary allows no IAM; the deployer makes bounded roles only",
    "load-operator": "it reads what the boundary does not: capacity and metrics",
}

# Who may assume a role without saying for which resource of which account it acts.
SOURCELESS = {
    "codepipeline.amazonaws.com": "https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-create-service-role-cli.html",
    "apigateway.amazonaws.com": "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html",
    # aws:SourceArn "applies only to policies where your Lambda function is the target resource".
    "lambda.amazonaws.com": "https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html",
}

# What the boundary allows although no role of these plans needs it.
SPARE = {
    "codeconnections:UseConnection": "for a service whose source is a connection",
    "codestar-connections:UseConnection": "as codeconnections:UseConnection",
    "dynamodb:BatchGetItem": "a service may name it in table.actions",
    "dynamodb:BatchWriteItem": "as BatchGetItem",
    "dynamodb:ConditionCheckItem": "as BatchGetItem",
    "dynamodb:Query": "as BatchGetItem",
    "dynamodb:Scan": "as BatchGetItem",
    "kms:Decrypt": "allowed by the policy of the artifacts' key, and nothing is allowed past the boundary",
    "kms:GenerateDataKey": "as kms:Decrypt",
    "xray:PutTelemetryRecords": "for a function with tracing",
    "xray:PutTraceSegments": "as PutTelemetryRecords",
}


def test_every_kind_of_role_has_a_row(grantees: list[Grantee]) -> None:
    assert {who.kind for who in grantees} == ROWS.keys()


def test_every_role_can_do_what_it_is_for(grantees: list[Grantee]) -> None:
    missing = [
        f"{who.name}: {action} on {resource}"
        for who in grantees
        for pattern, actions in ROWS[who.kind].can.items()
        for resource in [pattern.format(service=who.service)]
        for action in actions
        if not who.may(action, resource)
    ]
    assert missing == []


def test_no_role_can_do_a_sensitive_thing_that_its_row_does_not_name(
    grantees: list[Grantee], record_property: Any
) -> None:
    found = {
        (who.kind, action): pattern
        for who in grantees
        for pattern in SENSITIVE
        for action in who.granted
        if fnmatchcase(action, pattern)
    }
    assert set(found) == {(kind, action) for kind, row in ROWS.items() for action in row.sensitive}
    record_property("privileges", "\n".join(_table(grantees, len(found))))


def test_no_role_reaches_what_is_not_its_own_except_as_its_row_says(grantees: list[Grantee]) -> None:
    reached: dict[str, dict[str, set[str]]] = {kind: {} for kind in ROWS}
    for who in grantees:
        for owner, resource in catalogue():
            beyond = _beyond(who, owner)
            if beyond is None:
                continue
            service = resource.split(":")[2]
            actions = {one for one in who.granted if one.startswith(f"{service}:") and who.could(one, resource)}
            if actions:
                reached[who.kind].setdefault(beyond, set()).update(actions)
    assert reached == {kind: row.beyond for kind, row in ROWS.items()}


def test_a_function_finds_and_calls_only_the_services_that_it_declares(grantees: list[Grantee]) -> None:
    declared = {
        "authentication": {"profile": {"DELETE/profiles/x"}},
        "location": {"authentication": {"POST/introspect"}},
        "profile": {
            "authentication": {"POST/introspect"},
            "location": {"DELETE/locations/x", "GET/locations/x", "PUT/locations/x"},
        },
    }
    routes = {route for callees in declared.values() for callee in callees.values() for route in callee}
    for who in grantees:
        if who.kind == "function":
            assert who.service is not None
            callees = declared[who.service]
            url = AWS.format("ssm") + "parameter/dev/{}/url"
            assert {one for one in SERVICES if who.may("ssm:GetParameter", url.format(one))} == callees.keys()
            api = AWS.format("execute-api") + "x/live/"
            called = {route for route in routes if who.may("execute-api:Invoke", api + route)}
            assert called == set().union(*callees.values())


def test_no_statement_allows_an_action_by_a_wildcard_or_all_but_some(grantees: list[Grantee]) -> None:
    loose = [
        f"{who.name}: {statement['Sid']}"
        for who, statement in _allowing(grantees)
        if {"NotAction", "NotResource"} & statement.keys() or any(set("*?") & set(one) for one in statement["Action"])
    ]
    assert loose == []


def test_resources_that_name_nothing_of_the_environment_have_a_reason(grantees: list[Grantee]) -> None:
    unnamed = {
        (who.kind, statement["Sid"])
        for who, statement in _allowing(grantees)
        if any("dev" not in resource for resource in statement["Resource"])
    }
    assert unnamed == UNNAMED.keys()


def test_every_role_is_bounded_or_has_a_reason_not_to_be(grantees: list[Grantee]) -> None:
    roles = [who for who in grantees if who.role.trust_policy]
    assert {who.kind for who in roles if who.role.permissions_boundary is None} == UNBOUNDED.keys()


def test_the_boundary_allows_nothing_that_no_role_needs(grantees: list[Grantee]) -> None:
    bounded = [who for who in grantees if who.role.permissions_boundary]
    granted = frozenset[str]().union(*(who.granted for who in bounded))
    assert set(allowed_actions(*(who.role.permissions_boundary for who in bounded))) - granted == SPARE.keys()


def test_an_aws_service_assumes_a_role_for_this_account_or_has_a_reason_not_to_say(grantees: list[Grantee]) -> None:
    for who in grantees:
        for statement in who.role.trust_policy.get("Statement", ()):
            assert statement["Effect"] == "Allow"
            assert statement["Action"] == "sts:AssumeRole"
            kind, named = next(iter(statement["Principal"].items()))
            if kind == "AWS":
                # Left to the account's IAM policies, of which no planned one has sts:AssumeRole.
                assert named == f"arn:aws:iam::{ACCOUNT_ID}:root"
                continue
            assert isinstance(named, str)
            stranger = {
                "aws:SourceArn": "arn:aws:service:us-east-1:210987654321:x",
                "aws:SourceAccount": "210987654321",
            }
            for context in ({}, stranger):
                decision = authorize_assume(
                    who.role, principal=Principal.of_service(named), own_role=None, context=context
                )
                assert decision.allowed == (named in SOURCELESS), f"{who.name} for {named}"


def test_policies_are_within_the_limits_of_iam(planned: list[dict[str, Any]]) -> None:
    sizes: dict[str, int] = {}
    for item in planned:
        if item["type"] in ("aws_iam_policy", "aws_iam_role_policy"):
            name = item["name"] if item["type"] == "aws_iam_policy" else f"inline policies of {item['role']}"
            sizes[name] = sizes.get(name, 0) + len("".join(item["policy"].split()))
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    most = {name: MOST_CHARACTERS["inline" if name.startswith("inline") else "managed"] for name in sizes}
    assert {name: size for name, size in sizes.items() if size > most[name]} == {}


def test_no_policy_of_aws_is_attached_to_a_role(planned: list[dict[str, Any]]) -> None:
    attached = [item["policy_arn"] for item in planned if item["type"] == "aws_iam_role_policy_attachment"]
    assert attached
    assert all(arn.startswith(f"arn:aws:iam::{ACCOUNT_ID}:policy/dev-") for arn in attached)
    assert all(not item.get("managed_policy_arns") for item in planned if item["type"] == "aws_iam_role")


def _allowing(grantees: list[Grantee]) -> Iterator[tuple[Grantee, dict[str, Any]]]:
    for who in grantees:
        for policy in who.role.policies:
            yield from ((who, statement) for statement in statements(policy) if statement["Effect"] == "Allow")


def _beyond(who: Grantee, owner: str) -> str | None:
    """What a resource of the owner counts as; None where it is the grantee's own."""
    if owner == who.service or (who.kind == "deployer" and owner in SERVICES):
        return None
    return OTHER if owner in SERVICES else ELSEWHERE if owner == ELSEWHERE else PLATFORM


def _table(grantees: list[Grantee], allowed: int) -> Iterator[str]:
    pairs = len(grantees) * len(SENSITIVE)
    yield f"{len(grantees)} roles and people, {len(SENSITIVE)} patterns of sensitive actions: {pairs} pairs"
    yield f"{allowed} sensitive actions are allowed to a kind of role, each by its row:"
    for kind, who in sorted({who.kind: who for who in grantees}.items()):
        row = ROWS[kind]
        services = Counter(action.partition(":")[0] for action in row.sensitive)
        counted = [f"{service} {count}" for service, count in sorted(services.items())]
        sensitive = ", ".join(sorted(row.sensitive) if len(row.sensitive) == 1 else counted) or "none"
        beyond = ", ".join(f"{owner} {len(actions)}" for owner, actions in sorted(row.beyond.items())) or "nothing"
        yield f"{kind:16} {len(who.granted):3} actions | sensitive: {sensitive} | reaches beyond its own: {beyond}"
