"""The benchmark of lambda_lib: its contestants do the same work, and a bound is judged as it is written.

The peers that only the benchmark's own environment has are compared there, before each measurement.
"""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

REPOSITORY = Path(__file__).parents[1]
INSTALLED_HERE = (
    "raw",
    "lambda_lib_router",
    "lambda_lib_whole",
    "lambda_lib_default",
    "powertools_parsing",
    "powertools_validating",
    "powertools_context",
)


def compare(*contestants: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(sys.executable, "-m", "benchmarks.lib", "--only", "warm", "--rounds", "0"),
            *("--python", sys.executable, "--contestants", ",".join(contestants)),
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def results() -> ModuleType:
    spec = importlib.util.spec_from_file_location("results", REPOSITORY / "benchmarks" / "lib" / "results.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_all_contestants_answer_log_and_count_the_same_requests_alike() -> None:
    done = compare(*INSTALLED_HERE)
    assert done.returncode == 0, done.stderr
    assert f"{len(INSTALLED_HERE)} contestants answer 10 requests alike" in done.stdout


def test_a_contestant_that_writes_less_than_the_first_is_not_timed() -> None:
    done = compare("lambda_lib_default", "raw")
    assert done.returncode == 1
    assert "raw handler, as a browser sends it" in done.stderr
    assert "ServerErrors" in done.stderr


def test_a_contestant_that_does_not_exist_is_refused_by_its_name() -> None:
    done = compare("raw", "nobody")
    assert done.returncode == 2
    assert "'nobody' is none of raw, lambda_lib_router" in done.stderr


def test_a_bound_is_kept_at_its_own_value_and_broken_beyond_it(results: ModuleType) -> None:
    assert results.Result("ratio", 0.4, "ratio", 0.4).holds
    assert not results.Result("ratio", 0.401, "ratio", 0.4).holds
    assert not results.Result("requests", 9.0, "1/s", 10.0, "higher").holds
    assert results.Result("for information", 9.0, "us").holds


def test_a_ratio_is_the_median_over_pairs_measured_side_by_side(results: ModuleType) -> None:
    assert results.median_ratio([1.0, 20.0, 3.0], [2.0, 40.0, 2.0]) == 0.5


def test_a_broken_bound_is_seen_in_the_table(results: ModuleType) -> None:
    broken, kept = results.Result("slow", 2.0, "ratio", 1.15), results.Result("quick", 1.0, "ratio", 1.15)
    lines = results.table([broken, kept]).splitlines()
    assert lines[1].split() == ["slow", "2", "ratio", "1.15", "NO"]
    assert lines[2].split() == ["quick", "1", "ratio", "1.15", "yes"]
