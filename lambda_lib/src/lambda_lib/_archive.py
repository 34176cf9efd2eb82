"""Zip files that are the same whenever the same files go in."""

import zipfile
from pathlib import Path

_WHEN = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say
_MODE = 0o100644 << 16  # a regular file that everyone may read: Lambda runs as another user than the packager


def write_archive(tree: Path, output: Path) -> None:
    """Write the files under a folder to a zip: sorted, with one time and one mode for all."""
    with zipfile.ZipFile(output, "w", compression=zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(path for path in tree.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(tree).as_posix(), date_time=_WHEN)
            entry.create_system = 3  # Unix, wherever the zip is made: it gives the mode its meaning
            entry.external_attr = _MODE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes(), compresslevel=9)
