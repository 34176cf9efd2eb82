"""`terraform fmt`, `validate` and `test` for every module and root, by whichever engine is found."""

import shutil
from pathlib import Path

import pytest

from sandbox.engine import Engine, find_engine

ROOT = Path(__file__).parent.parent
FOLDERS = sorted(
    path.parent.relative_to(ROOT) for path in ROOT.glob("terraform/**/versions.tf") if ".terraform" not in path.parts
)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return find_engine()


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the Terraform folder, so that `init` leaves nothing in the repository."""
    folder = tmp_path_factory.mktemp("terraform")
    shutil.copytree(ROOT / "terraform", folder / "terraform", ignore=shutil.ignore_patterns(".terraform"))
    return folder


def test_every_file_is_formatted(engine: Engine) -> None:
    engine.run(["fmt", "-check", "-recursive", "-diff"], cwd=ROOT / "terraform")


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_a_module_is_valid_and_passes_its_tests(engine: Engine, copy: Path, folder: Path) -> None:
    assert list((copy / folder / "tests").glob("*.tftest.hcl")), f"{folder} has no tests"
    for command in (["init", "-backend=false", "-input=false"], ["validate"], ["test"]):
        engine.run([*command, "-no-color"], cwd=copy / folder)
