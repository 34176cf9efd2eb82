"""What this service needs of profile, as it asks for it: profile's own tests hold the same file against profile."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session

from authentication_service.model import ProfileExists
from authentication_service.profiles import Profiles
from lambda_lib import ServiceClient, Unauthenticated
from lambda_lib.testing import FakeService

SERVICE = Path(__file__).parents[1]
NEEDS = json.loads((SERVICE / "needs/profile.json").read_text(encoding="utf-8"))
UNDERSTOOD = {401: Unauthenticated, 412: ProfileExists}


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: need["need"])
def test_a_need_is_what_the_client_sends_and_understands(
    need: dict[str, Any], aws: Session, fake_service: Callable[[str], FakeService]
) -> None:
    request, reply = need["request"], need["reply"]
    user_id, headers = request["path"]["user_id"], dict(request["headers"])
    token = headers["Authorization"].removeprefix("Bearer ")
    profile = fake_service("profile")
    problem = {"title": "t", "detail": "d", "status": reply["status"], **reply.get("body", {})}
    route = request["route"].format(**request["path"])
    profile.answers[route] = (reply["status"], problem if "body" in reply else None)
    profiles = Profiles(ServiceClient(environment="dev", region="us-east-1", session=aws))
    ask = profiles.require_none if "If-Match" in headers else profiles.delete

    if error := UNDERSTOOD.get(reply["status"]):
        with pytest.raises(error):
            ask(user_id, token=token)
    else:
        ask(user_id, token=token)

    [sent] = profile.requests
    assert sent.route == route
    assert headers.items() <= sent.headers.items()


def test_every_call_that_terraform_allows_is_a_need_and_no_other_is() -> None:
    declared = (SERVICE / "service.tfvars").read_text(encoding="utf-8")
    [calls] = [line for line in declared.splitlines() if line.strip().startswith("profile ")]

    assert sorted(json.loads(calls.partition("=")[2])) == sorted({need["request"]["route"] for need in NEEDS})
