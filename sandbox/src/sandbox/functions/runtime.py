"""The runtime that workers share: a folder with Lambda's runtime interface client, and the interpreter that runs it."""

import compileall
import importlib.metadata
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from sandbox.errors import PlanError
from sandbox.functions import bootstrap

_DISTRIBUTIONS = ("awslambdaric", "simplejson", "snapshot-restore-py")
NAME = f"python{sys.version_info.major}.{sys.version_info.minor}"
"""The only Lambda runtime that can run here: a worker's interpreter is the one that runs the sandbox."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a worker is started from; `folder` is `LAMBDA_RUNTIME_DIR`."""

    folder: Path
    executable: str

    @staticmethod
    def install(folder: Path) -> "Runtime":
        """Copies the runtime interface client below `folder`, compiled, unless this version of it is there already."""
        version = importlib.metadata.version(_DISTRIBUTIONS[0])
        root = folder / f"{_DISTRIBUTIONS[0]}-{version}-{sys.implementation.cache_tag}"
        if not root.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            unfinished = Path(tempfile.mkdtemp(dir=folder))
            for source, path in _files():
                target = unfinished / path
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
            unfinished.rename(root)
        # The bootstrap is ours and may have changed since.
        shutil.copyfile(bootstrap.__file__, root / "bootstrap.py")
        # Workers write no bytecode: without this each would compile the client again.
        compileall.compile_dir(root, quiet=1)
        # A virtual environment's python would bring its packages along; the one it was made from does not with -S.
        return Runtime(root, getattr(sys, "_base_executable", sys.executable))

    def command(self, handler: str) -> tuple[str, ...]:
        """The command line of a worker: no site-packages, no bytecode written, prepared to end with this process."""
        return (self.executable, "-S", "-B", str(self.folder / "bootstrap.py"), str(os.getpid()), handler)

    @staticmethod
    def check(function_name: str, runtime: str) -> None:
        """Refuses a function for another runtime than this.

        Raises:
            PlanError: The function cannot run here.
        """
        if runtime != NAME:
            raise PlanError(
                f"function {function_name} is for {runtime}, but the sandbox runs on {NAME} "
                f"({platform.python_implementation()} {platform.python_version()})"
            )


def _files() -> Iterator[tuple[Path, PurePath]]:
    for name in _DISTRIBUTIONS:
        distribution = importlib.metadata.distribution(name)
        for path in distribution.files or ():
            metadata = path.parts[0].endswith(".dist-info") or path.parts[0] == ".."
            if not metadata and path.suffix != ".pyc":
                yield Path(str(distribution.locate_file(path))), path
