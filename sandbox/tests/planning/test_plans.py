import asyncio
import os
import stat
from pathlib import Path

import pytest

from sandbox.access.identity import Credentials
from sandbox.errors import EngineError, PlanError
from sandbox.planning.account import Account
from sandbox.planning.engine import Engine
from sandbox.planning.plan import Plan
from sandbox.planning.plans import Planner, terraform_environment
from sandbox.planning.source import Target

A_PLAN = '{"resource_changes": [], "configuration": {"root_module": {}}}'

# Stands for terraform: notes each command, and answers as the test's files beside it say.
_FAKE = """#!/bin/sh
folder=$(dirname "$0")
echo "$(basename "$PWD") $1" >> "$folder/commands"
[ "$1" = "$(cat "$folder/fails" 2>/dev/null)" ] && { cat "$folder/errors" >&2; exit 1; }
[ "$1" = version ] && cat "$folder/version"
[ "$1" = show ] && cat "$folder/shown"
exit 0
"""


class FakeTerraform:
    """A command in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.path = folder / "terraform"
        self.path.write_text(_FAKE)
        self.path.chmod(stat.S_IRWXU)
        self.says(version="1", shown=A_PLAN)

    def says(self, **files: str) -> None:
        for name, text in files.items():
            (self.folder / name).write_text(text)

    def commands(self) -> list[str]:
        lines = (self.folder / "commands").read_text().splitlines()
        (self.folder / "commands").unlink()
        return lines


@pytest.fixture
def terraform(tmp_path) -> FakeTerraform:
    return FakeTerraform(tmp_path / "bin")


TARGETS = (Target("platform", Path("platform"), ()), Target("location", Path("service"), (Path("location.tfvars"),)))


@pytest.fixture
def copy(tmp_path) -> Path:
    for root in ("platform", "service", "terraform"):
        (tmp_path / "copy" / root).mkdir(parents=True)
    (tmp_path / "copy" / "location.tfvars").write_text("name = 1")
    return tmp_path / "copy"


def plan(terraform: FakeTerraform, copy: Path, said: list[str] | None = None) -> tuple[Plan, ...]:
    planner = Planner(
        engine=Engine("terraform", (str(terraform.path),)),
        copy=copy,
        work=copy.parent / "work",
        env=os.environ,
        report=(said if said is not None else []).append,
    )
    return asyncio.run(planner.plan(TARGETS))


def test_each_root_is_initialised_once_and_each_target_planned_and_shown(terraform, copy):
    said: list[str] = []
    plans = plan(terraform, copy, said)
    assert [(one.name, one.folder.name) for one in plans] == [("platform", "platform"), ("location", "service")]
    assert sorted(terraform.commands()) == sorted(
        ["platform version", "platform init", "service init"]
        + [f"{root} {command}" for root in ("platform", "service") for command in ("plan", "show")]
    )
    assert said.pop(0) == "terraform plans platform, location …"
    assert [line.rpartition(" (")[0] for line in sorted(said)] == [
        "init platform",
        "init service",
        "plan location",
        "plan platform",
    ]


def test_a_plan_is_kept_while_nothing_has_changed(terraform, copy):
    plan(terraform, copy)
    terraform.commands()
    said: list[str] = []
    assert [one.name for one in plan(terraform, copy, said)] == ["platform", "location"]
    assert terraform.commands() == ["platform version"]
    assert said == ["plans kept, since nothing has changed: platform, location"]


def test_only_what_has_changed_is_planned_anew(terraform, copy):
    plan(terraform, copy)
    terraform.commands()
    (copy / "location.tfvars").write_text("name = 2")
    plan(terraform, copy)
    assert terraform.commands() == ["platform version", "service init", "service plan", "service show"]


def test_another_terraform_plans_anew(terraform, copy):
    plan(terraform, copy)
    terraform.commands()
    terraform.says(version="2")
    plan(terraform, copy)
    assert "platform plan" in terraform.commands()


def test_a_kept_plan_that_was_damaged_is_made_anew(terraform, copy):
    plan(terraform, copy)
    terraform.commands()
    (copy.parent / "work" / "location.json").write_text(A_PLAN[:20])
    plan(terraform, copy)
    assert "service plan" in terraform.commands()


def test_a_failure_is_one_line_that_names_the_plan(terraform, copy):
    terraform.says(
        fails="plan", errors="\nError: Invalid value for variable\n\n  on x.tf line 1:\n   1: y\n\nIt is wrong.\n"
    )
    with pytest.raises(EngineError) as caught:
        plan(terraform, copy)
    assert str(caught.value).split(": ", 1)[1] == (
        "terraform plan failed: Invalid value for variable (on x.tf line 1): It is wrong"
    )


def test_a_corrupt_plan_is_told_and_not_kept(terraform, copy):
    terraform.says(shown="{")
    for _ in range(2):
        with pytest.raises(PlanError, match="the plan of platform cannot be read"):
            plan(terraform, copy)
    assert terraform.commands().count("platform plan") == 2


def test_terraform_speaks_with_the_sandbox_and_nothing_of_the_persons_own_account_reaches_it():
    mine = {
        "PATH": "/bin",
        "AWS_PROFILE": "mine",
        "AWS_SESSION_TOKEN": "mine",
        "TF_VAR_region": "mine",
        "TF_WORKSPACE": "mine",
        "TF_PLUGIN_CACHE_DIR": "/cache",
    }
    env = terraform_environment(
        mine,
        account=Account("123456789012", "eu-west-1"),
        aws_url="http://127.0.0.1:1",
        administrator=Credentials("AKIA", "secret", None, None),
    )
    assert "mine" not in env.values()
    assert (env["PATH"], env["TF_PLUGIN_CACHE_DIR"]) == ("/bin", "/cache")
    assert (env["AWS_ENDPOINT_URL"], env["AWS_ACCESS_KEY_ID"], env["AWS_REGION"]) == (
        "http://127.0.0.1:1",
        "AKIA",
        "eu-west-1",
    )
