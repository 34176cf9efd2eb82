"""What this service needs of others, as it asks for it: location's own tests hold the same file against location.

Each need is a request that this service's client sends, and a reply that it understands.
"""

import json
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.session import Session

from lambda_lib import InvalidRequest, PreconditionFailed, ServiceClient, Unauthenticated
from lambda_lib.testing import FakeService
from profile_service.locations import Locations
from profile_service.model import Location, NewLocation

NEEDS = json.loads((Path(__file__).parents[1] / "needs/location.json").read_text(encoding="utf-8"))
ERRORS = {
    "invalid_request": InvalidRequest,
    "precondition_failed": PreconditionFailed,
    "unauthenticated": Unauthenticated,
}


@pytest.fixture
def locations(aws: Session) -> Locations:
    services = ServiceClient(environment="dev", region="us-east-1", session=aws, timeout_s=0.5, pause=lambda _: None)
    return Locations(services)


def ask(locations: Locations, request: dict[str, Any]) -> Location | None:
    """Makes the client send a request."""
    user_id = request["path"]["user_id"]
    conditions = dict(request["headers"])
    token = conditions.pop("X-User-Token", "")
    match request["route"].partition(" ")[0]:
        case "GET":
            return locations.get(user_id)
        case "PUT":
            location = NewLocation.model_validate_json(json.dumps(request["body"]))
            locations.put(user_id, location, token=token, conditions=conditions)
        case "DELETE":
            locations.delete(user_id, token=token, conditions=conditions)
    return None


def expected(reply: dict[str, Any]) -> AbstractContextManager[Any]:
    """What the client makes of a reply."""
    code = reply.get("body", {}).get("code")
    return pytest.raises(ERRORS[code]) if code in ERRORS else nullcontext()


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: need["need"])
def test_a_need_is_what_the_client_sends_and_understands(
    need: dict[str, Any], locations: Locations, location: FakeService
) -> None:
    request, reply = need["request"], need["reply"]
    route = request["route"].format(**request["path"])
    body = reply.get("body")
    if body is not None and "code" in body:
        errors = [item | {"message": "wrong"} for item in body.get("errors", ())]
        body = {"title": "t", "detail": "d", "status": reply["status"], **body, "errors": errors}
    if query := request.get("query"):  # which the client asks for after a write of its own
        route += f"?{urlencode(query)}"
        location.answers["PUT /locations/alice"] = (204, None)
        locations.put("alice", NewLocation(latitude=1, longitude=2), token="t", conditions={})
        location.requests.clear()
    location.answers[route] = (reply["status"], body)

    with expected(reply):
        found = ask(locations, request)
        assert found == (Location.model_validate_json(json.dumps(body)) if reply["status"] == 200 else None)

    [sent] = location.requests
    assert sent.route == route
    assert request["headers"].items() <= sent.headers.items()
    assert sent.body == request.get("body")


def test_the_members_that_are_needed_are_those_that_the_model_insists_on() -> None:
    insisted = frozenset(name for name, field in Location.model_fields.items() if field.is_required())

    assert {frozenset(need["reply"]["required"]) for need in NEEDS if "required" in need["reply"]} == {insisted}


def test_every_call_that_terraform_allows_is_a_need_and_no_other_is() -> None:
    declared = (Path(__file__).parents[1] / "service.tfvars").read_text(encoding="utf-8")
    [calls] = [line for line in declared.splitlines() if line.strip().startswith("location ")]

    assert sorted(json.loads(calls.partition("=")[2])) == sorted({need["request"]["route"] for need in NEEDS})
