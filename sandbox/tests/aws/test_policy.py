from typing import Any

import pytest

from sandbox.access.identity import Principal
from sandbox.access.policy import authorize_assume, authorize_identity, evaluate
from sandbox.access.statements import compile_policy
from sandbox.declaration import Role
from sandbox.errors import PlanError

ACCOUNT = "123456789012"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/location"
SESSION = Principal(f"arn:aws:sts::{ACCOUNT}:assumed-role/location/ops", ACCOUNT, ROLE_ARN)
ADMINISTRATOR = Principal(f"arn:aws:iam::{ACCOUNT}:user/administrator", ACCOUNT, None)
LAMBDA = Principal.of_service("lambda.amazonaws.com")
TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/dev-location"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"


def document(*statements: dict[str, Any], version: str = "2012-10-17") -> dict[str, Any]:
    return {"Version": version, "Statement": list(statements)}


def statement(**elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "*", "Resource": "*", **elements}


def decide(
    *statements, action="dynamodb:GetItem", resource=TABLE, principal=SESSION, context=None, version="2012-10-17"
):
    policies = [document(*statements, version=version)]
    return evaluate(policies, action=action, resource=resource, principal=principal, context=context or {})


def allows(*statements, **request):
    return decide(*statements, **request).allowed


def test_nothing_is_allowed_by_default():
    decision = decide()
    assert (decision.allowed, decision.explicit_deny) == (False, False)
    assert decision.reason == f"no statement allows dynamodb:GetItem on {TABLE}"


def test_a_statement_allows_by_name():
    assert decide(statement(Sid="ReadAll")).reason == "ReadAll"


def test_a_deny_wins_wherever_it_stands():
    for statements in (
        [statement(), statement(Effect="Deny", Sid="No")],
        [statement(Effect="Deny", Sid="No"), statement()],
    ):
        decision = decide(*statements)
        assert (decision.allowed, decision.explicit_deny, decision.reason) == (False, True, "No")


def test_policies_are_evaluated_together():
    policies = [document(statement()), document(statement(Effect="Deny", Action="dynamodb:*"))]
    assert evaluate(policies, action="dynamodb:GetItem", resource=TABLE, principal=SESSION, context={}).explicit_deny


def test_a_single_statement_need_not_be_a_list():
    policy = {"Version": "2012-10-17", "Statement": statement()}
    assert evaluate([policy], action="a:B", resource="*", principal=SESSION, context={}).allowed


@pytest.mark.parametrize(
    ("action", "allowed"),
    [
        ("dynamodb:GetItem", True),
        ("DynamoDB:getitem", True),
        ("dynamodb:Get*", True),
        ("dynamodb:?etItem", True),
        ("dynamodb:Get", False),
        ("*", True),
        ("s3:*", False),
        (["s3:*", "dynamodb:GetItem"], True),
    ],
)
def test_actions_match_without_case_and_with_wildcards(action, allowed):
    assert allows(statement(Action=action)) is allowed


def test_not_action_is_every_other_action():
    not_put = {"Effect": "Allow", "NotAction": "dynamodb:Put*", "Resource": "*"}
    assert allows(not_put)
    assert not allows(not_put, action="dynamodb:PutItem")


