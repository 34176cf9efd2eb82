"""Warm requests: microseconds of each contestant, and its ratio to the contestant that it is measured by."""

import statistics
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.lib.comparison import compare
from benchmarks.lib.contest import RAW, ROUTER, VALIDATING, WHOLE, Contestant, workers
from benchmarks.lib.events import TIMED
from benchmarks.lib.results import Result, median_ratio

REQUESTS = 200
"""Requests in a block: short, so that few blocks are hit by whatever else the machine does."""
_WARM_UP_BLOCKS = 5
_BOUNDS: dict[Contestant, dict[Contestant, float | None]] = {
    ROUTER: {RAW: 1.15},
    WHOLE: {RAW: None, VALIDATING: 0.40},
}
"""The contestants by which one is measured and the bound of the ratio; the others are measured by the raw handler."""


def measure(python: Path, contestants: Sequence[Contestant], rounds: int, say: Callable[[str], None]) -> list[Result]:
    """Compare the contestants, then time them in turn: in each round every contestant runs one block.

    Args:
        python: Interpreter of the environment that has all contestants.
        contestants: Who takes part.
        rounds: Blocks of each contestant; none compares only.
        say: Takes a line for the person who waits.

    Raises:
        DifferenceError: They do not do the same work.
    """
    with workers(python, contestants) as started:
        requests = compare(started)
        say(f"warm: {len(started)} contestants answer {requests} requests alike")
        if not rounds:
            return []
        for worker in started.values():
            for _ in range(_WARM_UP_BLOCKS):
                worker.time_us(TIMED, REQUESTS)
        times: dict[Contestant, list[float]] = {contestant: [] for contestant in started}
        order = list(started.items())
        for done in range(1, rounds + 1):
            for contestant, worker in order:
                times[contestant].append(worker.time_us(TIMED, REQUESTS))
            order = [*order[1:], order[0]]  # nobody always runs after the same one
            if done % max(1, rounds // 4) == 0:
                say(f"warm: {done} of {rounds} rounds")
    return _results(times)


def _results(times: dict[Contestant, list[float]]) -> list[Result]:
    results = [
        Result(f"warm: {contestant.name}", statistics.median(blocks), "us") for contestant, blocks in times.items()
    ]
    for contestant, blocks in times.items():
        for reference, bound in _BOUNDS.get(contestant, {RAW: None}).items():
            if reference in times and reference is not contestant:
                ratio = median_ratio(blocks, times[reference])
                results.append(Result(f"warm: {contestant.name} / {reference.name}", ratio, "ratio", bound))
    return results
