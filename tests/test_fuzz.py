"""Whatever schemathesis makes of a contract, the service behind it in the sandbox answers as the contract says."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from fuzzed_service import FuzzedService, Tally, contract_of
from running_sandbox import SERVICES, RunningSandbox

# The first test waits for a sandbox, and for all the requests: more than the suite's 300 s where much else runs.
pytestmark = [pytest.mark.xdist_group("roomy sandbox"), pytest.mark.timeout(900)]

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


def fuzz(service: FuzzedService, *, most: int | None = None) -> Tally:
    """Send requests of every operation, and tell what became of them.

    They are much the same each time: names, tokens and tags are not, and hypothesis uses literals of what is imported.
    """
    for operation in service.operations:
        generated = settings(
            max_examples=most or FEWER_REQUESTS.get(operation.label, REQUESTS),
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        generated(given(service.attempts(operation))(service.send))()
    return service.tally


@pytest.fixture(scope="module")
def tallies(roomy_sandbox: RunningSandbox) -> dict[str, Tally]:
    """What became of the requests to each service."""
    return {name: fuzz(FuzzedService(roomy_sandbox, name, contract_of(name))) for name in SERVICES}


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


def test_an_answer_that_the_contract_does_not_know_is_found(roomy_sandbox: RunningSandbox) -> None:
    contract, route = contract_of("profile"), "/profiles/{user_id}"
    get = contract["paths"][route]["get"]
    del get["responses"]["404"]
    contract["paths"] = {route: {"get": get}}
    failures = fuzz(FuzzedService(roomy_sandbox, "profile", contract), most=10).failures
    assert failures
    assert all(f"GET {route}" in failure and "404" in failure for failure in failures), failures
