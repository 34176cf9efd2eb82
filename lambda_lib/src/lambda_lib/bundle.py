"""Bundles: the zip that Lambda runs, the same bytes on every run.

A service's project has its packages under `src/` and its dependencies, hash-pinned, in `requirements.lock` (which
leaves lambda_lib out: that is this package, or the wheel that is given). The root of the zip is what goes on
`sys.path`. No build backend runs, so nothing unpinned takes part.

The entry is `main.handler` in every bundle, whatever the service's package is called: a function's declaration names
its handler, a release moves only the code, and the code before the first release is a placeholder with that entry.

Of all that is installed, the zip has the modules that the entry can reach by import statements, wherever these stand.

Bytecode is in the zip because Lambda's task folder is read-only: without it every cold start compiles every module.
It is unchecked-hash bytecode (PEP 552), so that no start compares it with the sources, and no timestamp of an
unpacking can make it stale. The sources go with it for the lines in tracebacks.

The project's contract, `openapi.json`, goes with it: so a version of a function tells what clients were promised with
it, and `lambda-lib compare` takes a bundle.

What a project can set is in `lambda_lib._project.Settings`.

Development-time only: no handler imports this module.
"""

import os
import platform
import shutil
import struct
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from lambda_lib._archive import write_archive
from lambda_lib._botocore_data import trim
from lambda_lib._project import BundleError, Project, Settings
from lambda_lib._reach import modules, reached
from lambda_lib._tree import keep, prune
from lambda_lib._wheels import add_lambda_lib, install

__all__ = ["Architecture", "Bundle", "BundleError", "host_architecture", "make_bundle", "require_python"]

type Architecture = Literal["x86_64", "arm64"]

CONTRACT = "openapi.json"
PYTHON = (3, 13)
# Lambda's python3.13 runs on Amazon Linux 2023, which has glibc 2.34 (Lambda developer guide, "Lambda runtimes").
_PLATFORMS: dict[Architecture, str] = {"x86_64": "x86_64-manylinux_2_28", "arm64": "aarch64-manylinux_2_28"}
_MACHINES: dict[str, Architecture] = {"x86_64": "x86_64", "AMD64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
# Machines in the header of an ELF file (`e_machine`, ELF-64 Object File Format).
_ELF_MACHINES: dict[Architecture, int] = {"x86_64": 62, "arm64": 183}
_ENTRY = '''"""The entry of the bundle."""

import gc
import os

# The bundle has no packages' metadata and so no plugin of pydantic; it would search those of Lambda's own Python.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
# What an import makes is there to stay: collections would go over it again and again, and free next to nothing.
gc.disable()

from {package}.main import handler

gc.freeze()
gc.enable()

__all__ = ["handler"]
'''
_IMPORT = """
import importlib, sys
folder, module = sys.argv[1:]
def refuse(event, arguments):
    if event == "compile" and str(arguments[1]).startswith(folder) and str(arguments[1]).endswith(".py"):
        raise RuntimeError(f"{arguments[1]} has no bytecode that is taken")
sys.addaudithook(refuse)
sys.path.insert(0, folder)
importlib.import_module(module)
"""
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
    service = Project.read(project)
    with TemporaryDirectory(prefix="lambda-lib-bundle-") as folder:
        tree = Path(folder, "bundle")
        tree.mkdir()
        install(service.lock, tree, python=_dotted(PYTHON), platform=_PLATFORMS[architecture])
        add_lambda_lib(lambda_lib, tree)
        shutil.copytree(service.sources, tree, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.egg-info"))
        (tree / "main.py").write_text(_ENTRY.format(package=service.package), encoding="utf-8")
        _choose(tree, service.settings)
        if (contract := project / CONTRACT).is_file():
            shutil.copyfile(contract, tree / CONTRACT)
        _check_machines(tree, architecture)
        _compile(tree)
        archive = Path(folder, "bundle.zip")
        write_archive(tree, archive)
        checked = architecture == host_architecture()
        if checked:
            _check_import(archive, Path(folder, "task"), service.settings.environment)
        output.parent.mkdir(parents=True, exist_ok=True)
        # Replaced as a whole, so that no reader sees half of it.
        partial = output.with_name(f".{output.name}.partial")
        shutil.copyfile(archive, partial)
        partial.replace(output)
    return _measured(output, checked=checked)


def _choose(tree: Path, settings: Settings) -> None:
    prune(tree)
    available = modules(tree)
    roots = ["main"]
    for name in settings.include:
        included = [module for module in available if module == name or module.startswith(f"{name}.")]
        if not included:
            raise BundleError(f"include: {name} is not among what is installed")
        roots += included
    keep(tree, reached(tree, roots))
    data = tree / "botocore" / "data"
    if data.is_dir():
        try:
            trim(data, settings.botocore_services)
        except FileNotFoundError as error:
            raise BundleError(f"botocore-services: {error}") from error


def _check_machines(tree: Path, architecture: Architecture) -> None:
    for path in tree.rglob("*.so*"):
        header = path.read_bytes()[:20]
        if header.startswith(b"\x7fELF") and struct.unpack_from("<H", header, 18) != (_ELF_MACHINES[architecture],):
            raise BundleError(f"{path.relative_to(tree)} is not for {architecture}")


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


def _check_import(archive: Path, folder: Path, environment: Mapping[str, str]) -> None:
    # What is imported is what Lambda unpacks. -I and -S leave nothing on sys.path but the standard library; -B writes
    # no bytecode.
    with zipfile.ZipFile(archive) as bundle:
        bundle.extractall(folder)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", _IMPORT, str(folder), "main"],
        cwd=folder,
        env={**_ENVIRONMENT, **environment, "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        *_, reason = [f"it ended with status {done.returncode}", *done.stderr.strip().splitlines()]
        raise BundleError(f"main cannot be imported from the bundle: {reason}")


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
