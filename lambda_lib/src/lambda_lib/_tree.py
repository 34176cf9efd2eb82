"""What of the installed packages goes into a bundle."""

import shutil
from collections.abc import Collection
from pathlib import Path

# botocore, "Loaders": these files stand beside the folders of the services and serve all of them.
_BOTOCORE_DATA = Path("botocore", "data")


def prune(tree: Path, *, botocore_services: Collection[str]) -> None:
    """Remove what a function never reads.

    That is: the data of AWS services that are not used (17 MB of botocore's 21), tests, caches, stubs, command-line
    scripts, and the packages' metadata, which nothing of what is bundled reads at run time.

    Args:
        tree: Folder with the installed packages.
        botocore_services: Services whose data stays, as botocore names them.

    Raises:
        FileNotFoundError: A service that is to stay is not there.
    """
    for path in sorted(tree.rglob("*")):
        if not path.exists() or not _unwanted(path.relative_to(tree), is_folder=path.is_dir()):
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    data = tree / _BOTOCORE_DATA
    if not data.is_dir():
        return
    for service in botocore_services:
        if not (data / service).is_dir():
            raise FileNotFoundError(f"botocore has no service {service!r}")
    for folder in data.iterdir():
        if folder.is_dir() and folder.name not in botocore_services:
            shutil.rmtree(folder)


def _unwanted(path: Path, *, is_folder: bool) -> bool:
    top = len(path.parts) == 1
    if is_folder:
        return path.name in {"tests", "__pycache__"} or (top and (path.suffix == ".dist-info" or path.name == "bin"))
    return path.suffix == ".pyi" or (top and path.name == ".lock")