@pytest.mark.parametrize(
    ("resource", "allowed"),
    [
        (TABLE, True),
        (f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/DEV-location", False),
        (f"arn:aws:dynamodb:*:{ACCOUNT}:table/dev-*", True),
        ("arn:aws:dynamodb:*:*:*", True),
        ("arn:aws:dynamodb:us-east-?:*:table/dev-locatio?", True),
        ("arn:aws:dynamodb:*:table/dev-location:x", False),
        (f"{TABLE}/index/*", False),
        ([f"{TABLE}/index/*", TABLE], True),
    ],
)
def test_resources_match_part_by_part(resource, allowed):
    assert allows(statement(Resource=resource)) is allowed


def test_a_wildcard_reaches_over_colons_only_in_the_last_part():
    log = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/lambda/dev:log-stream:x"
    assert allows(statement(Resource=f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/*"), resource=log)
    assert not allows(statement(Resource="arn:aws:logs:*:log-group:/aws/lambda/dev:log-stream:x"), resource=log)


def test_not_resource_is_every_other_resource():
    elsewhere = {"Effect": "Allow", "Action": "*", "NotResource": TABLE}
    assert not allows(elsewhere)
    assert allows(elsewhere, resource=f"{TABLE}-2")


def test_an_action_without_resource_needs_the_star():
    assert not allows(statement(Resource=TABLE), resource="*")
    assert allows(statement(), resource="*")


@pytest.mark.parametrize(
    ("element", "allowed"),
    [
        ("*", True),
        ({"AWS": "*"}, True),
        ({"AWS": ACCOUNT}, True),
        ({"AWS": ROOT}, True),
        ({"AWS": ROLE_ARN}, True),
        ({"AWS": SESSION.arn}, True),
        ({"AWS": ["arn:aws:iam::123456789012:role/profile", ROLE_ARN]}, True),
        ({"AWS": "arn:aws:iam::123456789012:role/profile"}, False),
        ({"AWS": "999999999999"}, False),
        ({"Service": "lambda.amazonaws.com"}, False),
        ({"Federated": "cognito-identity.amazonaws.com"}, False),
    ],
)
def test_a_principal_is_a_session_its_role_or_its_account(element, allowed):
    assert allows(statement(Principal=element)) is allowed


def test_an_anonymous_request_is_only_the_star():
    assert allows(statement(Principal="*"), principal=None)
    assert not allows(statement(Principal={"AWS": ROOT}), principal=None)


def test_a_service_is_a_principal():
    trust = statement(Principal={"Service": ["lambda.amazonaws.com"]})
    assert allows(trust, principal=LAMBDA)
    assert not allows(trust, principal=Principal.of_service("events.amazonaws.com"))
    assert not allows(statement(Principal={"AWS": ROOT}), principal=LAMBDA)


def test_a_deny_with_not_principal_spares_only_whom_it_lists_with_role_and_account():
    def deny_all_but(*names):
        return {"Effect": "Deny", "Action": "*", "Resource": "*", "NotPrincipal": {"AWS": list(names)}}

    assert decide(statement(), deny_all_but(ROLE_ARN)).explicit_deny
    assert decide(statement(), deny_all_but(ROLE_ARN, ROOT, SESSION.arn)).allowed
    assert decide(statement(), deny_all_but(ROOT), principal=None).explicit_deny


def test_an_allow_with_not_principal_leaves_out_whom_it_lists():
    allow_others = {"Effect": "Allow", "Action": "*", "Resource": "*", "NotPrincipal": {"AWS": ROLE_ARN}}
    assert not allows(allow_others)
    assert allows(allow_others, principal=ADMINISTRATOR)


CONDITIONS = [
    ("StringEquals", ["a", "b"], "b", True),
    ("StringEquals", "a", "A", False),
    ("StringEquals", "a*", "ab", False),
    ("StringEqualsIgnoreCase", "a", "A", True),
    ("StringNotEquals", ["a", "b"], "c", True),
    ("StringNotEquals", ["a", "b"], "b", False),
    ("StringNotEqualsIgnoreCase", "a", "A", False),
    ("StringLike", "a*c?", "abbcd", True),
    ("StringLike", "a*", "A", False),
    ("StringNotLike", "a*", "abc", False),
    ("ArnEquals", "arn:aws:iam::*:role/dev-*", "arn:aws:iam::1:role/dev-x", True),
    ("ArnLike", "arn:aws:*:role/dev-*", "arn:aws:iam::1:role/dev-x", "neither"),
    ("ArnNotLike", "arn:aws:iam::*:role/dev-*", "arn:aws:iam::1:role/dev-x", False),
    ("ArnNotEquals", "arn:aws:iam::1:role/a", "arn:aws:iam::1:role/b", True),
    ("NumericEquals", "10", "10.0", True),
    ("NumericNotEquals", 10, "11", True),
    ("NumericLessThan", "10", "10", False),
    ("NumericLessThanEquals", "10", "10", True),
    ("NumericGreaterThan", 10, "10.5", True),
    ("NumericGreaterThanEquals", "10", "9", False),
    ("NumericEquals", "10", "ten", False),
    ("Bool", "true", "True", True),
    ("Bool", False, "false", True),
    ("Bool", "true", "false", False),
    ("IpAddress", ["10.0.0.0/8", "203.0.113.7"], "10.1.2.3", True),
    ("IpAddress", "10.0.0.0/8", "11.1.2.3", False),
    ("IpAddress", "10.0.0.0/8", "nowhere", False),
    ("NotIpAddress", "10.0.0.0/8", "11.1.2.3", True),
]


@pytest.mark.parametrize(("operator", "values", "actual", "allowed"), CONDITIONS)
def test_a_condition_compares(operator, values, actual, allowed):
    conditional = statement(Condition={operator: {"aws:Key": values}})
    if allowed == "neither":
        with pytest.raises(PlanError, match="neither"):
            allows(conditional, context={"aws:Key": actual})
    else:
        assert allows(conditional, context={"AWS:key": actual}) is allowed


@pytest.mark.parametrize(
    ("operator", "allowed"),
    [
        ("StringEquals", False),
        ("StringNotEquals", True),
        ("StringEqualsIfExists", True),
        ("StringNotEqualsIfExists", True),
        ("ArnNotLike", True),
        ("IpAddress", False),
        ("ForAllValues:StringEquals", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAnyValue:StringNotEquals", False),
        ("ForAnyValue:StringEqualsIfExists", True),
    ],
)
def test_a_missing_key_fails_every_condition_but_the_negated_ones(operator, allowed):
    value = {"ArnNotLike": "arn:aws:iam::1:role/a", "IpAddress": "10.0.0.0/8"}.get(operator, "a")
    assert allows(statement(Condition={operator: {"aws:Missing": value}})) is allowed


def test_if_exists_compares_a_key_that_exists():
    conditional = statement(Condition={"StringEqualsIfExists": {"aws:Key": "a"}})
    assert allows(conditional, context={"aws:Key": "a"})
    assert not allows(conditional, context={"aws:Key": "b"})


def test_null_asks_whether_a_key_is_missing():
    for value, allowed in (("true", False), (False, True)):
        conditional = statement(Condition={"Null": {"aws:Key": value}})
        assert allows(conditional, context={"aws:Key": "a"}) is allowed
        assert allows(conditional) is not allowed


@pytest.mark.parametrize(
    ("operator", "actual", "allowed"),
    [
        ("ForAnyValue:StringEquals", ["x", "a"], True),
        ("ForAnyValue:StringEquals", ["x", "y"], False),
        ("ForAllValues:StringEquals", ["a", "b"], True),
        ("ForAllValues:StringEquals", ["a", "x"], False),
        ("ForAllValues:StringNotEquals", ["x", "y"], True),
        ("ForAnyValue:StringNotEquals", ["a", "b"], False),
    ],
)
def test_several_values_count_as_the_quantifier_says(operator, actual, allowed):
    conditional = statement(Condition={operator: {"aws:TagKeys": ["a", "b"]}})
    assert allows(conditional, context={"aws:TagKeys": actual}) is allowed


def test_every_condition_has_to_hold():
    conditional = statement(Condition={"StringEquals": {"aws:A": "1", "aws:B": "2"}, "Bool": {"aws:C": "true"}})
    assert allows(conditional, context={"aws:A": "1", "aws:B": "2", "aws:C": "true"})
    assert not allows(conditional, context={"aws:A": "1", "aws:B": "2", "aws:C": "false"})
    assert not allows(conditional, context={"aws:A": "1", "aws:B": "3", "aws:C": "true"})


def test_the_principal_arn_of_a_session_is_its_role():
    conditional = statement(Effect="Deny", Condition={"ArnNotEquals": {"aws:PrincipalArn": ROLE_ARN}})
    assert not decide(conditional).explicit_deny
    assert decide(conditional, principal=ADMINISTRATOR).explicit_deny
    assert decide(conditional, principal=None).explicit_deny


def test_keys_of_the_principal_can_be_conditions():
    of_account = {"StringEquals": {"aws:PrincipalAccount": ACCOUNT, "aws:PrincipalType": "AssumedRole"}}
    assert allows(statement(Condition=of_account))
    by_service = {"StringEquals": {"aws:PrincipalServiceName": "lambda.amazonaws.com"}}
    assert allows(statement(Condition=by_service), principal=LAMBDA)


def test_variables_are_replaced_by_values_of_the_request():
    own = statement(Resource="arn:aws:s3:::bucket/${aws:PrincipalAccount}/*")
    assert allows(own, resource=f"arn:aws:s3:::bucket/{ACCOUNT}/a")
    assert not allows(own, resource="arn:aws:s3:::bucket/2/a")


def test_a_variable_may_stand_in_a_condition():
    same = statement(Condition={"StringEquals": {"aws:Key": "${aws:PrincipalAccount}"}})
    assert allows(same, context={"aws:Key": ACCOUNT})


def test_the_value_of_a_variable_is_taken_literally():
    own = statement(Resource="arn:aws:s3:::bucket/${aws:Key}")
    assert not allows(own, resource="arn:aws:s3:::bucket/everything", context={"aws:Key": "*"})
    assert allows(own, resource="arn:aws:s3:::bucket/*", context={"aws:Key": "*"})


def test_a_variable_without_a_value_matches_nothing_unless_it_has_a_default():
    assert not allows(statement(Resource="arn:aws:s3:::bucket/${aws:Key}"), resource="arn:aws:s3:::bucket/")
    assert allows(statement(Resource="arn:aws:s3:::b/${aws:Key, 'team'}"), resource="arn:aws:s3:::b/team")


def test_wildcards_can_be_escaped():
    star = statement(Resource="arn:aws:s3:::bucket/${*}")
    assert allows(star, resource="arn:aws:s3:::bucket/*")
    assert not allows(star, resource="arn:aws:s3:::bucket/a")


def test_an_old_version_knows_no_variables():
    old = statement(Resource="arn:aws:s3:::bucket/${aws:PrincipalAccount}")
    assert not allows(old, resource=f"arn:aws:s3:::bucket/{ACCOUNT}", version="2008-10-17")


@pytest.mark.parametrize(
    ("elements", "message"),
    [
        ({"Effect": "allow"}, 'Effect is "allow"'),
        ({"Condition": {"DateLessThan": {"aws:CurrentTime": "2030-01-01"}}}, "DateLessThan is unknown or not emulated"),
        ({"Condition": {"SomeValue:StringEquals": {"a": "b"}}}, "SomeValue:StringEquals is unknown"),
        ({"Condition": {"Null": {"a": "maybe"}}}, "Null takes true or false"),
        ({"Condition": {"NumericEquals": {"a": "b"}}}, "could not convert"),
        ({"Condition": {"IpAddress": {"a": "b"}}}, "does not appear to be an IPv4 or IPv6 network"),
        ({"Condition": "always"}, "has no attribute"),
        ({"Resource": "table/x"}, '"table/x" is neither'),
        ({"Resource": "execute-api:/*"}, "is neither"),
        ({"Principal": {"Robot": "x"}}, "unknown kind of principal Robot"),
        ({"Principal": {"AWS": "arn:aws:iam::1:role/*"}}, "wildcard cannot stand for a part"),
        ({"NotAction": "a:b"}, "both Action and NotAction"),
    ],
)
def test_what_is_wrong_or_not_emulated_is_an_error_with_the_name_of_the_statement(elements, message):
    with pytest.raises(PlanError, match="Odd") as caught:
        compile_policy(document(statement(Sid="Odd", **elements)))
    assert message in str(caught.value)


def test_a_statement_without_action_is_an_error():
    with pytest.raises(PlanError, match="statement number 1: neither Action nor NotAction"):
        compile_policy(document({"Effect": "Allow", "Resource": "*"}))


@pytest.mark.parametrize(
    "policy",
    [
        document(statement(Conditions={"StringEquals": {"aws:PrincipalAccount": "1"}})),
        {**document(statement()), "Conditions": {}},
    ],
)
def test_an_element_that_is_misspelt_is_an_error_and_not_ignored(policy):
    with pytest.raises(PlanError, match="there is no element Conditions"):
        compile_policy(policy)


def a_role(*policies, trust=None, boundary=None):
    return Role("location", ROLE_ARN, trust or document(), policies, boundary)


def by_identity(role, principal=SESSION):
    return authorize_identity(role, action="dynamodb:GetItem", resource=TABLE, principal=principal, context={})


def test_the_administrator_may_do_everything():
    assert by_identity(None, ADMINISTRATOR).allowed


def test_a_boundary_limits_and_does_not_grant():
    everything, nothing, other = document(statement()), document(), document(statement(Action="s3:*"))
    assert by_identity(a_role(everything, boundary=everything)).allowed
    assert not by_identity(a_role(nothing, boundary=everything)).by_boundary
    decision = by_identity(a_role(everything, boundary=other))
    assert (decision.allowed, decision.by_boundary) == (False, True)


def may_assume(trusted, principal, own_role=None):
    role = a_role(trust=document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": trusted}))
    return authorize_assume(role, principal=principal, own_role=own_role, context={}).allowed


def test_a_role_is_assumed_by_whom_it_trusts():
    assert may_assume({"Service": "lambda.amazonaws.com"}, LAMBDA)
    assert not may_assume({"Service": "lambda.amazonaws.com"}, ADMINISTRATOR)
    assert may_assume({"AWS": ROOT}, ADMINISTRATOR)


def test_trust_in_a_role_suffices_and_trust_in_its_account_does_not():
    assert may_assume({"AWS": ROLE_ARN}, SESSION, a_role())
    assert not may_assume({"AWS": ROOT}, SESSION, a_role())
    assert may_assume({"AWS": ROOT}, SESSION, a_role(document(statement(Action="sts:AssumeRole"))))


def test_a_role_that_is_trusted_can_still_be_denied_by_its_own_policy():
    assert not may_assume({"AWS": ROLE_ARN}, SESSION, a_role(document(statement(Effect="Deny"))))
