"""It is the plan that runs: an edited declaration is a changed system.

One sandbox runs a copy of the declaration with six independent edits; each test compares it with the sandbox that runs
the declaration as it is.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from running_sandbox import ALARM_PERIOD_FACTOR, RunningSandbox, a_user, run

pytestmark = pytest.mark.xdist_group("running sandbox")

PAGE = {"display_name": "Ada", "bio": "Enchantress of numbers"}
READ_CAPACITY = 2
BURST_S = 300


def edit(file: Path, pattern: str, replacement: str) -> None:
    """Replace exactly one match, so that an edit that no longer applies is an error."""
    text, count = re.subn(pattern, replacement, file.read_text(), flags=re.MULTILINE)
    assert count == 1, f"{pattern} matches {count} times in {file.name}"
    file.write_text(text)


@pytest.fixture(scope="module")
def edited(declaration_copy: Callable[[], Path], start_sandbox: Callable[..., RunningSandbox]) -> RunningSandbox:
    source = declaration_copy()
    location = source / "services/location/service.tfvars"
    edit(location, r"read_capacity  = 1$", f"read_capacity  = {READ_CAPACITY}")
    location.write_text(
        location.read_text() + "\nalarm_thresholds = { read_throttle = 1000000 }\nreserved_concurrency = 1\n"
    )
    scaling = f"{{ read = {{ max = {10 * READ_CAPACITY} }}, write = {{ max = 10 }} }}"
    edit(location, r"^table = \{$", f"table = {{\n  autoscaling = {scaling}")
    profile = source / "services/profile/service.tfvars"
    edit(profile, r'"GetItem", "UpdateItem"', '"GetItem"')
    throttle = '{ "GET /profiles/{user_id}" = { rate_per_s = 0.001, burst_limit = 2 } }'
    profile.write_text(profile.read_text() + f"\nmethod_throttles = {throttle}\n")
    contract = source / "services/authentication/openapi.json"
    body = json.loads(contract.read_text())
    del body["x-amazon-apigateway-request-validator"]
    contract.write_text(json.dumps(body))
    running = start_sandbox(source=source)
    operator = running.assume("dev-load-operator")

    def status(number: int) -> int:
        return running.call("GET", "location", f"/locations/nobody-{number}", credentials=operator).status_code

    with ThreadPoolExecutor() as pool:  # more at once than the function may run: the last test sees what became of it
        assert set(pool.map(status, range(4))) == {404, 504}
    return running


def units_until_throttled(sandbox: RunningSandbox) -> int:
    """Strongly consistent reads of the location table that are served before the first throttled one."""
    dynamodb = sandbox.aws("dynamodb")
    key = {"user_id": {"S": "nobody"}}
    for served in range(10 * BURST_S):
        try:
            dynamodb.get_item(TableName="dev-location", Key=key, ConsistentRead=True)
        except dynamodb.exceptions.ProvisionedThroughputExceededException:
            return served
    return pytest.fail("never throttled")


def alarm_states(sandbox: RunningSandbox, name: str, seconds: float) -> Iterator[str]:
    """The states of an alarm as they are seen within some seconds, each once."""
    cloudwatch, last, end = sandbox.aws("cloudwatch"), None, time.monotonic() + seconds
    while time.monotonic() < end:
        state = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["StateValue"]
        if state != last:
            yield state
        last = state
        time.sleep(0.2)


def test_read_capacity_moves_the_throttle_and_a_threshold_moves_the_alarm(sandbox, edited):
    for running, capacity in ((sandbox, 1), (edited, READ_CAPACITY)):
        start = time.monotonic()
        served = units_until_throttled(running)
        refilled = capacity * (time.monotonic() - start)
        assert served == pytest.approx(BURST_S * capacity + refilled, rel=0.05)
    period_s = 60 / ALARM_PERIOD_FACTOR
    states = alarm_states(sandbox, "dev-location-read-throttle", 4 * period_s)
    assert "ALARM" in states
    named = {"AlarmNames": ["dev-location-unhealthy"], "AlarmTypes": ["CompositeAlarm"]}
    assert sandbox.aws("cloudwatch").describe_alarms(**named)["CompositeAlarms"][0]["StateValue"] == "ALARM"
    assert "ALARM" not in list(alarm_states(edited, "dev-location-read-throttle", 2 * period_s))


def test_a_throttle_of_one_method_leaves_the_others_theirs(sandbox, edited):
    for running, third in ((sandbox, 404), (edited, 429)):
        replies = [running.call("GET", "profile", "/profiles/nobody") for _ in range(3)]
        assert [reply.status_code for reply in replies] == [404, 404, third], replies[-1].text
        assert running.call("PUT", "profile", "/profiles/nobody", body=PAGE).status_code != 429


def test_an_autoscaled_table_is_said_to_keep_its_least_capacity(sandbox, edited):
    for running, scaled in ((sandbox, False), (edited, True)):
        shown = run("sandbox", "status", "--state-dir", str(running.state)).stdout
        assert ("aws_appautoscaling_target" in shown) == scaled


def test_an_action_removed_from_a_policy_gets_the_call_denied(sandbox, edited):
    for running, status in ((sandbox, 204), (edited, 500)):
        user = a_user(running)
        put = running.call("PUT", "profile", f"/profiles/{user.user_id}", body=PAGE, headers=user.bearer)
        assert put.status_code == status, put.text
    events = edited.aws("logs").filter_log_events(logGroupName="/aws/lambda/dev-profile")["events"]
    assert any("not authorized to perform: dynamodb:UpdateItem" in event["message"] for event in events)


def test_without_a_validator_the_handler_refuses_instead_of_the_gateway(sandbox, edited):
    def invocations(running: RunningSandbox) -> int:
        events = running.aws("logs").filter_log_events(
            logGroupName="/aws/lambda/dev-authentication", filterPattern='"platform.report"'
        )["events"]
        return len(events)

    for running, invoked in ((sandbox, 0), (edited, 1)):
        before = invocations(running)
        response = running.call("POST", "authentication", "/users", body={})
        assert response.status_code == 400
        assert response.headers["Content-Type"] == "application/problem+json"
        assert invocations(running) - before == invoked


def test_a_function_at_its_reserved_concurrency_sets_off_its_alarm_and_the_composite_and_both_recover(edited):
    cloudwatch, end = edited.aws("cloudwatch"), time.monotonic() + 60

    def courses() -> set[tuple[str, ...]]:
        """The states that the two alarms went through since they were OK."""
        return {
            tuple(
                item["HistorySummary"].rpartition(" ")[2]
                for item in cloudwatch.describe_alarm_history(
                    AlarmName=f"dev-location-{name}",
                    AlarmTypes=["MetricAlarm", "CompositeAlarm"],
                    HistoryItemType="StateUpdate",
                    ScanBy="TimestampAscending",
                )["AlarmHistoryItems"]
            )[1:3]
            for name in ("function-throttles", "unhealthy")
        }

    while courses() != {("ALARM", "OK")} and time.monotonic() < end:
        time.sleep(1)
    assert courses() == {("ALARM", "OK")}
