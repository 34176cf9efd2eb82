"""The policy for operators: what `terraform/operate.py` calls for them, what its runbook does, and nothing more."""

import ast
import re
from typing import Any

import pytest

from planned_policies import LIBRARY, Grantee
from role_rows import AWS
from running_sandbox import ROOT

pytestmark = pytest.mark.xdist_group("running sandbox")

UNAUTHORIZED = {"sts:GetCallerIdentity"}  # everybody may
# The state of alarms is seen before and after a release, and `rollback` may ask for an execution to be stopped.
BY_HAND = {"cloudwatch:DescribeAlarms", "codepipeline:StopPipelineExecution"}


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


def in_runbook() -> set[str]:
    """The actions of IAM that the runbook of a failed release needs."""
    text = (ROOT / "docs/runbooks/release-rollback.md").read_text()
    return {
        f"{service}:{operation.title().replace('-', '')}"
        for service, operation in re.findall(r"\baws (\w+) ([a-z-]+)", text)
    }


def test_an_operator_may_do_what_operate_calls_and_the_runbook_says_and_nothing_else(operator: Grantee) -> None:
    assert {"codepipeline:RetryStageExecution", "cloudwatch:DescribeAlarmHistory"} < in_runbook()
    assert operator.granted == calls() - UNAUTHORIZED | in_runbook() | BY_HAND


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
