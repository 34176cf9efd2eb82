"""The policy for operators: what `terraform/operate.py` calls for them, and nothing more."""

import ast
from typing import Any

import pytest

from planned_policies import LIBRARY, Grantee
from role_rows import AWS
from running_sandbox import ROOT

pytestmark = pytest.mark.xdist_group("running sandbox")

UNAUTHORIZED = {"sts:GetCallerIdentity"}  # everybody may
# Seen before and after a release, by nothing that operate.py calls (docs/runbooks).
SEEN = {"cloudwatch:DescribeAlarms"}


@pytest.fixture(scope="module")
def operator(grantees: list[Grantee]) -> Grantee:
    [who] = [who for who in grantees if who.kind == "operator"]
    return who


def calls() -> set[str]:
    """The actions of IAM that operate.py needs: each of its calls of `aws` names a service and an operation."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / "terraform/operate.py").read_text())):
        match node:
            case ast.Call(
                func=ast.Name(id="aws"),
                args=[_, ast.Constant(value=str(service)), ast.Constant(value=str(operation)), *_],
            ):
                found.add(f"{service}:{operation.title().replace('-', '')}")
            case ast.Call(func=ast.Name(id="aws")):
                pytest.fail(f"line {node.lineno} does not say what it calls")
    return found


def test_an_operator_may_do_what_operate_calls_and_see_alarms_and_nothing_else(operator: Grantee) -> None:
    assert operator.granted == calls() - UNAUTHORIZED | SEEN


def test_an_operator_closes_the_way_into_the_stage_that_releases_or_publishes_and_into_no_other(
    operator: Grantee, planned: list[dict[str, Any]]
) -> None:
    pipelines = [item for item in planned if item["type"] == "aws_codepipeline"]
    closed = {
        (item["name"], stage["name"])
        for item in pipelines
        for stage in item["stage"]
        if operator.may(
            "codepipeline:DisableStageTransition", f"{AWS.format('codepipeline')}{item['name']}/{stage['name']}"
        )
    }
    library = f"dev-{LIBRARY}"
    assert closed == {(name := item["name"], "Build" if name == library else "Release") for item in pipelines}
