"""Fixtures of the tests that cross parts: bundles, declarations to edit, running sandboxes."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from running_sandbox import ALARM_PERIOD_FACTOR, ROOT, SERVICES, RunningSandbox, run


@pytest.fixture(scope="session")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the bundle of each service."""
    folder = tmp_path_factory.mktemp("bundles")
    for name in SERVICES:
        done = run("lambda-lib", "bundle", "--project", f"services/{name}", "--output", str(folder / f"{name}.zip"))
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def declaration_copy(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Makes a copy of what the plans are made from, free to be edited."""

    def copy() -> Path:
        folder = tmp_path_factory.mktemp("declaration")
        shutil.copytree(ROOT / "terraform", folder / "terraform", ignore=shutil.ignore_patterns(".terraform"))
        for name in SERVICES:
            (folder / "services" / name).mkdir(parents=True)
            for file in ("service.tfvars", "openapi.json"):
                shutil.copy(ROOT / "services" / name / file, folder / "services" / name / file)
        return folder

    return copy


@pytest.fixture(scope="session")
def start_sandbox(bundles: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., RunningSandbox]]:
    """Starts sandboxes that end with the test session; alarm periods are compressed by `ALARM_PERIOD_FACTOR`."""
    states: list[Path] = []

    def start(*options: str, source: Path = ROOT) -> RunningSandbox:
        state = tmp_path_factory.mktemp("sandbox")
        states.append(state)
        done = run(
            *("sandbox", "up", "--source", str(source), "--state-dir", str(state), "--bundles", str(bundles)),
            *("--alarm-period-factor", str(ALARM_PERIOD_FACTOR), *options),
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return RunningSandbox(state, json.loads((state / "endpoints.json").read_text()))

    yield start
    for state in states:
        done = run("sandbox", "down", "--state-dir", str(state))
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def sandbox(start_sandbox: Callable[..., RunningSandbox]) -> RunningSandbox:
    """The sandbox that runs the declaration as it is."""
    return start_sandbox()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what became of the requests that `test_contract_property.py` made."""
    told = [
        text
        for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
        for name, text in report.user_properties
        if name == "requests"
    ]
    if told:
        terminalreporter.section("requests made from contracts")
        for text in sorted(told):
            terminalreporter.write_line(str(text))
