"""What this service needs of authentication: authentication's own tests hold the same file against authentication."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session

from lambda_lib import Authenticator, Identity, ServiceClient, Unauthenticated
from lambda_lib.testing import FakeService, FrozenClock

SERVICE = Path(__file__).parents[1]
NEEDS = json.loads((SERVICE / "needs/authentication.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: need["need"])
def test_a_need_is_what_the_client_sends_and_understands(
    need: dict[str, Any], aws: Session, authentication_service: FakeService, frozen_clock: FrozenClock
) -> None:
    request, told = need["request"], need["reply"]["body"]
    token = request["body"]["token"]
    authentication_service.answers[request["route"]] = (need["reply"]["status"], told)
    services = ServiceClient(environment="dev", region="us-east-1", session=aws)
    authenticate = Authenticator(services, clock=frozen_clock)

    if told["active"]:
        assert authenticate(token) == Identity(told["user_id"], token)
        frozen_clock.now_s = told["expires_at"]
        authentication_service.answers[request["route"]] = (200, {"active": False})
    with pytest.raises(Unauthenticated):
        authenticate(token)

    assert {sent.route for sent in authentication_service.requests} == {request["route"]}
    assert authentication_service.requests[0].body == request["body"]


def test_every_call_that_terraform_allows_is_a_need_and_no_other_is() -> None:
    declared = (SERVICE / "service.tfvars").read_text(encoding="utf-8")
    [calls] = [line for line in declared.splitlines() if line.strip().startswith("authentication ")]

    assert sorted(json.loads(calls.partition("=")[2])) == sorted({need["request"]["route"] for need in NEEDS})
