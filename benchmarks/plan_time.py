"""Seconds of a plan of one service where 3 and where 30 services are declared, and where all the others call it.

Each plan is a fresh Terraform with the real provider, which asks a local moto who it is; the declarations take turns,
so that all see the same machine. Writes benchmarks/results/plan_time.json.

Usage: python -m benchmarks.plan_time [--rounds 9]
"""

import argparse
import os
import re
import statistics
import subprocess
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from benchmarks.lib.results import Result, median_ratio, table, write
from moto.server import ThreadedMotoServer

from sandbox.access.identity import Credentials
from sandbox.planning.account import Account
from sandbox.planning.engine import find_engine
from sandbox.planning.plans import terraform_environment
from sandbox.planning.source import Target, copy_declaration, targets

REPOSITORY = Path(__file__).parents[1]
RESULTS = REPOSITORY / "benchmarks" / "results" / "plan_time.json"
SERVICE, MODEL = "location", "profile"
FEW, MANY = 3, 30
BOUND = 1.1
"""Of the ratio: what two runs of the same plan differ by on a busy machine."""


class Declaration:
    """A copy of the declaration with so many services, initialised."""

    def __init__(self, folder: Path, env: dict[str, str], *, services: int, called: bool = False) -> None:
        self._folder, self._env = folder, env
        self._command = find_engine(os.environ).command
        self._target: Target = targets("dev", [SERVICE])[1]
        copy_declaration(REPOSITORY, folder, [self._target])
        declared = [path.parent for path in (folder / "services").glob("*/service.tfvars")]
        others = [f"other-{number:02}" for number in range(len(declared) + 1, services + 1)]
        for name in others:
            self._declare(name)
        if called:
            self._let_call(others)
        self._run("init", "-input=false")

    def _declare(self, name: str) -> None:
        model, folder = self._folder / "services" / MODEL, self._folder / "services" / name
        folder.mkdir()
        (folder / "openapi.json").write_bytes((model / "openapi.json").read_bytes())
        text = (model / "service.tfvars").read_text(encoding="utf-8")
        (folder / "service.tfvars").write_text(text.replace(f'"{MODEL}"', f'"{name}"', 1), encoding="utf-8")

    def _let_call(self, others: list[str]) -> None:
        file = self._folder / "services" / SERVICE / "service.tfvars"
        callers = "".join(f', "{name}"' for name in others)
        text, edits = re.subn(rf'\["{MODEL}"', rf"\g<0>{callers}", file.read_text(encoding="utf-8"))
        if not edits:
            raise SystemExit(f"{file} does not name {MODEL} as a caller")
        file.write_text(text, encoding="utf-8")

    def plan_s(self) -> float:
        """The seconds of a plan."""
        started = time.perf_counter()
        self._run(
            "plan", "-input=false", "-lock=false", *(f"-var-file={self._folder / x}" for x in self._target.var_files)
        )
        return time.perf_counter() - started

    def _run(self, *arguments: str) -> None:
        command = [*self._command, *arguments, "-no-color"]
        subprocess.run(
            command, cwd=self._folder / self._target.root, env=self._env, check=True, stdout=subprocess.DEVNULL
        )


def main() -> int:
    """Measure; 0 when the bounds hold."""
    parser = argparse.ArgumentParser(description="Seconds of a plan of one service.")
    parser.add_argument("--rounds", type=int, default=9, help="plans of each declaration (default: 9)")
    rounds = parser.parse_args().rounds
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    env = terraform_environment(
        os.environ,
        account=Account("123456789012", "us-east-1"),
        aws_url=f"http://{host}:{port}",
        administrator=Credentials("none", "none", None, None),
    )
    with tempfile.TemporaryDirectory(prefix="plan-time-") as name:
        declarations = {
            f"{FEW} services": Declaration(Path(name) / "few", env, services=FEW),
            f"{MANY} services": Declaration(Path(name) / "many", env, services=MANY),
            f"{MANY} services, which call it": Declaration(Path(name) / "called", env, services=MANY, called=True),
        }
        seconds: dict[str, list[float]] = {label: [] for label in declarations}
        for turn in range(rounds):
            for label in [*declarations][turn % 3 :] + [*declarations][: turn % 3]:
                seconds[label].append(declarations[label].plan_s())
    server.stop()
    few, *rest = seconds
    results = [Result(f"plan, {label}", statistics.median(values), "s") for label, values in seconds.items()]
    results += [
        Result(f"{label} / {few}", median_ratio(seconds[label], seconds[few]), "ratio", BOUND) for label in rest
    ]
    print(table(results))
    write(RESULTS, results, rounds={"plans": rounds}, versions={"moto": version("moto")})
    return 0 if all(result.holds for result in results) else 1


if __name__ == "__main__":
    raise SystemExit(main())
