import copy
from typing import Any

import pytest

from sandbox.errors import PlanError
from sandbox.planning import registry
from sandbox.planning.plan import Plan
from sandbox.planning.registry.row import CheckedRow, NotEmulated, RunRow

pytestmark = pytest.mark.xdist_group("declared plans")


def edited(plan: Plan, address: str, **values: Any) -> Plan:
    """The plan with other values of one resource."""
    document = copy.deepcopy(dict(plan.document))
    change = next(one["change"] for one in document["resource_changes"] if one["address"] == address)
    change["after"].update(values)
    return Plan(plan.name, plan.folder, document)


def used_paths(value: Any, path: str) -> set[str]:
    """The dotted paths of all set values under `path`."""
    if isinstance(value, dict):
        return {path} | {used for name, part in value.items() for used in used_paths(part, f"{path}.{name}")}
    if isinstance(value, list):
        return {path} | {used for part in value for used in used_paths(part, path)}
    return {path} if value not in (None, "", False) else set()


def test_every_resource_of_the_real_plans_has_a_row(declared_plans, everything):
    registry.check([*declared_plans, everything])


def test_every_row_that_runs_and_every_attribute_in_it_is_used_by_a_plan_or_says_why_it_has_no_effect(
    declared_plans, everything
):
    used: dict[str, set[str]] = {}
    for plan in (*declared_plans, everything):
        for resource in plan.resources:
            paths = used.setdefault(resource.type, set())
            for name, value in resource.values.items():
                paths |= used_paths(value, name)
            paths |= {name for name, unknown in resource.unknown.items() if unknown is True}
    unused = [
        f"{kind}.{path}"
        for kind, row in registry.ROWS.items()
        if isinstance(row, RunRow)
        for path, treatment in row.attributes.items()
        if not isinstance(treatment, NotEmulated) and path not in used.get(kind, set())
    ]
    assert unused == []


def test_every_row_cites_the_aws_page_it_follows_or_gives_a_reason():
    for kind, row in registry.ROWS.items():
        if isinstance(row, CheckedRow):
            assert row.reason, kind
        else:
            assert row.source.startswith("https://docs.aws.amazon.com/"), kind
            assert all(one.reason for one in row.attributes.values() if isinstance(one, NotEmulated)), kind


def test_delivery_is_checked_and_not_run(declared_plans):
    checked = {(item.address, item.type) for item in registry.check(declared_plans)}
    assert ("location: module.repository[0].aws_codecommit_repository.this", "aws_codecommit_repository") in checked
    assert ("location: module.pipeline.aws_codepipeline.this", "aws_codepipeline") in checked


def test_an_attribute_without_a_treatment_is_refused_by_its_address(everything):
    plan = edited(everything, "aws_dynamodb_table.places", stream_enabled=True)
    with pytest.raises(
        PlanError, match=r"everything: aws_dynamodb_table.places: stream_enabled = True is not emulated"
    ):
        registry.check([plan])


def test_an_attribute_of_a_nested_block_is_refused_by_its_path(everything):
    plan = edited(everything, "aws_dynamodb_table.places", ttl=[{"attribute_name": "at", "enabled": True, "new": 1}])
    with pytest.raises(PlanError, match=r"aws_dynamodb_table.places: ttl.new = 1 is not emulated"):
        registry.check([plan])


def test_a_value_that_is_not_run_is_refused_where_others_are(everything):
    plan = edited(everything, "aws_dynamodb_table.places", billing_mode="PAY_PER_REQUEST")
    with pytest.raises(PlanError, match=r"billing_mode = 'PAY_PER_REQUEST' is not emulated"):
        registry.check([plan])


def test_a_value_other_than_the_default_is_refused(everything):
    plan = edited(everything, "aws_ssm_parameter.counted", tier="Advanced")
    with pytest.raises(PlanError, match=r"tier = 'Advanced' is not emulated"):
        registry.check([plan])


def test_all_refusals_are_told_at_once(everything):
    plan = edited(everything, "aws_dynamodb_table.places", stream_enabled=True, restore_to_latest_time=True)
    with pytest.raises(PlanError, match=r"stream_enabled.*; everything: .*restore_to_latest_time|restore.*; .*stream"):
        registry.check([plan])


def a_plan(change: dict[str, Any], expressions: dict[str, Any] | None = None) -> Plan:
    """A hand-made plan of one resource, `TYPE.this`."""
    address = f"{change['type']}.this"
    change = {"address": address, "mode": "managed", "name": "this", **change}
    resources = [{"address": address, "expressions": expressions or {}}]
    return Plan(
        "mine", None, {"resource_changes": [change], "configuration": {"root_module": {"resources": resources}}}
    )


def test_a_type_without_a_row_is_refused_by_its_address():
    plan = a_plan({"type": "aws_sqs_queue", "change": {"actions": ["create"], "after": {}, "after_unknown": {}}})
    with pytest.raises(PlanError, match=r"mine: aws_sqs_queue.this: the sandbox does not know the type aws_sqs_queue"):
        registry.check([plan])


def test_an_attribute_set_to_an_unknown_value_is_refused_too():
    change = {"actions": ["create"], "after": {"name": "a"}, "after_unknown": {"arn": True, "delivery_policy": True}}
    plan = a_plan(
        {"type": "aws_sns_topic", "change": change},
        {"name": {"constant_value": "a"}, "delivery_policy": {"references": ["aws_y.z.json", "aws_y.z"]}},
    )
    with pytest.raises(PlanError, match=r"mine: aws_sns_topic.this: delivery_policy is not emulated"):
        registry.check([plan])


def test_a_region_is_accepted_where_it_is_the_plans_own(everything):
    registry.check([edited(everything, "aws_dynamodb_table.places", region="us-east-1")])


def test_a_resource_in_another_region_is_refused(everything):
    plan = edited(everything, "aws_dynamodb_table.places", region="eu-west-1")
    with pytest.raises(PlanError, match=r"aws_dynamodb_table.places: region = 'eu-west-1' is not emulated"):
        registry.check([plan])


def test_what_is_autoscaled_is_said_not_to_be(everything):
    checked = {item.address: item.reason for item in registry.check([everything])}
    assert "keeps the capacity" in checked["everything: aws_appautoscaling_target.places"]


def test_a_data_source_that_the_sandbox_cannot_answer_is_refused():
    resource = {"address": "data.aws_vpc.main", "mode": "data", "type": "aws_vpc", "name": "main", "values": {}}
    document = {
        "resource_changes": [],
        "configuration": {"root_module": {}},
        "prior_state": {"values": {"root_module": {"child_modules": [{"resources": [resource]}]}}},
    }
    with pytest.raises(PlanError, match=r"mine: data.aws_vpc.main: the sandbox has no answer for .* aws_vpc"):
        registry.check([Plan("mine", None, document)])
