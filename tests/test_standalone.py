"""Each service is complete as a repository of its own: its tests pass with only the wheel of lambda_lib at hand.

Here is where `make test` runs them, and nowhere else.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
UV = str(Path(sys.executable).with_name("uv"))
GIT = shutil.which("git") or "git"


def succeed(*command: str, cwd: Path) -> str:
    env = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    done = subprocess.run(command, cwd=cwd, env=env, text=True, capture_output=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    succeed(UV, "build", "--quiet", "--wheel", "lambda_lib", "--out-dir", str(folder), cwd=ROOT)
    return next(folder.glob("*.whl"))


@pytest.mark.parametrize("service", ["authentication", "location", "profile"])
def test_a_service_passes_its_tests_alone_in_an_empty_folder(service: str, wheel: Path, tmp_path: Path) -> None:
    source = ROOT / "services" / service
    # What git knows or would be told of: nothing that lies about by chance, and changes that are not committed yet.
    for name in succeed(GIT, "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=source).split("\0"):
        if name and (source / name).exists():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source / name, tmp_path / name)
    python = str(tmp_path / ".venv/bin/python")
    install = (UV, "pip", "install", "--quiet", "--python", python)
    succeed(UV, "venv", "--quiet", "--python", sys.executable, ".venv", cwd=tmp_path)
    succeed(*install, "--require-hashes", "--requirement", "requirements-dev.lock", cwd=tmp_path)
    succeed(*install, "--no-deps", str(wheel), ".", cwd=tmp_path)
    succeed(python, "-m", "pytest", "-p", "no:cacheprovider", cwd=tmp_path)
