"""What was measured, as a table for people and as JSON for programs."""

import json
import os
import platform
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Result:
    """One measurement.

    Attributes:
        name: What was measured.
        value: Its value.
        unit: Unit of the value and the bound.
        bound: What the value has to stay within; None where it is for information only.
        better: Which direction is better.
    """

    name: str
    value: float
    unit: str
    bound: float | None = None
    better: Literal["lower", "higher"] = "lower"

    @property
    def holds(self) -> bool:
        """Whether no bound is broken."""
        if self.bound is None:
            return True
        return self.value <= self.bound if self.better == "lower" else self.value >= self.bound


def median_ratio(values: Sequence[float], references: Sequence[float]) -> float:
    """The median of the ratios of pairs that were measured next to each other, so that both saw the same machine."""
    return statistics.median(value / reference for value, reference in zip(values, references, strict=True))


def table(results: Iterable[Result]) -> str:
    """The results, one a line."""
    rows = [("", "value", "unit", "bound", "holds")]
    for result in results:
        bound = "" if result.bound is None else f"{result.bound:g}"
        holds = "" if result.bound is None else ("yes" if result.holds else "NO")
        rows.append((result.name, f"{result.value:.4g}", result.unit, bound, holds))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        f"{name:<{widths[0]}}  {value:>{widths[1]}} {unit:<{widths[2]}}  {bound:>{widths[3]}}  {holds}".rstrip()
        for name, value, unit, bound, holds in rows
    )


def write(path: Path, results: Iterable[Result], *, rounds: Mapping[str, int], versions: Mapping[str, str]) -> None:
    """Write the results with the machine, the versions and the rounds that gave them."""
    document = {
        "results": [
            asdict(result) | {"value": float(f"{result.value:.4g}"), "holds": result.holds} for result in results
        ],
        "rounds": rounds,
        "machine": {
            "cores": os.cpu_count(),
            "processor": _processor(),
            "system": platform.system(),
            "architecture": platform.machine(),
        },
        "versions": {"python": platform.python_version(), **versions},
    }
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()
