"""`terraform fmt`, `validate` and `test` for every module and root, by whichever engine is found."""

import shutil
import zipfile
from pathlib import Path

import pytest

from real_terraform import RealTerraform

ROOT = Path(__file__).parent.parent
FOLDERS = sorted(
    path.parent.relative_to(ROOT) for path in ROOT.glob("terraform/**/versions.tf") if ".terraform" not in path.parts
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of Terraform's folders, the examples and the runbooks, so that `init` leaves nothing in the repository."""
    folder = tmp_path_factory.mktemp("terraform")
    shutil.copytree(ROOT / "docs/runbooks", folder / "docs/runbooks")
    shutil.copytree(ROOT / "examples", folder / "examples")
    shutil.copytree(ROOT / "terraform", folder / "terraform", ignore=shutil.ignore_patterns(".terraform"))
    return folder


def test_every_file_is_formatted(terraform: RealTerraform) -> None:
    terraform("fmt", "-check", "-recursive", "-diff", "terraform", "examples", cwd=ROOT)


# Each on whichever worker is free.
@pytest.mark.parametrize("folder", [pytest.param(f, marks=pytest.mark.xdist_group(str(f))) for f in FOLDERS], ids=str)
def test_a_module_is_valid_and_passes_its_tests(terraform: RealTerraform, copy: Path, folder: Path) -> None:
    assert list((copy / folder / "tests").glob("*.tftest.hcl")), f"{folder} has no tests"
    for command in (["init", "-backend=false", "-input=false"], ["validate"], ["test"]):
        terraform(*command, "-no-color", cwd=copy / folder)


def test_the_example_of_a_table_is_planned_with_what_makes_it_grow(terraform: RealTerraform, copy: Path) -> None:
    folder = copy / "examples/table"
    terraform("init", "-input=false", "-no-color", cwd=folder)
    terraform("plan", "-out=tfplan", "-var=environment=dev", "-var=region=us-east-1", "-no-color", cwd=folder)
    planned = terraform.show("tfplan", cwd=folder)["planned_values"]["root_module"]["child_modules"][0]["resources"]
    limits = {item["values"]["max_capacity"] for item in planned if item["type"] == "aws_appautoscaling_target"}
    assert limits == {50, 100}


def test_the_placeholder_is_made_of_its_source() -> None:
    module = ROOT / "terraform/modules/function"
    with zipfile.ZipFile(module / "placeholder.zip") as bundle:
        assert bundle.namelist() == ["main.py"]
        assert bundle.read("main.py") == (module / "placeholder/main.py").read_bytes()
