"""Plans of the platform, of each service and of each example: what is unknown in them, and what a second plan shows."""

import copy
import json
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from planned_state import applied, configured_unknowns
from real_terraform import RealTerraform
from running_sandbox import ROOT, SERVICES, run
from sandbox.planning.plan import Plan
from sandbox.planning.source import Target, copy_declaration, targets

pytestmark = pytest.mark.xdist_group("plans")

EXAMPLES = tuple(sorted(path.parent.name for path in ROOT.glob("examples/services/*/service.tfvars")))
NAMES = ("platform", *SERVICES, *EXAMPLES)

API_ID = "AWS gives the id of an API"
FROM_API_ID = "made with the id of the API"
UNKNOWN = {
    "aws_kms_alias.artifacts target_key_id": "AWS gives the id of a key",
    "module.artifacts.aws_s3_bucket_server_side_encryption_configuration.this"
    " rule.apply_server_side_encryption_by_default.kms_master_key_id": "AWS gives the id of a key",
    "aws_ssm_parameter.url value": FROM_API_ID,
    "module.api.aws_api_gateway_deployment.this rest_api_id": API_ID,
    "module.api.aws_api_gateway_method_settings.all rest_api_id": API_ID,
    "module.api.aws_api_gateway_method_settings.route rest_api_id": API_ID,
    "module.api.aws_api_gateway_stage.this deployment_id": "AWS gives the id of a deployment",
    "module.api.aws_api_gateway_stage.this rest_api_id": API_ID,
    "module.api.aws_lambda_permission.invoke source_arn": FROM_API_ID,
    "module.function.aws_lambda_function.this snap_start.optimization_status": "Lambda says how far a snapshot is",
    "module.function.aws_lambda_alias.live function_version": "Lambda numbers the first version",
    "module.pipeline.aws_codepipeline.this stage.action.region": "CodePipeline fills in its own region",
    "module.pipeline.aws_codepipeline.this stage.action.run_order": "CodePipeline numbers what it is not told",
}
"""What the configuration sets and a plan does not know, with the reason; indexes and keys left out."""

ENCRYPTED = [
    {
        "apply_server_side_encryption_by_default": [
            {"kms_master_key_id": "arn of aws_kms_key.artifacts", "sse_algorithm": "aws:kms"}
        ],
        "bucket_key_enabled": True,
    }
]
TOLD = {("module.artifacts.aws_s3_bucket_server_side_encryption_configuration.this", "rule"): ENCRYPTED}

type State = dict[str, Any]


@dataclass(frozen=True)
class Root:
    """A root in the copied declaration, with the inputs of one target."""

    terraform: RealTerraform
    folder: Path
    inputs: tuple[Path, ...]

    def plan(self, *options: str, codes: tuple[int, ...] = (0,)) -> tuple[int, str]:
        """Plan, without asking AWS how the resources are; the exit code and the output."""
        common = ("-input=false", "-no-color", "-lock=false", "-refresh=false", "-detailed-exitcode")
        files = (f"-var-file={path}" for path in self.inputs)
        done = self.terraform("plan", *common, *files, *options, cwd=self.folder, codes=codes)
        return done.returncode, done.stdout

    def changes(self, state: State, inputs: Path | None = None) -> dict[str, set[str]]:
        """What a plan would change where a state is what there is: attributes by address."""
        root = self if inputs is None else Root(self.terraform, self.folder, (*self.inputs[:-1], inputs))
        file = self.folder / "terraform.tfstate"
        file.write_text(json.dumps(state))
        try:
            code, _ = root.plan("-out=second.tfplan", codes=(0, 2))
        finally:
            file.unlink()
        if code == 0:
            return {}
        changes = self.terraform.show("second.tfplan", cwd=self.folder)["resource_changes"]
        return {
            change["address"]: {
                name
                for name, planned in change["change"]["after"].items()
                if planned != change["change"]["before"].get(name)
            }
            for change in changes
            if change["change"]["actions"] != ["no-op"]
        }


