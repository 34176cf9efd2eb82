"""The wheel, installed alone in an empty environment, on every Python that it is for and that this machine has."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
VERSIONS = ("3.12", "3.13", "3.14")
# A service, its contract and a request, by what the wheel brings and nothing else.
USE = """
import json, sys
from dataclasses import dataclass
from pydantic import BaseModel
from lambda_lib import Authenticator, Handler, Public, Routes, ServiceClient, dynamodb_client
from lambda_lib.contract import contract_text
from lambda_lib.testing import send


@dataclass(frozen=True)
class Resources:
    table: object


class Thing(BaseModel):
    name: str


routes = Routes(title="things", version="1.0.0", resources=Resources)


@routes.put("/things/{thing_id}", access=Public())
def put_thing(thing_id: str, thing: Thing, resources: Resources) -> Thing:
    return thing


client = dynamodb_client(region="us-east-1")
authenticate = Authenticator(ServiceClient(environment="none", region="us-east-1"))
handler = Handler(routes, resources=Resources(client), authenticate=authenticate)
good = send(handler, "PUT /things/{thing_id}", path={"thing_id": "a"}, body={"name": "A"})
bad = send(handler, "PUT /things/{thing_id}", path={"thing_id": "a"}, body={"name": 1})
found = {
    "python": list(sys.version_info[:2]),
    "statuses": [good["statusCode"], bad["statusCode"]],
    "paths": list(json.loads(contract_text(routes))["paths"]),
}
print(json.dumps(found), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    succeed(uv(), "build", "--quiet", "--wheel", str(PROJECT), "--out-dir", str(folder))
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module", params=VERSIONS)
def environment(request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment of one Python, with the wheel and what it depends on."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    succeed(uv(), "venv", "--quiet", "--no-python-downloads", "--python", interpreter(request.param), str(folder))
    succeed(uv(), "pip", "install", "--quiet", "--python", str(folder / "bin" / "python"), str(wheel))
    return folder / "bin"


def uv() -> str:
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.is_file() else shutil.which("uv") or pytest.fail("uv is not installed")


def interpreter(version: str) -> str:
    """A Python of a version: one that uv finds, else one of pyenv's, whose shims answer for the selected one only."""
    found = attempt(uv(), "python", "find", "--no-python-downloads", "--no-project", version)
    if found.returncode == 0:
        return found.stdout.strip()
    if shutil.which("pyenv"):
        for name in attempt("pyenv", "versions", "--bare").stdout.split():
            if name.startswith(f"{version}."):
                return f"{attempt('pyenv', 'prefix', name).stdout.strip()}/bin/python"
    return pytest.skip(f"there is no Python {version} on this machine")


def attempt(*command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    return subprocess.run(command, env=kept | environment, text=True, capture_output=True, check=False)


def succeed(*command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    done = attempt(*command, **environment)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as files:
        (name,) = (name for name in files.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(files.read(name).decode())


def test_a_service_runs_with_nothing_but_the_wheel_and_its_dependencies(environment: Path, tmp_path: Path) -> None:
    credentials = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_EC2_METADATA_DISABLED": "true"}
    (tmp_path / "service.py").write_text(USE)
    done = succeed(str(environment / "python"), "-I", "-W", "error", str(tmp_path / "service.py"), **credentials)
    found = json.loads(done.stderr)
    assert found["statuses"] == [200, 400]
    assert found["paths"] == ["/things/{thing_id}"]
    version = succeed(str(environment / "python"), "-c", "import sys; print(list(sys.version_info[:2]))").stdout
    assert found["python"] == json.loads(version)


def test_every_module_can_be_imported(environment: Path) -> None:
    # testing may ask for pytest and moto, tracing for the X-Ray SDK, idempotency for boto3: extras and a plugin.
    code = """
import importlib, pkgutil, lambda_lib
extras = ("lambda_lib.testing", "lambda_lib.tracing", "lambda_lib.idempotency")
names = [module.name for module in pkgutil.walk_packages(lambda_lib.__path__, "lambda_lib.", onerror=print)]
for name in names:
    if not name.startswith(extras):
        importlib.import_module(name)
print(len(names))
"""
    assert int(succeed(str(environment / "python"), "-I", "-W", "error", "-c", code).stdout) > 20


def test_the_command_is_there_and_helps(environment: Path) -> None:
    output = succeed(str(environment / "lambda-lib"), "--help").stdout
    assert {"contract", "bundle"} <= set(output.replace(",", " ").replace("{", " ").replace("}", " ").split())


def test_nothing_of_development_is_installed_with_it(environment: Path) -> None:
    listing = succeed(
        uv(), "pip", "list", "--quiet", "--format", "json", "--python", str(environment / "python")
    ).stdout
    installed = {package["name"] for package in json.loads(listing)}
    assert {"lambda-lib", "botocore", "pydantic"} <= installed
    assert not installed & {"boto3", "moto", "pytest", "mypy", "ruff", "uv", "aws-xray-sdk", "boto3-stubs"}


def test_the_wheel_has_the_package_its_types_and_its_license(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as files:
        names = files.namelist()
        (license_name,) = (name for name in names if name.endswith("/licenses/LICENSE"))
        assert files.read(license_name) == (PROJECT / "LICENSE").read_bytes()
    assert "lambda_lib/py.typed" in names
    sources = {path.relative_to(PROJECT / "src").as_posix() for path in (PROJECT / "src").rglob("*.py")}
    assert {name for name in names if name.endswith(".py")} == sources
    assert not [name for name in names if name.startswith(("tests", "src"))]


def test_the_metadata_say_what_pyproject_says(wheel: Path) -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    found = metadata(wheel)
    assert found["License-Expression"] == project["license"]
    assert found["Requires-Python"] == project["requires-python"]
    assert set(found.get_all("Provides-Extra", [])) == set(project["optional-dependencies"])
    pythons = [
        line for line in found.get_all("Classifier", []) if line.startswith("Programming Language :: Python :: 3.")
    ]
    assert pythons == [f"Programming Language :: Python :: {version}" for version in VERSIONS]
    assert found.get_payload().startswith("# lambda_lib")
