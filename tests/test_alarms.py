"""What alarms, dashboards and saved queries read is what the services write: compared with the code and the plans."""

import ast
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lambda_lib import telemetry
from lambda_lib._log_line import FIELDS
from running_sandbox import ROOT, SERVICES, RunningSandbox, run

pytestmark = pytest.mark.xdist_group("running sandbox")

WORDS = frozenset(
    (
        *("fields", "filter", "stats", "sort", "limit", "by", "as", "and", "or", "desc", "asc"),
        *("count", "avg", "pct", "sum", "bin", "m", "ispresent", "requests", "failed"),
    )
)
"""The words of Logs Insights and the names that queries give themselves."""


def plan(sandbox: RunningSandbox, service: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((sandbox.state / "terraform" / f"{service}.json").read_text())
    return document


def planned(sandbox: RunningSandbox, service: str, kind: str) -> Iterator[dict[str, Any]]:
    return (one["change"]["after"] for one in plan(sandbox, service)["resource_changes"] if one["type"] == kind)


def own_metrics(service: str) -> set[str]:
    """The metrics that a service's code emits beside the standard ones."""
    names = set()
    for module in (ROOT / "services" / service / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            match node:
                case ast.Call(func=ast.Name(id="Authenticator")):
                    names.add("FailedIntrospections")
                case ast.Call(func=ast.Name(id="count" | "measure"), args=[ast.Constant(value=str(name)), *_]):
                    names.add(name)
    return names


@pytest.mark.parametrize("service", SERVICES)
def test_the_metrics_that_a_plan_says_a_service_emits_are_those_of_its_code(sandbox, service):
    emitted = set(plan(sandbox, service)["planned_values"]["outputs"]["metrics"]["value"])
    by_cause = {name for name in telemetry._TAKEN_NAMES if name.startswith("ThrottledBy")}
    assert emitted == telemetry.STANDARD_METRICS.keys() | by_cause | own_metrics(service)


@pytest.mark.parametrize("service", SERVICES)
def test_a_saved_query_reads_fields_that_the_log_has(sandbox, service):
    (stage,) = planned(sandbox, service, "aws_api_gateway_stage")
    access_log = json.loads(stage["access_log_settings"][0]["format"]).keys()
    queries = list(planned(sandbox, service, "aws_cloudwatch_query_definition"))
    assert len(queries) == 6
    for query in queries:
        bare = re.sub(r'"[^"]*"|@timestamp|\.\d+(\.\w+)?', "", query["query_string"])
        fields = set(re.findall(r"[A-Za-z]\w*", bare)) - WORDS
        is_access_log = query["log_group_names"] == [f"/aws/apigateway/dev-{service}"]
        assert fields <= (access_log if is_access_log else FIELDS), query["name"]
        assert fields, query["name"]


def test_a_dashboard_shows_every_alarm_of_its_service_and_no_other(sandbox):
    for service in SERVICES:
        (dashboard,) = planned(sandbox, service, "aws_cloudwatch_dashboard")
        (shown,) = [
            widget["properties"]["alarms"]
            for widget in json.loads(dashboard["dashboard_body"])["widgets"]
            if widget["type"] == "alarm"
        ]
        found = sandbox.aws("cloudwatch").describe_alarms(
            AlarmNamePrefix=f"dev-{service}-", AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        assert set(shown) == {alarm["AlarmArn"] for alarm in found["MetricAlarms"] + found["CompositeAlarms"]}


def test_the_declaration_passes_the_check_that_nothing_watches_what_has_no_data(sandbox, tmp_path: Path):
    folder = tmp_path / "check"  # with the plans of the sandbox that is up: they need not be made again
    shutil.copytree(sandbox.state / "terraform", folder / "terraform", symlinks=True)
    done = run("sandbox", "check", "--state-dir", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("checked: 56 alarms")


def test_provisioned_capacity_is_reported_beside_what_is_consumed(sandbox):
    listed = sandbox.aws("cloudwatch").list_metrics(Namespace="AWS/DynamoDB", MetricName="ProvisionedReadCapacityUnits")
    assert {metric["Dimensions"][0]["Value"] for metric in listed["Metrics"]} == {f"dev-{name}" for name in SERVICES}
