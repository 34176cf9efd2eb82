"""The services' bundles, for both of Lambda's architectures: size, machine code, bytes, and that nothing is missing."""

import dis
import hashlib
import marshal
import platform
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path
from types import CodeType

import pydantic
import pytest

from running_sandbox import ROOT, SERVICES, run

pytestmark = pytest.mark.xdist_group("bundles")

ARCHITECTURES = ("x86_64", "arm64")
MACHINES = {"x86_64": 62, "arm64": 183}  # ELF's e_machine
LARGEST = 7_500_000
PYC_HEADER = 16
INSTALLED = (Path(pydantic.__file__).parent.parent, ROOT / "lambda_lib" / "src")
# Lambda's and the service's own variables.
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_REGION": "us-east-1",
    "ENVIRONMENT": "none",
    "TABLE_NAME": "none",
}
# What is imported when it is first asked for, or by a setting: every name that pydantic shows, and botocore's retry
# modes, credential providers, waiters, paginators and clients of the services whose data there is.
LAZY = """
import os, sys
sys.path.insert(0, sys.argv[1])
import main
import pydantic
for name in pydantic.__all__:
    getattr(pydantic, name)
from botocore.config import Config
from botocore.credentials import create_credential_resolver
from botocore.session import Session
session = Session()
create_credential_resolver(session, region_name="us-east-1")
for mode in ("legacy", "standard", "adaptive"):
    for service in ("dynamodb", "ssm", "sts"):
        client = session.create_client(service, region_name="us-east-1", config=Config(retries={"mode": mode}))
        [client.get_waiter(name) for name in client.waiter_names]
        [client.get_paginator(name) for name in client.meta.method_to_api_mapping if client.can_paginate(name)]
        assert client.meta.method_to_api_mapping
"""


@pytest.fixture(scope="module")
def made(bundles: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """The bundles, by service and architecture; those for this machine are the sandbox's."""
    host = host_architecture()
    return {
        (service, architecture): bundles / f"{service}.zip"
        if architecture == host
        else make(service, architecture, tmp_path_factory.mktemp("bundle"))
        for service in SERVICES
        for architecture in ARCHITECTURES
    }


@pytest.fixture(
    params=[(service, architecture) for service in SERVICES for architecture in ARCHITECTURES], ids="-".join
)
def each(request: pytest.FixtureRequest, made: dict[tuple[str, str], Path]) -> tuple[Path, str]:
    """One bundle after the other, and its architecture."""
    return made[request.param], request.param[1]


def make(service: str, architecture: str, folder: Path) -> Path:
    output = folder / "bundle.zip"
    options = ("--project", f"services/{service}", "--output", str(output), "--architecture", architecture)
    done = run("lambda-lib", "bundle", *options)
    assert done.returncode == 0, done.stderr
    return output


def test_a_complete_service_is_small(each: tuple[Path, str]) -> None:
    assert each[0].stat().st_size < LARGEST


def test_every_binary_is_for_the_bundles_architecture(each: tuple[Path, str]) -> None:
    path, architecture = each
    with zipfile.ZipFile(path) as bundle:
        headers = {name: bundle.read(name)[:20] for name in bundle.namelist() if ".so" in Path(name).suffixes}
    assert any(name.startswith("pydantic_core/") for name in headers)
    for name, header in headers.items():
        assert header[:4] == b"\x7fELF", name
        assert int.from_bytes(header[18:20], "little") == MACHINES[architecture], name


def test_every_import_in_a_bundle_that_the_packages_can_answer_is_answered_by_the_bundle(
    each: tuple[Path, str],
) -> None:
    with zipfile.ZipFile(each[0]) as bundle:
        names = set(bundle.namelist())
        packages = {name.partition("/")[0] for name in names if "/" in name}
        imports = {
            (imported, name)
            for name in names
            if name.endswith(".pyc")
            for imported in imports_of(marshal.loads(bundle.read(name)[PYC_HEADER:]), package_of(name))  # noqa: S302
        }
    missing = [
        (imported, by)
        for imported, by in imports
        if imported.partition(".")[0] in packages and installed(imported) and not is_in(names, imported)
    ]
    assert len(imports) > 1000
    assert missing == []


def package_of(compiled: str) -> str:
    """The package of a module, by the path of its bytecode; for a package's own, itself."""
    return ".".join(Path(compiled).parent.parent.parts)


def imports_of(code: CodeType, package: str) -> Iterator[str]:
    """The names that bytecode imports, with those that `from` takes and which may be modules."""
    stack: list[object] = []
    base = ""
    for instruction in dis.get_instructions(code):
        match instruction.opname:
            case "LOAD_CONST":
                stack.append(instruction.argval)
            case "IMPORT_NAME":
                level = stack[-2] if len(stack) > 1 else 0
                base = resolve_name("." * int(str(level)) + instruction.argval, package)
                yield base
            case "IMPORT_FROM":
                yield f"{base}.{instruction.argval}"
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from imports_of(constant, package)


def installed(name: str) -> bool:
    paths = [folder.joinpath(*name.split(".")) for folder in INSTALLED]
    return any(path.with_suffix(".py").is_file() or (path / "__init__.py").is_file() for path in paths)


def is_in(names: set[str], module: str) -> bool:
    path = module.replace(".", "/")
    return f"{path}.py" in names or f"{path}/__init__.py" in names


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_imported_late_is_there(made: dict[tuple[str, str], Path], service: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(made[service, host_architecture()]) as bundle:
        bundle.extractall(tmp_path)
    command = [sys.executable, "-I", "-S", "-B", "-c", LAZY, str(tmp_path)]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_bundle_is_the_same_bytes_on_every_run(
    made: dict[tuple[str, str], Path], architecture: str, tmp_path: Path
) -> None:
    again = make("authentication", architecture, tmp_path)
    assert digest(again.read_bytes()) == digest(made["authentication", architecture].read_bytes())


@pytest.mark.parametrize("service", SERVICES)
def test_the_architectures_differ_in_nothing_but_machine_code(made: dict[tuple[str, str], Path], service: str) -> None:
    contents = []
    for architecture in ARCHITECTURES:
        with zipfile.ZipFile(made[service, architecture]) as bundle:
            names = [name for name in bundle.namelist() if ".so" not in Path(name).suffixes]
            contents.append({name: digest(bundle.read(name)) for name in names})
    assert contents[0] == contents[1]


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def host_architecture() -> str:
    return {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine()]
