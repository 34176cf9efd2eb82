"""The tutorial, followed from an empty folder with nothing but the wheel: files are written, commands are run."""

import fnmatch
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"^```(?P<language>\w+)(?: file=(?P<file>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
STATUS = re.compile(r"exit status (\d+)\n\Z")


def commands(block: str) -> Iterator[tuple[str, str]]:
    """Each command of a console block, and the output that the block shows for it."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def as_pattern(shown: str) -> str:
    """What is shown as a pattern: `...` stands for anything."""
    return re.sub(r"\[", "[[]", shown).replace("...", "*").replace("?", "[?]")


@pytest.mark.timeout(600)
def test_the_tutorial_does_what_it_shows(tmp_path: Path) -> None:
    uv = str(Path(sys.executable).with_name("uv"))
    build = [uv, "build", "--quiet", "--wheel", "lambda_lib", "--out-dir", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True)
    environment = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    interpreters = tmp_path.parent / "interpreters"
    interpreters.mkdir()
    (interpreters / "python3.13").symlink_to(Path(sys.executable).resolve())
    environment["PATH"] = f"{interpreters}{os.pathsep}{os.defpath}"
    activated = ""
    for block in BLOCK.finditer((ROOT / "docs/tutorial.md").read_text(encoding="utf-8")):
        if block["file"]:
            path = tmp_path / block["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block["text"], encoding="utf-8")
            continue
        for command, shown in commands(block["text"]):
            if command.startswith(". "):
                activated = f"{command}\n"  # for each shell that follows, as for the reader's one
                continue
            done = subprocess.run(
                ["/bin/sh", "-c", activated + command],
                cwd=tmp_path,
                env=environment,
                text=True,
                capture_output=True,
                check=False,
            )
            status = STATUS.search(shown)
            assert done.returncode == (int(status[1]) if status else 0), f"{command}\n{done.stdout}{done.stderr}"
            expected = STATUS.sub("", shown)
            assert fnmatch.fnmatchcase(done.stdout, as_pattern(expected)), f"{command}\n{done.stdout}"
