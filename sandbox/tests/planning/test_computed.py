import pytest

from sandbox.planning.computed import FORMATS, AwsComputed
from sandbox.planning.references import References

pytestmark = pytest.mark.xdist_group("declared plans")


@pytest.fixture(scope="session")
def derived(declared_plans, everything) -> dict[str, dict[str, object]]:
    """Every derived attribute of every resource of the plans, by root and address."""
    computed = AwsComputed(account_id="123456789012", region="us-east-1", api_url=lambda api: f"http://sandbox/{api}")
    values = {}
    for plan in (*declared_plans, everything):
        references = References(plan, computed=computed)
        for resource in plan.resources:
            formats = FORMATS.get(resource.type, {})
            values[f"{plan.name}: {resource.address}"] = {
                attribute: references.value(resource, attribute) for attribute in formats
            }
    return values


def test_every_format_is_of_an_attribute_that_is_unknown_in_a_plan(declared_plans, everything):
    unknown = {
        (resource.type, attribute)
        for plan in (*declared_plans, everything)
        for resource in plan.resources
        for attribute, value in resource.unknown.items()
        if value is True
    }
    assert {(kind, attribute) for kind, formats in FORMATS.items() for attribute in formats} <= unknown


def test_every_attribute_with_a_format_is_derived(derived):
    assert all(isinstance(value, str) and value for values in derived.values() for value in values.values())
    assert "{" not in str(list(derived["location: module.api.aws_api_gateway_stage.this"].values()))


def test_a_stage_is_derived_from_its_api(derived):
    api = derived["location: module.api.aws_api_gateway_rest_api.this"]["id"]
    assert derived["location: module.api.aws_api_gateway_stage.this"] == {
        "arn": f"arn:aws:apigateway:us-east-1::/restapis/{api}/stages/live",
        "execution_arn": f"arn:aws:execute-api:us-east-1:123456789012:{api}/live",
        "id": f"ags-{api}-live",
        "invoke_url": f"http://sandbox/{api}/live",
    }


def test_the_same_address_in_another_root_has_another_id(derived):
    address = "module.api.aws_api_gateway_rest_api.this"
    assert derived[f"location: {address}"]["id"] != derived[f"authentication: {address}"]["id"]
