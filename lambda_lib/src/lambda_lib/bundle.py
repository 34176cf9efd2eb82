"""Bundles: the zip that Lambda runs, the same bytes on every run.

A service's project has its packages under `src/` and its dependencies, hash-pinned, in `requirements.lock` (which
leaves lambda_lib out: that is this package, or the wheel that is given). The root of the zip is what goes on
`sys.path`. No build backend runs, so nothing unpinned takes part.

The entry is `main.handler` in every bundle, whatever the service's package is called: a function's declaration names
its handler, a release moves only the code, and the code before the first release is a placeholder with that entry.

Bytecode is in the zip because Lambda's task folder is read-only: without it every cold start compiles every module.
It is unchecked-hash bytecode (PEP 552), so that no start compares it with the sources, and no timestamp of an
unpacking can make it stale. The sources go with it for the lines in tracebacks.

Settings in the project's pyproject.toml, under `[tool.lambda-lib]`:
    botocore-services: AWS services whose botocore data goes in; `["dynamodb", "ssm", "sts"]` by default.

Development-time only: no handler imports this module.
"""

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from lambda_lib._archive import write_archive
from lambda_lib._tree import prune

type Architecture = Literal["x86_64", "arm64"]

PYTHON = (3, 13)
_BOTOCORE_SERVICES = ("dynamodb", "ssm", "sts")
# Lambda's python3.13 runs on Amazon Linux 2023, which has glibc 2.34 (Lambda developer guide, "Lambda runtimes").
_PLATFORMS: dict[Architecture, str] = {"x86_64": "x86_64-manylinux_2_28", "arm64": "aarch64-manylinux_2_28"}
_MACHINES: dict[str, Architecture] = {"x86_64": "x86_64", "AMD64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
_ENTRY = '"""The entry of the bundle."""\n\nfrom {package}.main import handler\n\n__all__ = ["handler"]\n'
_IMPORT = "import importlib, sys; sys.path.insert(0, sys.argv[1]); importlib.import_module(sys.argv[2])"
# What Lambda and a function's declaration give; the values are of no account to an import.
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "ENVIRONMENT": "none",
    "TABLE_NAME": "none",
}


class BundleError(Exception):
    """The bundle cannot be made; the message says why, in a line."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was made.

    Attributes:
        path: The zip.
        zipped_bytes: Its size.
        unzipped_bytes: Size of what is in it (Lambda takes 250 MB).
        largest: The largest top-level entries and their sizes in bytes, unzipped.
        checked: Whether the handler was imported from it; only on a machine of the bundle's architecture.
    """

    path: Path
    zipped_bytes: int
    unzipped_bytes: int
    largest: Sequence[tuple[str, int]]
    checked: bool


def host_architecture() -> Architecture:
    """The architecture of this machine, as Lambda names it."""
    try:
        return _MACHINES[platform.machine()]
    except KeyError:
        raise BundleError(f"Lambda has no architecture {platform.machine()}") from None


def require_python(version: Sequence[int | str]) -> None:
    """Refuse a Python whose bytecode the function's Python would not read.

    Raises:
        BundleError: The version is another than the function's.
    """
    if tuple(version[:2]) != PYTHON:
        raise BundleError(f"bytecode for Python {_dotted(PYTHON)} has to be made by it, not by {_dotted(version)}")


