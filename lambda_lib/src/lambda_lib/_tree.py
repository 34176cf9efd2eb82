"""What of the installed packages goes into a bundle."""

import shutil
from collections.abc import Collection
from pathlib import Path

from lambda_lib._reach import modules, owner


def prune(tree: Path) -> None:
    """Remove what a function never reads.

    That is: tests, caches, stubs, command-line scripts, and the packages' metadata, which nothing of what is bundled
    reads at run time.

    Args:
        tree: Folder with the installed packages.
    """
    for path in sorted(tree.rglob("*")):
        if not path.exists() or not _unwanted(path.relative_to(tree), is_folder=path.is_dir()):
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def keep(tree: Path, names: Collection[str]) -> None:
    """Remove the modules other than some, and of the packages that are left without any everything.

    A file that is no Python source stays with its package. So do extension modules, as a library that is opened by
    name looks like one. What belongs to no package stays.

    Args:
        tree: Folder with the installed packages.
        names: Dotted names of the modules that stay.
    """
    sources = modules(tree)
    others = [path for path in tree.rglob("*") if path.is_file() and path.suffix != ".py"]
    unwanted = [path for path in others if (package := owner(path, tree)) and package not in names]
    unwanted += [path for name, path in sources.items() if name not in names]
    for path in unwanted:
        path.unlink()


def _unwanted(path: Path, *, is_folder: bool) -> bool:
    top = len(path.parts) == 1
    if is_folder:
        return path.name in {"tests", "__pycache__"} or (top and (path.suffix == ".dist-info" or path.name == "bin"))
    return path.suffix == ".pyi" or (top and path.name == ".lock")