@pytest.fixture(scope="module")
def declaration(tmp_path_factory: pytest.TempPathFactory, terraform: RealTerraform) -> Path:
    """A copy of the declaration, the examples among the services, its roots initialised."""
    source, folder = tmp_path_factory.mktemp("declaration"), tmp_path_factory.mktemp("plans")
    shutil.copytree(ROOT / "terraform", source / "terraform", ignore=shutil.ignore_patterns(".terraform"))
    for name in SERVICES:
        shutil.copytree(ROOT / "services" / name, source / "services" / name)
    for name in EXAMPLES:
        shutil.copytree(ROOT / "examples/services" / name, source / "services" / name)
        contract = source / "services" / name / "openapi.json"
        made = run(
            *("lambda-lib", "contract", "routes:routes", "--output", str(contract)),
            env={"PYTHONPATH": str(contract.parent)},
        )
        assert made.returncode == 0, made.stderr
    wanted = targets("dev", (*SERVICES, *EXAMPLES))
    copy_declaration(source, folder, wanted)
    for root in {target.root for target in wanted}:
        terraform("init", "-input=false", "-no-color", cwd=folder / root)
    return folder


@pytest.fixture(scope="module")
def root_of(declaration: Path, terraform: RealTerraform) -> Callable[[str], Root]:
    by_name: Mapping[str, Target] = {target.name: target for target in targets("dev", (*SERVICES, *EXAMPLES))}

    def of(name: str) -> Root:
        target = by_name[name]
        return Root(terraform, declaration / target.root, tuple(declaration / file for file in target.var_files))

    return of


@pytest.fixture(scope="module")
def plan_of(root_of: Callable[[str], Root]) -> Callable[[str], Plan]:
    """The plan of an empty account for a name, made once."""
    made: dict[str, Plan] = {}

    def of(name: str) -> Plan:
        if name not in made:
            root, file = root_of(name), f"{name}.tfplan"
            root.plan(f"-out={file}", codes=(2,))
            text = root.terraform("show", "-json", "-no-color", file, cwd=root.folder).stdout
            made[name] = Plan.parse(name, root.folder, text)
        return made[name]

    return of


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def unknown_in(plan: Plan) -> set[str]:
    return {
        f"{re.sub(r'\[[^]]*\]', '', resource.address)} {re.sub(r'\[\d+\]', '', path)}"
        for resource in plan.resources
        for path in configured_unknowns(resource)
    }


def test_all_that_is_configured_is_known_but_for_what_is_listed_with_a_reason(name, plan_of):
    unknown = unknown_in(plan_of(name))
    assert unknown
    assert unknown - UNKNOWN.keys() == set()


def test_nothing_is_listed_as_unknown_that_every_plan_knows(plan_of):
    assert UNKNOWN.keys() - set().union(*(unknown_in(plan_of(name)) for name in NAMES)) == set()


def attributes(state: State, kind: str) -> list[dict[str, Any]]:
    """Those of every resource of a type, to be edited."""
    resources = [resource for resource in state["resources"] if resource["type"] == kind]
    return [instance["attributes"] for resource in resources for instance in resource["instances"]]


def released(state: State) -> State:
    """A state as it is read in the middle of the canary of a second release."""
    edited = copy.deepcopy(state)
    for function in attributes(edited, "aws_lambda_function"):
        function.update(dict.fromkeys(("code_sha256", "last_modified", "source_code_hash"), "other"))
        function.update(dict.fromkeys(("qualified_arn", "qualified_invoke_arn"), f"{function['arn']}:3"))
        function.update({"source_code_size": 5_700_000, "version": "3"})
    for alias in attributes(edited, "aws_lambda_alias"):
        alias.update({"function_version": "2", "routing_config": [{"additional_version_weights": {"3": 0.1}}]})
    for api in attributes(edited, "aws_api_gateway_rest_api"):
        contract = json.loads(api["body"])
        contract["paths"]["/released"] = next(iter(contract["paths"].values()))
        api["body"] = json.dumps(contract)
    for stage in attributes(edited, "aws_api_gateway_stage"):
        stage["deployment_id"] = "second"
    return edited


