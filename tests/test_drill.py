"""The drill proves an alarm against the running plan; alarm periods are compressed, nothing else is."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from running_sandbox import ACCOUNT_ID, RunningSandbox, run

pytestmark = pytest.mark.xdist_group("drill")


@pytest.fixture(scope="module")
def location(start_sandbox: Callable[..., RunningSandbox]) -> RunningSandbox:
    """Location alone, in the reading of missing data in which an alarm is harder to recover."""
    return start_sandbox("--services", "location", "--missing-data", "dynamodb-ignored")


def test_the_read_throttle_alarm_fires_and_recovers_as_predicted(location: RunningSandbox, tmp_path: Path) -> None:
    report = tmp_path / "drill.json"
    done = run(
        *("load", "drill", "read-throttle", "--service", "location", "--allow-account", ACCOUNT_ID),
        *("--time-limit", "200", "--json", str(report)),
        env=location.env,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    seen = json.loads(report.read_text())
    assert seen["outcome"] == "passed"
    assert seen["seen_to_predicted"] == pytest.approx(1, abs=0.15)
    assert [event["what"] for event in seen["timeline"] if event["what"].startswith("alarm ")][-3:] == [
        "alarm OK",
        "alarm ALARM",
        "alarm OK",
    ]


def test_an_account_that_is_not_allowed_is_refused(location: RunningSandbox) -> None:
    done = run(
        "load", "drill", "read-throttle", "--service", "location", "--allow-account", "210987654321", env=location.env
    )
    assert done.returncode != 0
    assert len(done.stderr.splitlines()) == 1
    assert ACCOUNT_ID in done.stderr
