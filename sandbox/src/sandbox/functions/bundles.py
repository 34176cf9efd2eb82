"""Bundles: the zip files that functions run from, unpacked once per content."""

import calendar
import hashlib
import os
import shutil
import tempfile
import zipfile
import zlib
from pathlib import Path

from sandbox.errors import SandboxError

_UNREADABLE = (OSError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError)
"""What `zipfile` raises where a file is no zip, is damaged or encrypted, or names what it cannot read."""


class BundleError(SandboxError):
    """A function's bundle is missing or is not a zip file."""


def unpack(bundle: Path, folder: Path) -> Path:
    """Unpacks a bundle into a folder named by its content, unless that is there already.

    The files are read-only, as Lambda's task folder is, and keep their times: a `.pyc` file is valid for the time of
    its source. The folders stay writable, so that they can be deleted.

    Args:
        bundle: The zip file.
        folder: Where unpacked bundles live.

    Returns:
        The task root.

    Raises:
        BundleError: The bundle is missing or is not a zip file.
    """
    try:
        digest = hashlib.sha256(bundle.read_bytes()).hexdigest()[:32]
        root = folder / digest
        if root.is_dir():
            return root
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f"{digest}-", dir=folder))
        try:
            _extract(bundle, unfinished)
            unfinished.rename(root)
        except BaseException:
            shutil.rmtree(unfinished)
            raise
    except _UNREADABLE as error:
        raise BundleError(f"cannot unpack the bundle {bundle}: {error}") from error
    return root


def _extract(bundle: Path, root: Path) -> None:
    with zipfile.ZipFile(bundle) as archive:
        for member in archive.infolist():
            path = archive.extract(member, root)
            if not member.is_dir():
                modified_at = calendar.timegm((*member.date_time, 0, 0, 0))
                os.utime(path, (modified_at, modified_at))
                executable = (member.external_attr >> 16) & 0o111
                Path(path).chmod(0o444 | executable)
    root.chmod(0o755)
