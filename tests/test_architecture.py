"""The rules that hold the parts apart, and the promises that docs and layout make."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import hcl2
import pytest
import yaml

from lambda_lib_release.methods import BODY, PARAMETERS, declared
from lambda_lib_release.rendering import rendered

ROOT = Path(__file__).parent.parent
SERVICES = ("authentication", "location", "profile")
PACKAGES = [
    *(ROOT / part / "src" / part for part in ("lambda_lib", "load", "sandbox")),
    ROOT / "lambda_lib/src/lambda_lib_release",
    *(ROOT / "services" / name / "src" / f"{name}_service" for name in SERVICES),
]


def test_the_import_rules_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"], cwd=ROOT, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout


def imported(module: Path) -> set[str]:
    """The top-level names that a module imports."""
    names = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("layer", ["logic", "model"])
def test_logic_and_model_know_no_aws(service: str, layer: str) -> None:
    module = ROOT / "services" / service / "src" / f"{service}_service" / f"{layer}.py"
    assert not imported(module) & {"boto3", "botocore", "aws_lambda_powertools", "moto"}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_no_part_imports_tests_or_patches_warnings(package: Path) -> None:
    for module in package.rglob("*.py"):
        assert not imported(module) & {"tests", "pytest", "conftest"}, module


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_a_package_is_typed_and_has_no_catch_all_module(package: Path) -> None:
    assert (package / "py.typed").exists()
    names = {module.stem for module in package.rglob("*.py")}
    assert not names & {"utils", "helpers", "common", "manager", "misc"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_complete_as_a_repository(service: str) -> None:
    folder = ROOT / "services" / service
    for file in ("README.md", "pyproject.toml", "requirements.lock", "openapi.json", "service.tfvars", "buildspec.yml"):
        assert (folder / file).exists(), file


def test_what_a_service_needs_of_another_is_what_the_other_checks_that_it_gives() -> None:
    needs = {
        (file.parent.parent.name, file.stem): file.read_bytes() for file in (ROOT / "services").glob("*/needs/*.json")
    }
    checked = {
        (file.stem, file.parent.parent.name): file.read_bytes()
        for file in (ROOT / "services").glob("*/consumers/*.json")
    }
    assert needs == checked
    assert needs.keys() == {
        (service, callee)
        for service in SERVICES
        for callee in hcl2.loads((ROOT / "services" / service / "service.tfvars").read_text())["calls"]
    }


def test_lambda_lib_carries_the_license_of_the_whole() -> None:
    assert (ROOT / "lambda_lib/LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_every_decision_is_one_page_with_its_four_parts() -> None:
    pages = sorted((ROOT / "docs/adr").glob("*.md"))
    assert len(pages) >= 5
    for page in pages:
        text = page.read_text()
        assert all(f"\n## {part}\n" in text for part in ("Context", "Decision", "Consequences", "Alternatives")), page
        assert len(text.splitlines()) <= 60, page


@pytest.mark.parametrize("service", SERVICES)
def test_every_method_of_a_contract_is_validated_and_invokes_the_function_once_it_is_released(service: str) -> None:
    text = (ROOT / "services" / service / "openapi.json").read_text()
    document = rendered(text, integration_uri="arn:function", name=f"dev-{service}", description=None)
    methods = declared(document).values()
    assert {(method.uri, method.validated) for method in methods} == {("arn:function", frozenset({BODY, PARAMETERS}))}


def test_builds_and_releases_run_with_the_version_of_lambda_lib_that_is_here() -> None:
    version = tomllib.loads((ROOT / "lambda_lib/pyproject.toml").read_text())["project"]["version"]
    for service in SERVICES:
        project = tomllib.loads((ROOT / "services" / service / "pyproject.toml").read_text())["project"]
        assert f"lambda-lib=={version}" in project["dependencies"], service
    variables = (ROOT / "terraform/service/variables.tf").read_text()
    (default,) = re.findall(r'variable "lambda_lib_version" {[^}]*default +=  *"(.*)"', variables)
    assert default == version


@pytest.mark.parametrize("service", SERVICES)
def test_a_build_installs_nothing_that_is_not_pinned(service: str) -> None:
    buildspec = yaml.safe_load((ROOT / "services" / service / "buildspec.yml").read_text())
    installs = [line for line in buildspec["phases"]["install"]["commands"] if "pip install" in line]
    pinned = ("--require-hashes", '"${LAMBDA_LIB:?', "--no-deps --no-build-isolation .")
    assert len(installs) == len(pinned)
    assert all(mark in line for line, mark in zip(installs, pinned, strict=True))
