"""What a service's tests take from its `service.tfvars` is what Terraform plans from it: the table, the environment."""

import json
from pathlib import Path
from typing import Any

import pytest

from lambda_lib.testing import find_service_declaration, table_from_plan
from running_sandbox import ROOT, SERVICES, RunningSandbox

pytestmark = pytest.mark.xdist_group("running sandbox")


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def plan(service: str, sandbox: RunningSandbox) -> Path:
    """The plan that the sandbox made of the declaration."""
    return sandbox.state / "terraform" / f"{service}.json"


def test_the_table_of_a_services_tests_is_the_planned_one(service: str, plan: Path) -> None:
    declared = find_service_declaration(ROOT / "services" / service / "tests").table_declaration()

    assert declared == table_from_plan(plan)


def test_the_environment_of_a_services_tests_is_the_planned_one(service: str, plan: Path) -> None:
    declared = find_service_declaration(ROOT / "services" / service / "tests").function_environment()

    [function] = resources_of_type("aws_lambda_function", json.loads(plan.read_text(encoding="utf-8")))
    assert [declared] == [environment["variables"] for environment in function["environment"]]


def resources_of_type(kind: str, plan: Any) -> list[Any]:
    changes = plan["resource_changes"]
    return [change["change"]["after"] for change in changes if change["type"] == kind]
