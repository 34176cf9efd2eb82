"""The rules that hold the parts apart, and the promises that docs and layout make."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SERVICES = ("authentication", "location", "profile")
PACKAGES = [
    *(ROOT / part / "src" / part for part in ("lambda_lib", "load", "sandbox")),
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


def test_what_profile_needs_of_location_is_what_location_checks_that_it_gives() -> None:
    needed = (ROOT / "services/profile/needs/location.json").read_bytes()
    assert needed == (ROOT / "services/location/consumers/profile.json").read_bytes()


def test_lambda_lib_carries_the_license_of_the_whole() -> None:
    assert (ROOT / "lambda_lib/LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_every_decision_is_one_page_with_its_four_parts() -> None:
    pages = sorted((ROOT / "docs/adr").glob("*.md"))
    assert len(pages) >= 5
    for page in pages:
        text = page.read_text()
        assert all(f"\n## {part}\n" in text for part in ("Context", "Decision", "Consequences", "Alternatives")), page
        assert len(text.splitlines()) <= 60, page
