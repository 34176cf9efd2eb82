"""The sources of plans: the services declared in a folder, and a copy of their declaration to plan from.

It is copied, with its relative paths, because a root with an S3 backend plans only with an override file beside it, and
the sources stay as they are.
"""

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError

_BACKEND_OVERRIDE = 'terraform {\n  backend "local" {}\n}\n'
_PER_SERVICE = ("service.tfvars", "openapi.json")


@dataclass(frozen=True, slots=True)
class Target:
    """One plan to make: `name` is `platform` or a service; `root` and `var_files` are relative to the declaration."""

    name: str
    root: Path
    var_files: tuple[Path, ...]


def find_services(source: Path, wanted: Sequence[str] | None) -> tuple[str, ...]:
    """The services declared under `source`, all or the `wanted` ones.

    Raises:
        SandboxError: there is no declaration there, or a wanted service is not in it.
    """
    found = sorted(path.parent.name for path in source.glob("services/*/service.tfvars"))
    if not found or not (source / "terraform").is_dir():
        raise SandboxError(
            f"{source} holds no terraform/ with services/*/service.tfvars: name the folder with --source"
        )
    missing = sorted(set(wanted or ()) - set(found))
    if missing:
        raise SandboxError(f"no service {', '.join(missing)} under {source / 'services'}; there is {', '.join(found)}")
    return tuple(found if wanted is None else wanted)


def targets(environment: str, services: Sequence[str]) -> tuple[Target, ...]:
    """The plans of an environment: the platform's, then one per service."""
    common = Path("terraform/environments") / f"{environment}.tfvars"
    return (
        Target("platform", Path("terraform/platform"), (common,)),
        *(
            Target(name, Path("terraform/service"), (common, Path("services") / name / "service.tfvars"))
            for name in services
        ),
    )


def copy_declaration(source: Path, copy: Path, wanted: Sequence[Target]) -> None:
    """Copy what plans are made of to `copy`, anew, and give each root a local backend.

    Raises:
        SandboxError: a file that a target names is missing.
    """
    for path in {path for target in wanted for path in target.var_files}:
        if not (source / path).is_file():
            raise SandboxError(f"{source / path} is missing")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(
        source / "terraform",
        copy / "terraform",
        ignore=shutil.ignore_patterns(".terraform", "*.tfstate*", "tests"),
    )
    for service in sorted((source / "services").iterdir()):
        for name in _PER_SERVICE:
            if (service / name).is_file():
                (copy / "services" / service.name).mkdir(parents=True, exist_ok=True)
                shutil.copy2(service / name, copy / "services" / service.name / name)
    for root in {target.root for target in wanted}:
        (copy / root / "backend_override.tf").write_text(_BACKEND_OVERRIDE)


def digest(copy: Path, target: Target) -> str:
    """A digest of every file that the plan of a target can read, and of which of them are its variables."""
    files = {copy / path for path in target.var_files}
    for folder in (copy / "terraform", *(copy / path.parent for path in target.var_files)):
        files.update(path for path in folder.rglob("*") if path.is_file())
    total = hashlib.sha256("".join(f"{path}\0" for path in target.var_files).encode())
    for path in sorted(files):
        total.update(f"{path.relative_to(copy)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\0".encode())
    return total.hexdigest()