def test_a_plan_after_a_release_is_empty(name, plan_of, root_of):
    state = applied(plan_of(name), TOLD)
    after = released(state)
    assert (after == state) == (name == "platform")
    assert root_of(name).changes(after) == {}


# By how the declaration is edited: what a plan has to show, after a release too.
MUTATIONS = {
    ("location", r"memory_mb = 512", "memory_mb = 1024"): ("module.function.aws_lambda_function.this", "memory_size"),
    ("location", r"\Z", 'log_level = "DEBUG"\n'): ("module.function.aws_lambda_function.this", "environment"),
    ("location", r'"DeleteItem", ', ""): ("module.function.aws_iam_role_policy.this", "policy"),
    ("location", r"read_capacity  = 1\n", "read_capacity = 2\n"): (
        "module.table.aws_dynamodb_table.fixed[0]",
        "read_capacity",
    ),
    ("location", r', "load-operator"', ""): ("module.api.aws_api_gateway_rest_api.this", "policy"),
    ("location", r"\Z", "throttle = { rate_per_s = 5 }\n"): (
        "module.api.aws_api_gateway_method_settings.all",
        "settings",
    ),
    ("location", r"\Z", "alarm_thresholds = { write_throttle = 7 }\n"): (
        'module.alarms.aws_cloudwatch_metric_alarm.throttle["write"]',
        "threshold",
    ),
    ("location", r"\Z", 'branch = "next"\n'): ("module.pipeline.aws_cloudwatch_event_rule.push[0]", "event_pattern"),
    ("orders", r"max = 200", "max = 300"): (
        'module.table.aws_appautoscaling_target.this["dev-orders-read"]',
        "max_capacity",
    ),
    ("orders", r"snap_start           = true", "snap_start = false"): (
        "module.function.aws_lambda_function.this",
        "snap_start",
    ),
}


@pytest.mark.parametrize("service", ["location", "orders"])
def test_each_change_of_a_declaration_shows_in_the_resource_that_it_changes(service, tmp_path, plan_of, root_of):
    root = root_of(service)
    text, expected = root.inputs[-1].read_text(), set()
    for (name, pattern, replacement), change in MUTATIONS.items():
        if name == service:
            text, edits = re.subn(pattern, replacement, text, count=1)
            assert edits == 1, pattern
            expected.add(change)
    (tmp_path / "service.tfvars").write_text(text)
    changed = root.changes(released(applied(plan_of(service), TOLD)), inputs=tmp_path / "service.tfvars")
    assert expected <= {(address, name) for address, names in changed.items() for name in names}


# What somebody, or a release that did more than its own, may have changed on AWS.
DRIFTS: dict[str, dict[tuple[str, str], Any]] = {
    "location": {
        ("aws_api_gateway_rest_api", "policy"): '{"Version": "2012-10-17", "Statement": []}',
        ("aws_api_gateway_stage", "access_log_settings"): [],
        ("aws_cloudwatch_metric_alarm", "alarm_actions"): [],
        ("aws_dynamodb_table", "write_capacity"): 40,
        ("aws_iam_role", "permissions_boundary"): "",
        ("aws_lambda_function", "timeout"): 3,
        ("aws_lambda_permission", "principal"): "*",
    },
    "platform": {
        ("aws_budgets_budget", "limit_amount"): "1000000",
        ("aws_iam_policy", "policy"): '{"Version": "2012-10-17", "Statement": []}',
        ("aws_kms_key", "enable_key_rotation"): False,
        ("aws_s3_bucket_public_access_block", "block_public_policy"): False,
        ("aws_sns_topic_policy", "policy"): '{"Version": "2012-10-17", "Statement": []}',
    },
}


@pytest.mark.parametrize("name", DRIFTS)
def test_what_is_not_a_releases_to_move_shows_when_it_has_moved(name, plan_of, root_of):
    state = released(applied(plan_of(name), TOLD))
    for (kind, attribute), value in DRIFTS[name].items():
        for resource in attributes(state, kind):
            resource[attribute] = value
    changed = root_of(name).changes(state)
    seen = {(item.type, attribute) for item in plan_of(name).resources for attribute in changed.get(item.address, ())}
    assert seen >= DRIFTS[name].keys()
