"""`apply`, a second plan and `destroy` by the real Terraform and provider in an empty account, which moto plays."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from provider_calls import calls_in, recorded_calls
from real_terraform import RealTerraform
from running_sandbox import ROOT
from sandbox.planning.plan import Plan, Resource
from sandbox.planning.source import copy_declaration, targets

pytestmark = pytest.mark.usefixtures("empty_account")

NOT_IN_MOTO = "moto does not know it"
UNFINISHED = "moto knows it, but not what the provider asks next"
NOT_APPLIED = {
    "aws_appautoscaling_policy": UNFINISHED,
    "aws_appautoscaling_target": UNFINISHED,
    "aws_budgets_budget": UNFINISHED,
    "aws_cloudwatch_composite_alarm": UNFINISHED,
    "aws_cloudwatch_query_definition": NOT_IN_MOTO,
    "aws_codeartifact_domain": NOT_IN_MOTO,
    "aws_codeartifact_repository": NOT_IN_MOTO,
    "aws_codebuild_project": "moto wants a location of a source that is a pipeline's",
    "aws_codecommit_approval_rule_template": NOT_IN_MOTO,
    "aws_codecommit_approval_rule_template_association": NOT_IN_MOTO,
    "aws_codecommit_repository": UNFINISHED,
    "aws_codepipeline": UNFINISHED,
    "aws_s3_bucket_lifecycle_configuration": "the provider waits a minute for it",
    "aws_s3_bucket_policy": "moto evaluates no condition, so that the policy would deny everything",
}
"""Types that are left out, with the reason; every other one is applied."""

OVERRIDES = {
    # moto has no virtual hosts.
    "platform": 'provider "aws" {\n  s3_use_path_style = true\n}\n',
    # moto gives the policy back without the escapes that API Gateway gives it with, and the provider cannot read it.
    "modules/api": 'resource "aws_api_gateway_rest_api" "this" {\n  policy = null\n}\n',
}
FORGOTTEN = {"aws_lambda_function": {"logging_config"}}
"""What moto does not keep, and a second plan therefore sets again; with it, a function's next version is unknown."""


@dataclass(frozen=True)
class Root:
    """A root in a copy of the declaration that moto can take, with its inputs."""

    terraform: RealTerraform
    folder: Path
    inputs: tuple[str, ...]

    def run(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> int:
        common = ("-input=false", "-no-color", "-lock=false", *self.inputs)
        return self.terraform(*arguments, *common, cwd=self.folder, codes=codes).returncode

    def plan(self, name: str) -> Plan:
        self.run("plan", f"-out={name}.tfplan")
        return Plan.parse(name, self.folder, json.dumps(self.terraform.show(f"{name}.tfplan", cwd=self.folder)))

    def state(self) -> Any:
        return json.loads((self.folder / "terraform.tfstate").read_text())


@pytest.fixture
def root_of(terraform: RealTerraform, tmp_path: Path) -> Callable[[str], Root]:
    def of(name: str) -> Root:
        [target] = [target for target in targets("dev", ["location"]) if target.name == name]
        copy_declaration(ROOT, tmp_path, [target])
        for folder, text in OVERRIDES.items():
            (tmp_path / "terraform" / folder / "moto_override.tf").write_text(text)
        unprotected = () if name == "platform" else ("-var=deletion_protection=false",)
        files = tuple(f"-var-file={tmp_path / file}" for file in target.var_files)
        root = Root(terraform, tmp_path / target.root, (*files, *unprotected))
        terraform("init", "-input=false", "-no-color", cwd=root.folder)
        return root

    return of


def leave_out(plan: Plan, resource: Resource) -> None:
    """Make a resource of the copy none, and what refers to it the value that is planned."""
    folder = plan.module_folder(resource.module)
    reference = rf"\b{resource.type}\.{resource.name}(?:\[[^]]+\])?\.(\w+)"
    for file in folder.glob("*.tf"):
        file.write_text(re.sub(reference, lambda found: json.dumps(resource.values[found[1]]), file.read_text()))
    none = "for_each = {}" if isinstance(resource.index, str) else "count = 0"
    header = f'resource "{resource.type}" "{resource.name}"'
    override = folder / "moto_override.tf"
    text = override.read_text() if override.exists() else ""
    if header not in text:
        override.write_text(f"{text}{header} {{\n  {none}\n}}\n")


def changes(change: dict[str, Any]) -> Iterator[str]:
    """The attributes that would be set to another value, which is known."""
    for name, value in change["after"].items():
        if value != change["before"][name] and change["after_unknown"].get(name) is not True:
            yield name


@pytest.mark.parametrize("name", ["platform", "location"])
def test_what_is_applied_is_what_the_next_plan_finds_until_it_is_destroyed(name, root_of, terraform):
    root, told = root_of(name), terraform.log.stat().st_size
    planned = root.plan("empty")
    for resource in planned.resources:
        if resource.type in NOT_APPLIED:
            leave_out(planned, resource)

    root.run("apply", "-auto-approve")
    applied = [resource for resource in root.state()["resources"] if resource["mode"] == "managed"]
    wanted = {(item.type, item.name) for item in planned.resources if item.type not in NOT_APPLIED}
    assert {(resource["type"], resource["name"]) for resource in applied} == wanted

    root.run("plan", "-out=second.tfplan")
    second = root.terraform.show("second.tfplan", cwd=root.folder)["resource_changes"]
    changed = {item["type"]: set(changes(item["change"])) for item in second if item["change"]["actions"] != ["no-op"]}
    assert changed == (FORGOTTEN if name == "location" else {})

    root.run("destroy", "-auto-approve")
    assert root.state()["resources"] == []
    if name == "location":
        assert calls_in(terraform.log.read_text()[told:]) == recorded_calls()


def test_every_type_that_is_left_out_is_one_that_terraform_makes():
    declared = {
        kind
        for file in ROOT.glob("terraform/**/*.tf")
        if ".terraform" not in file.parts
        for kind in re.findall(r'^resource "(\w+)"', file.read_text(), re.MULTILINE)
    }
    assert NOT_APPLIED.keys() - declared == set()
