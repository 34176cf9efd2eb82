"""What a service's project says of its bundle."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError


class BundleError(Exception):
    """The bundle cannot be made; the message says why, in a line."""


class Settings(BaseModel):
    """The table `[tool.lambda-lib]` of a project's pyproject.toml.

    Attributes:
        botocore_services: `botocore-services`, AWS services whose botocore data goes in.
        include: Modules that are imported by names put together at run time; a package is meant with all that is in it.
        environment: Environment variables of the trial import, beside those that Lambda and the service's module set.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=lambda name: name.replace("_", "-"))

    botocore_services: tuple[str, ...] = ("dynamodb", "ssm", "sts")
    include: tuple[str, ...] = ()
    environment: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Project:
    """A service's project.

    Attributes:
        package: Name of the package with the handler's module, `main`.
        sources: Folder of the packages.
        lock: The dependencies, hash-pinned.
        settings: Its settings.
    """

    package: str
    sources: Path
    lock: Path
    settings: Settings

    @classmethod
    def read(cls, folder: Path) -> "Project":
        """Read a project.

        Raises:
            BundleError: Something is missing or not as it has to be.
        """
        return cls(package=_package(folder), sources=folder / "src", lock=_lock(folder), settings=_settings(folder))


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


def _settings(project: Path) -> Settings:
    path = project / "pyproject.toml"
    if not path.is_file():
        raise BundleError(f"{path} is missing")
    try:
        document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return Settings.model_validate(document.get("tool", {}).get("lambda-lib", {}))
    except tomllib.TOMLDecodeError as error:
        raise BundleError(f"{path} is not TOML: {error}") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise BundleError(f"{path}: [tool.lambda-lib]: {faults}") from error
