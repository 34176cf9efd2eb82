"""`docs/cost.py`: what it makes of plans, by amounts worked out by hand, and whether the page is current."""

import json
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from running_sandbox import ROOT, RunningSandbox

SCRIPT = ROOT / "docs" / "cost.py"
COST = runpy.run_path(str(SCRIPT))


def a_plan(folder: Path, name: str, *resources: tuple[str, dict[str, Any]]) -> Any:
    """The resources of a plan, as Terraform shows it."""
    changes = [{"mode": "managed", "type": kind, "change": {"after": after}} for kind, after in resources]
    (folder / f"{name}.json").write_text(json.dumps({"resource_changes": changes}))
    return COST["resources"](folder / f"{name}.json")


def a_table(read: int, write: int, *indexes: dict[str, int]) -> tuple[str, dict[str, Any]]:
    capacity = {"read_capacity": read, "write_capacity": write}
    return "aws_dynamodb_table", capacity | {"global_secondary_index": list(indexes)}


def an_alarm(metrics: int) -> tuple[str, dict[str, Any]]:
    queries = [{"metric": [{"metric_name": "Errors"}]}] * metrics + [{"metric": [], "expression": "a + b"}]
    return "aws_cloudwatch_metric_alarm", {"metric_query": queries if metrics > 1 else []}


def test_a_month_at_rest_is_capacity_alarms_dashboards_and_keys(tmp_path):
    # 730 hours of 3 read units (0.2847) and 2 write units (0.949); 3 metrics and a composite; a dashboard; a key.
    service = a_plan(
        tmp_path,
        "orders",
        a_table(1, 1, {"read_capacity": 2, "write_capacity": 1}),
        an_alarm(1),
        an_alarm(2),
        ("aws_cloudwatch_composite_alarm", {}),
        ("aws_cloudwatch_dashboard", {}),
    )
    _, _, orders, platform, total = COST["rest"]({"orders": service}, a_plan(tmp_path, "platform", ("aws_kms_key", {})))
    assert list(orders) == ["orders", "3, 2", "1.23", "0.80 (3; 3)", "3.00", "0.00", "**5.03**"]
    assert platform[-1] == "**1.00**"
    assert total[-1] == "**6.03**"


@pytest.mark.parametrize(("architecture", "duration"), [("x86_64", "1.67"), ("arm64", "1.33")])
def test_a_million_requests_are_told_apart_by_memory_and_instruction_set(tmp_path, architecture, duration):
    function = ("aws_lambda_function", {"memory_size": 1024, "architectures": [architecture]})
    _, _, orders = COST["million"]({"orders": a_plan(tmp_path, "orders", function)})
    assert list(orders)[2:7] == ["3.50", "0.20", duration, "1.00", "0.14"]


@pytest.mark.parametrize(
    ("strategy", "minutes"),
    [("AllAtOnce", 1), ("Canary10Percent5Minutes", 6), ("Linear10PercentEvery1Minute", 11), (None, 1)],
)
def test_a_deployment_waits_as_its_strategy_says(strategy, minutes):
    configuration = {} if strategy is None else {"DeployStrategy": strategy}
    assert COST["minutes"]({"name": "MoveAlias", "provider": "Lambda", "configuration": configuration}) == minutes


def run(plans: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), "--plans", str(plans), "--check"]
    return subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False)


def test_a_page_that_is_not_what_the_plans_come_to_is_told(tmp_path):
    function = ("aws_lambda_function", {"memory_size": 1024, "architectures": ["arm64"]})
    build = ("aws_codebuild_project", {"environment": [{"compute_type": "BUILD_GENERAL1_SMALL"}]})
    a_plan(tmp_path, "orders", a_table(1, 1), function, build, ("aws_codepipeline", {"stage": []}))
    a_plan(tmp_path, "platform")
    done = run(tmp_path)
    assert (done.returncode, done.stderr) == (1, "docs/cost.md is not current (make up, make cost)\n")


def test_plans_that_are_not_there_are_told(tmp_path):
    done = run(tmp_path)
    assert (done.returncode, done.stderr) == (2, f"{tmp_path}: no plans: `make up` first\n")


@pytest.mark.xdist_group("running sandbox")
def test_the_page_is_what_the_plans_come_to(sandbox: RunningSandbox):
    done = run(sandbox.state / "terraform")
    assert done.returncode == 0, done.stderr
