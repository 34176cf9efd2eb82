from pathlib import Path

import pytest

from sandbox.errors import PlanError
from sandbox.planning.computed import AwsComputed
from sandbox.planning.plan import Plan, Resource
from sandbox.planning.references import References
from sandbox.planning.source import Target

pytestmark = pytest.mark.xdist_group("declared plans")


def references(plan: Plan) -> References:
    return References(
        plan,
        computed=AwsComputed(
            account_id="123456789012", region="us-east-1", api_url=lambda api: f"http://sandbox/{api}"
        ),
    )


def resource(plan: Plan, address: str) -> Resource:
    return next(one for one in plan.resources if one.address == address)


def value(plan: Plan, address: str, attribute: str):
    return references(plan).value(resource(plan, address), attribute)


def test_a_known_value_is_the_plans(everything):
    assert value(everything, "aws_dynamodb_table.places", "read_capacity") == 5


def test_an_unknown_id_is_derived_the_same_way_every_time(everything):
    first = value(everything, 'module.keyed["c"].aws_api_gateway_rest_api.this', "id")
    assert first == value(everything, 'module.keyed["c"].aws_api_gateway_rest_api.this', "id")
    assert len(first) == 10
    assert first.isalnum()


def test_every_instance_has_an_id_of_its_own(everything):
    addresses = [one.address for one in everything.resources if one.type == "aws_api_gateway_rest_api"]
    assert len({value(everything, address, "id") for address in addresses}) == len(addresses) == 4


def test_a_reference_within_a_module_stays_within_its_instance(everything):
    api = value(everything, "module.counted[1].aws_api_gateway_rest_api.this", "id")
    assert value(everything, "module.counted[1].aws_api_gateway_stage.this", "rest_api_id") == api


def test_an_output_of_a_counted_module_is_followed_to_its_instance(everything):
    api = value(everything, "module.counted[1].aws_api_gateway_rest_api.this", "id")
    assert value(everything, "aws_ssm_parameter.counted", "value") == f"http://sandbox/{api}/prod"


def test_a_template_of_outputs_keeps_its_text(everything):
    keyed = value(everything, 'module.keyed["c"].aws_api_gateway_rest_api.this', "id")
    counted = value(everything, "module.counted[0].aws_api_gateway_rest_api.this", "id")
    assert value(everything, "aws_ssm_parameter.keyed", "value") == (
        f"see http://sandbox/{keyed}/prod/things and http://sandbox/{counted}/prod"
    )


def test_a_module_key_with_a_dot_is_one_key(everything):
    api = value(everything, 'module.keyed["a.b"].aws_api_gateway_rest_api.this', "id")
    assert value(everything, 'module.keyed["a.b"].aws_lambda_permission.this', "source_arn") == (
        f"arn:aws:execute-api:us-east-1:123456789012:{api}/prod/GET/*"
    )


def test_a_variable_of_a_module_is_followed_to_its_call(everything):
    assert value(everything, "module.counted[0].aws_lambda_function.this", "role") == (
        "arn:aws:iam::123456789012:role/people/reader"
    )


def test_one_instance_of_a_counted_resource_is_found_in_a_list(everything):
    assert value(everything, "aws_cloudwatch_metric_alarm.plain", "insufficient_data_actions") == [
        "arn:aws:sns:us-east-1:123456789012:numbered-1"
    ]


def test_what_aws_decides_and_nobody_declares_has_no_value(everything):
    assert value(everything, "aws_iam_role.reader", "unique_id") is None


UNRESOLVABLE = """
resource "terraform_data" "source" {}
locals { through = terraform_data.source.id }
resource "terraform_data" "function" { input = upper(terraform_data.source.id) }
resource "terraform_data" "local" { input = local.through }
resource "terraform_data" "underivable" { input = terraform_data.source.id }
resource "terraform_data" "whole" { input = terraform_data.source }
resource "terraform_data" "lines" {
  input = <<-EOT
    ${terraform_data.source.id}
  EOT
}
"""


@pytest.fixture(scope="session")
def unresolvable(make_plans, tmp_path_factory) -> Plan:
    folder = tmp_path_factory.mktemp("unresolvable")
    (folder / "source" / "root").mkdir(parents=True)
    (folder / "source" / "root" / "main.tf").write_text(UNRESOLVABLE)
    (plan,) = make_plans(folder / "source", folder / "work", [Target("root", Path("root"), ())])
    return plan


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("function", "made from terraform_data.source.id by more than a template of references on one line"),
        ("lines", "made from terraform_data.source.id by more than a template of references on one line"),
        ("local", "the plan does not tell local.through; refer to a resource"),
        ("underivable", "nothing derives terraform_data.id"),
        ("whole", "terraform_data.source is a whole resource; refer to one of its attributes"),
    ],
)
def test_what_cannot_be_followed_exactly_is_refused_by_its_address(unresolvable, name, reason):
    with pytest.raises(PlanError) as caught:
        value(unresolvable, f"terraform_data.{name}", "input")
    assert str(caught.value).startswith(f"root: terraform_data.{name}: input is unknown until apply")
    assert reason in str(caught.value)


def test_an_unknown_part_of_a_dynamic_block_is_refused_since_the_plan_does_not_tell_its_source():
    change = {
        "address": "aws_x.this",
        "mode": "managed",
        "type": "aws_x",
        "name": "this",
        "change": {"actions": ["create"], "after": {"part": [{}]}, "after_unknown": {"part": [{"arn": True}]}},
    }
    configuration = {"root_module": {"resources": [{"address": "aws_x.this", "expressions": {}}]}}
    plan = Plan("root", Path(), {"resource_changes": [change], "configuration": configuration})
    with pytest.raises(PlanError, match=r"root: aws_x.this: part is unknown .* it has dynamic blocks"):
        value(plan, "aws_x.this", "part")
