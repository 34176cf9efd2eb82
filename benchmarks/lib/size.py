"""Sizes of bundles."""

from collections.abc import Iterable
from pathlib import Path

from benchmarks.lib.results import Result

_BOUND_MB = 8.0


def measure(bundles: Iterable[Path]) -> list[Result]:
    """The size of each zip, in 10^6 bytes."""
    return [
        Result(f"bundle: {bundle.stem}, zipped", bundle.stat().st_size / 1_000_000, "MB", _BOUND_MB)
        for bundle in bundles
    ]
