"""Whatever schemathesis makes of a contract, the service behind it in the sandbox answers as the contract says."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from fuzzed_service import FuzzedService, Tally
from running_sandbox import SERVICES, RunningSandbox

pytestmark = pytest.mark.xdist_group("roomy sandbox")

REQUESTS = 235
"""For each operation; about 3,000 in all."""

FEWER_REQUESTS = {
    # Nobody authenticates here.
    "POST /users": 120,
    "POST /sessions": 120,
    # There is nothing to make up but who calls, and each success costs its user a sign-in, or a sign-up as well.
    "DELETE /sessions": 40,
    "DELETE /sessions/current": 40,
    "DELETE /users/{user_id}": 60,
}


@pytest.fixture(scope="module")
def tallies(roomy_sandbox: RunningSandbox) -> dict[str, Tally]:
    """What became of the requests to each service. They are the same in each run but for names, tokens and tags."""
    tallies = {}
    for name in SERVICES:
        service = FuzzedService(roomy_sandbox, name)
        for operation in service.operations:
            generated = settings(
                max_examples=FEWER_REQUESTS.get(operation.label, REQUESTS),
                deadline=None,
                derandomize=True,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            generated(given(service.attempts(operation))(service.send))()
        tallies[name] = service.tally
    return tallies


@pytest.mark.parametrize("name", SERVICES)
def test_no_answer_is_outside_of_the_contract(
    tallies: dict[str, Tally], name: str, record_property: Callable[[str, object], None]
) -> None:
    record_property("requests", f"{name}, in the sandbox: {tallies[name]}")
    failures = tallies[name].failures
    assert not failures, "\n\n".join(failures[:10])


@pytest.mark.parametrize("name", SERVICES)
def test_every_operation_succeeds_at_least_once(tallies: dict[str, Tally], name: str) -> None:
    assert min(tallies[name].succeeded.values()) > 0, tallies[name]


def test_most_requests_pass_authentication(tallies: dict[str, Tally]) -> None:
    sent = sum(tally.sent for tally in tallies.values())
    assert sent > 2_500
    assert sum(tally.past_authentication for tally in tallies.values()) >= 0.6 * sent
