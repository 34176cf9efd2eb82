"""What `docs/threat-model.md` says of tests: each of them exists, and each kind of threat is thought of."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
STOPPED = PAGE.partition("\n## Stopped\n")[2].partition("\n## Open\n")[0]
ROW = re.compile(r"^\| ([STRIDE]\d+) \|.*\| (.+) \|$", re.MULTILINE)
TEST = re.compile(r"`([^`\s]+)::([^`\s]+)`")


def names_in(path: Path) -> set[str]:
    """Names of the test functions of a Python file, or of the runs of a Terraform test."""
    text = path.read_text(encoding="utf-8")
    if path.suffixes[-2:] == [".tftest", ".hcl"]:
        return set(re.findall(r'^run "(\w+)" \{$', text, re.MULTILINE))
    functions = (node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {node.name for node in functions if node.name.startswith("test_")}


@pytest.mark.parametrize("named", sorted(set(TEST.findall(PAGE))), ids="::".join)
def test_a_test_that_is_named_exists(named: tuple[str, str]) -> None:
    path, name = named
    assert name in names_in(ROOT / path)


def test_every_reference_to_a_test_is_understood() -> None:
    assert len(TEST.findall(PAGE)) == PAGE.count("::")


@pytest.mark.parametrize("letter", "STRIDE")
def test_every_kind_of_threat_has_a_row(letter: str) -> None:
    assert [row for row, _ in ROW.findall(STOPPED) if row.startswith(letter)]


def test_every_threat_that_is_stopped_names_its_test() -> None:
    rows = [line for line in STOPPED.splitlines() if line.startswith("| ") and not line.startswith("| |")]
    assert [row for row, _ in ROW.findall(STOPPED)] == [line.split(" | ")[0].removeprefix("| ") for line in rows]
    assert [row for row, tests in ROW.findall(STOPPED) if not TEST.search(tests)] == []
