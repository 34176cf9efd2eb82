"""The speed of lambda_lib beside its peers. `make bench-lib` makes what this needs, and runs it.

Prints medians and ratios, and without --only and --contestants writes them to benchmarks/results/lib.json. The exit
status is 1 if a bound does not hold, or if the contestants do not all do the same.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.lib import cold, results, size, warm
from benchmarks.lib.comparison import DifferenceError
from benchmarks.lib.contest import CONTESTANTS, REPOSITORY, Contestant

_RESULTS = REPOSITORY / "benchmarks/results/lib.json"
_MADE = REPOSITORY / "build/bench"
_SERVICES = ("authentication", "location", "profile")
_PARTS = ("warm", "cold", "size")
_PACKAGES = ("apig-wsgi", "aws-lambda-powertools", "boto3", "chalice", "fastapi", "flask", "mangum", "pydantic")


def main() -> int:
    """Run the command; its exit status."""
    options = _parser().parse_args()
    parts, contestants = options.only or _PARTS, options.contestants
    found: list[results.Result] = []
    if "warm" in parts:
        try:
            found += warm.measure(options.python, contestants, options.rounds, _say)
        except DifferenceError as difference:
            print(difference, file=sys.stderr)
            return 1
    if "cold" in parts:
        found += cold.measure(_MADE / "typical", _MADE / "complete.zip", options.cold_rounds, _say)
    if "size" in parts:
        bundles = (REPOSITORY / "build/bundles" / f"{service}.zip" for service in _SERVICES)
        found += size.measure([_MADE / "complete.zip", *bundles])
    print(results.table(found))
    if parts == _PARTS and contestants == CONTESTANTS:
        rounds = {"warm": options.rounds, "requests_per_warm_round": warm.REQUESTS, "cold": options.cold_rounds}
        results.write(_RESULTS, found, rounds=rounds, versions=_versions(options.python))
        _say(f"written to {_RESULTS.relative_to(REPOSITORY)}")
    broken = [result.name for result in found if not result.holds]
    if broken:
        print(f"beyond its bound: {'; '.join(broken)}", file=sys.stderr)
    return 1 if broken else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.lib", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", choices=_PARTS, help="part to measure; may be given again")
    parser.add_argument("--rounds", type=int, default=60, metavar="N", help="warm blocks of each contestant (60)")
    parser.add_argument("--cold-rounds", type=int, default=24, metavar="N", help="cold starts of each service (24)")
    parser.add_argument(
        "--contestants",
        type=_named,
        default=CONTESTANTS,
        metavar="NAME,NAME",
        help="warm contestants by their modules; the others are compared with the first",
    )
    parser.add_argument(
        "--python",
        type=Path,
        default=_MADE / "venv/bin/python",
        metavar="PATH",
        help="interpreter that has the contestants' packages (build/bench/venv/bin/python)",
    )
    return parser


def _named(modules: str) -> Sequence[Contestant]:
    by_module = {contestant.module: contestant for contestant in CONTESTANTS}
    try:
        return [by_module[module] for module in modules.split(",")]
    except KeyError as unknown:
        raise argparse.ArgumentTypeError(f"{unknown} is none of {', '.join(by_module)}") from None


def _versions(python: Path) -> dict[str, Any]:
    program = "import importlib.metadata as m, json, sys; print(json.dumps({n: m.version(n) for n in sys.argv[1:]}))"
    done = subprocess.run([python, "-c", program, *_PACKAGES], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