def make_bundle(
    project: Path, output: Path, *, architecture: Architecture | None = None, lambda_lib: Path | None = None
) -> Bundle:
    """Make the bundle of a service.

    Args:
        project: Folder of the service's project.
        output: Zip to write.
        architecture: The function's; this machine's if not given.
        lambda_lib: Wheel of lambda_lib, or its project's folder; this very package if not given.

    Raises:
        BundleError: Something is missing, a hash does not match, or the handler cannot be imported.
    """
    architecture = architecture or host_architecture()
    require_python(sys.version_info)
    package = _package(project)
    services = _botocore_services(project)
    with TemporaryDirectory(prefix="lambda-lib-bundle-") as folder:
        tree = Path(folder) / "bundle"
        tree.mkdir()
        _install(_lock(project), tree, architecture)
        _add_lambda_lib(lambda_lib, tree)
        shutil.copytree(project / "src", tree, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.egg-info"))
        try:
            prune(tree, botocore_services=services)
        except FileNotFoundError as error:
            raise BundleError(f"{project / 'pyproject.toml'}: botocore-services: {error}") from error
        (tree / "main.py").write_text(_ENTRY.format(package=package), encoding="utf-8")
        _compile(tree)
        checked = architecture == host_architecture()
        if checked:
            _check_import(tree, "main")
        output.parent.mkdir(parents=True, exist_ok=True)
        write_archive(tree, output)
    return _measured(output, checked=checked)


def _package(project: Path) -> str:
    packages = sorted(path.parent.name for path in project.glob("src/*/main.py"))
    if len(packages) != 1:
        found = ", ".join(packages) or "none"
        raise BundleError(f"{project}/src needs one package with a main.py, the handler's module; found {found}")
    return packages[0]


def _lock(project: Path) -> Path:
    lock = project / "requirements.lock"
    if not lock.is_file():
        raise BundleError(f"{lock} is missing: it pins what the service runs with")
    return lock


def _botocore_services(project: Path) -> Sequence[str]:
    settings = project / "pyproject.toml"
    if not settings.is_file():
        raise BundleError(f"{settings} is missing")
    try:
        document = tomllib.loads(settings.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BundleError(f"{settings} is not TOML: {error}") from error
    table = document.get("tool", {}).get("lambda-lib", {})
    services: Sequence[str] = table.get("botocore-services", _BOTOCORE_SERVICES)
    return services


def _uv() -> list[str]:
    if found := shutil.which("uv"):
        return [found]
    if importlib.util.find_spec("uv"):
        return [sys.executable, "-m", "uv"]
    raise BundleError("uv is not on PATH and not installed here: pip install uv")


def _install(lock: Path, tree: Path, architecture: Architecture) -> None:
    # The lock is complete, so nothing is resolved; wheels only, so nothing is built.
    done = subprocess.run(
        [
            *(*_uv(), "pip", "install", "--quiet", "--target", str(tree), "--python", sys.executable),
            *("--python-version", _dotted(PYTHON), "--python-platform", _PLATFORMS[architecture]),
            *("--require-hashes", "--no-deps", "--only-binary", ":all:", "--link-mode", "copy"),
            *("--requirement", str(lock)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BundleError(f"uv cannot install {lock}: {' '.join(done.stderr.split())}")


def _add_lambda_lib(source: Path | None, tree: Path) -> None:
    if source is None:
        package = Path(__file__).parent
    elif source.suffix == ".whl":
        with zipfile.ZipFile(source) as wheel:
            wheel.extractall(tree)
        return
    else:
        package = source / "src" / "lambda_lib"
    if not package.is_dir():
        raise BundleError(f"{source} is neither a wheel nor the project of lambda_lib")
    shutil.copytree(package, tree / "lambda_lib")


def _compile(tree: Path) -> None:
    # A process of its own with a fixed hash seed and a sorted walk: equal input gives equal bytecode. The names in
    # tracebacks are those that Lambda's task folder gives.
    done = subprocess.run(
        [
            *(sys.executable, "-S", "-m", "compileall", "-q", "-j", "1", "--invalidation-mode", "unchecked-hash"),
            *("-s", str(tree), "-p", "/var/task", str(tree)),
        ],
        env={"PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BundleError(f"the packages do not compile: {' '.join(done.stdout.split())}")


def _check_import(tree: Path, module: str) -> None:
    # -I and -S leave nothing on sys.path but the standard library; -B writes no bytecode.
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", _IMPORT, str(tree), module],
        cwd=tree,
        env=_ENVIRONMENT | {"PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BundleError(f"{module} cannot be imported from the bundle: {done.stderr.strip().splitlines()[-1]}")


def _measured(path: Path, *, checked: bool) -> Bundle:
    sizes: dict[str, int] = {}
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            top = entry.filename.partition("/")[0]
            sizes[top] = sizes.get(top, 0) + entry.file_size
    largest = sorted(sizes.items(), key=lambda item: (-item[1], item[0]))[:5]
    return Bundle(path, path.stat().st_size, sum(sizes.values()), largest, checked)


def _dotted(version: Sequence[int | str]) -> str:
    return ".".join(str(part) for part in version[:2])
