"""`terraform fmt`, `validate` and `test` for every module and root, by whichever engine is found."""

import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from sandbox.planning.engine import find_engine

ROOT = Path(__file__).parent.parent
ENGINE = find_engine(os.environ)
FOLDERS = sorted(
    path.parent.relative_to(ROOT) for path in ROOT.glob("terraform/**/versions.tf") if ".terraform" not in path.parts
)


def terraform(*arguments: str, cwd: Path) -> None:
    done = subprocess.run([*ENGINE.command, *arguments], cwd=cwd, text=True, capture_output=True, check=False)
    assert done.returncode == 0, f"{ENGINE.name} {' '.join(arguments)}\n{done.stdout}{done.stderr}"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the Terraform folder and the runbooks, so that `init` leaves nothing in the repository."""
    folder = tmp_path_factory.mktemp("terraform")
    shutil.copytree(ROOT / "docs/runbooks", folder / "docs/runbooks")
    shutil.copytree(ROOT / "terraform", folder / "terraform", ignore=shutil.ignore_patterns(".terraform"))
    return folder


def test_every_file_is_formatted() -> None:
    terraform("fmt", "-check", "-recursive", "-diff", cwd=ROOT / "terraform")


# Each on whichever worker is free: they share nothing.
@pytest.mark.parametrize("folder", [pytest.param(f, marks=pytest.mark.xdist_group(str(f))) for f in FOLDERS], ids=str)
def test_a_module_is_valid_and_passes_its_tests(copy: Path, folder: Path) -> None:
    assert list((copy / folder / "tests").glob("*.tftest.hcl")), f"{folder} has no tests"
    for command in (["init", "-backend=false", "-input=false"], ["validate"], ["test"]):
        terraform(*command, "-no-color", cwd=copy / folder)


def test_the_placeholder_is_made_of_its_source() -> None:
    module = ROOT / "terraform/modules/function"
    with zipfile.ZipFile(module / "placeholder.zip") as bundle:
        assert bundle.namelist() == ["main.py"]
        assert bundle.read("main.py") == (module / "placeholder/main.py").read_bytes()
