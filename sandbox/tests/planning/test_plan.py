import json
from pathlib import Path

import pytest

from sandbox.errors import PlanError
from sandbox.planning.plan import Plan, module_path

pytestmark = pytest.mark.xdist_group("declared plans")


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("", ()),
        ("module.api", (("api", None),)),
        ("module.api.module.stage", (("api", None), ("stage", None))),
        ("module.api[2].module.stage", (("api", 2), ("stage", None))),
        ('module.api["a.b"].module.stage["c\\"]d"]', (("api", "a.b"), ("stage", 'c"]d'))),
    ],
)
def test_a_module_address_is_a_path_of_calls_with_their_keys(address, path):
    assert module_path(address) == path


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Terraform will perform", "cannot be read: Expecting value"),
        ("[]", "not the output of `terraform show -json`"),
        ('{"format_version": "1.0"}', "not the output of `terraform show -json`"),
        (json.dumps({"resource_changes": [], "configuration": {}, "errored": True}), "is incomplete"),
    ],
)
def test_a_corrupt_plan_is_told_in_one_line(text, reason):
    with pytest.raises(PlanError, match=r"the plan of location") as caught:
        Plan.parse("location", Path(), text)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def a_plan(**change: object) -> Plan:
    document = {"resource_changes": [change], "configuration": {"root_module": {"resources": []}}}
    return Plan("location", Path(), document)


def test_a_plan_that_changes_something_is_refused():
    plan = a_plan(address="aws_x.this", mode="managed", change={"actions": ["delete", "create"]})
    with pytest.raises(PlanError, match=r"location: aws_x.this would be delete\+create, but a sandbox starts from"):
        _ = plan.resources


def test_data_that_is_read_after_apply_is_refused_by_its_address():
    plan = a_plan(address="data.aws_iam_policy_document.this", mode="data", change={"actions": ["read"]})
    with pytest.raises(PlanError, match=r"location: data.aws_iam_policy_document.this can only be read after apply"):
        _ = plan.resources


def test_the_folder_of_a_module_follows_the_calls(everything):
    assert everything.module_folder(module_path("module.counted[1]")) == everything.folder / "stack"
