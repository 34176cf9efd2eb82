"""Fixtures of the tests that cross parts: bundles, declarations to edit, running sandboxes."""

import json
import os
import re
import resource
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from filelock import FileLock
from moto.server import ThreadedMotoServer

import planned_policies
from planned_policies import Grantee
from real_terraform import RealTerraform, real_terraform
from running_sandbox import ALARM_PERIOD_FACTOR, ROOT, SERVICES, RunningSandbox, run

OPEN_FILES = 4096


@pytest.fixture(scope="session")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the bundle of each service, made by the worker that needs it first."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "bundles"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            unfinished = folder.with_name("unfinished-bundles")
            for name in SERVICES:
                output = str(unfinished / f"{name}.zip")
                done = run("lambda-lib", "bundle", "--project", f"services/{name}", "--output", output)
                assert done.returncode == 0, done.stderr
            unfinished.rename(folder)
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


@pytest.fixture(scope="session")
def roomy_sandbox(declaration_copy: Callable[[], Path], start_sandbox: Callable[..., RunningSandbox]) -> RunningSandbox:
    """A sandbox whose tables and routes throttle nobody, and in which a test may sign as a function does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= soft < OPEN_FILES:  # each connection is one, here and in the sandbox, which inherits the limit
        resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, hard))
    source = declaration_copy()
    for name in SERVICES:
        file = source / "services" / name / "service.tfvars"
        text, replaced = re.subn(r"^( *\w+_capacity *=) \d+$", r"\1 10000", file.read_text(), flags=re.MULTILINE)
        assert replaced == 2, file
        text = re.sub(r"^method_throttles = \{.*?^\}\n", "", text, flags=re.MULTILINE | re.DOTALL)
        file.write_text(text)
    shutil.copy(Path(__file__).with_name("trust_override.tf"), source / "terraform/modules/function")
    return start_sandbox(source=source)


@pytest.fixture(scope="session")
def grantees(sandbox: RunningSandbox) -> list[Grantee]:
    """Every role of the plans of platform and services, and a person with each policy for people."""
    return planned_policies.grantees(sandbox.state / "terraform", ROOT / "terraform")


@pytest.fixture(scope="session")
def planned(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    """Every planned resource of platform and services, with its type and its root."""
    return [
        {**change["change"]["after"], "root": file.stem, "type": change["type"]}
        for file in sorted((sandbox.state / "terraform").glob("*.json"))
        for change in json.loads(file.read_text())["resource_changes"]
    ]


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    """An AWS played by moto: one account for the whole process."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def empty_account(moto_url: str) -> Iterator[str]:
    """`moto_url`, with nothing in the account before the test and after it."""
    requests.post(f"{moto_url}/moto-api/reset", timeout=5)
    yield moto_url
    requests.post(f"{moto_url}/moto-api/reset", timeout=5)


@pytest.fixture(scope="session")
def terraform(moto_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealTerraform]:
    """Terraform with a provider that runs as long as the session, against `moto_url`."""
    with real_terraform(tmp_path_factory.mktemp("provider"), moto_url) as running:
        yield running


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what tests recorded for people, each under its property's title."""
    for property_name, title in (("requests", "requests made from contracts"), ("privileges", "least privilege")):
        told = [
            text
            for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
            for name, text in report.user_properties
            if name == property_name
        ]
        if told:
            terminalreporter.section(title)
            for text in sorted(told):
                terminalreporter.write_line(str(text))
