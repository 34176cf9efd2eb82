"""The packages of a bundle, as their wheels have them."""

import importlib.util
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from lambda_lib._project import BundleError


def install(lock: Path, tree: Path, *, python: str, platform: str) -> None:
    """Unpack the wheels of a lock into a folder.

    Args:
        lock: Requirements, complete and with hashes, so that nothing is resolved. Wheels only, so that nothing is
            built.
        tree: Folder that goes on `sys.path`.
        python: Version that the wheels are for.
        platform: Platform that the wheels are for, as uv names it.

    Raises:
        BundleError: uv is missing, or cannot do it.
    """
    done = subprocess.run(
        [
            *(*_uv(), "pip", "install", "--quiet", "--target", str(tree), "--python", sys.executable),
            *("--python-version", python, "--python-platform", platform),
            *("--require-hashes", "--no-deps", "--only-binary", ":all:", "--link-mode", "copy"),
            *("--requirement", str(lock)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BundleError(f"uv cannot install {lock}: {' '.join(done.stderr.split())}")


def add_lambda_lib(source: Path | None, tree: Path) -> None:
    """Put lambda_lib beside them.

    Args:
        source: Its wheel, or its project's folder; this very package if not given.
        tree: Folder that goes on `sys.path`.

    Raises:
        BundleError: The source is neither.
    """
    if source is None:
        package = Path(__file__).parent
    elif source.suffix == ".whl":
        try:
            with zipfile.ZipFile(source) as wheel:
                wheel.extractall(tree)
        except zipfile.BadZipFile:
            raise BundleError(f"{source} is not a wheel") from None
        return
    else:
        package = source / "src" / "lambda_lib"
    if not package.is_dir():
        raise BundleError(f"{source} is neither a wheel nor the project of lambda_lib")
    shutil.copytree(package, tree / "lambda_lib")


def _uv() -> list[str]:
    if found := shutil.which("uv"):
        return [found]
    if importlib.util.find_spec("uv"):
        return [sys.executable, "-m", "uv"]
    raise BundleError("uv is not on PATH and not installed here: pip install uv")
