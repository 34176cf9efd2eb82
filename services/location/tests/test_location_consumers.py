"""What other services need of this one, held against its contract and its handler.

Each consumer's needs are its own file, `needs/location.json` there and `consumers/<consumer>.json` here: there they are
what its client sends and understands, here they are what the service accepts and answers.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from lambda_lib import Handler
from lambda_lib.testing import FakeAuthentication, Send, Table, assert_meets, broken_promises, caller_arn
from location_service.handler import Resources, routes
from location_service.model import Location
from location_service.store import LocationStore

SERVICE = Path(__file__).parents[1]
CONTRACT = json.loads((SERVICE / "openapi.json").read_text(encoding="utf-8"))
NEEDS = [
    pytest.param(file.stem, need, id=f"{file.stem}: {need['need']}")
    for file in sorted((SERVICE / "consumers").glob("*.json"))
    for need in json.loads(file.read_text(encoding="utf-8"))
]
THERE = {
    "latitude": 47.3769,
    "longitude": 8.5417,
    "label": "Zürich",
    "accuracy_m": 12.5,
    "fixed_at": "2026-11-24T09:00:00Z",
}


@pytest.mark.parametrize(("consumer", "need"), NEEDS)
def test_the_contract_promises_what_a_consumer_needs(consumer: str, need: dict[str, Any]) -> None:
    assert broken_promises(need, CONTRACT) == [], consumer


@pytest.mark.parametrize(("consumer", "need"), NEEDS)
def test_the_service_answers_as_a_consumer_needs(
    consumer: str, need: dict[str, Any], signed_caller: Send, table: Table, authentication: FakeAuthentication
) -> None:
    authentication.sign_in("alice", token="alices-token")
    authentication.sign_in("alice", token="ended-token", ttl_s=0)
    store = LocationStore(table.client, table.name)
    if need["there"]:
        store.put("alice", Location.model_validate_json(json.dumps(THERE)), version="v1")
    handler = Handler(routes, resources=Resources(store), authenticate=authentication)
    request = need["request"]

    answer = signed_caller(
        handler,
        request["route"],
        path=request["path"],
        query=request.get("query"),
        headers=request["headers"],
        body=request.get("body"),
        caller=caller_arn(consumer),
    )

    assert_meets(need, answer)


@pytest.mark.parametrize("consumer", sorted({param.values[0] for param in NEEDS}))
def test_a_consumer_is_admitted_to_the_routes_that_it_needs_and_to_no_other(consumer: str) -> None:
    declared = (SERVICE / "service.tfvars").read_text(encoding="utf-8")
    routes_of = re.findall(r'"([A-Z]+ /[^"]*)" *= *\[(.*)\]', declared)

    admitted = {route for route, callers in routes_of if f'"{consumer}"' in callers}
    assert admitted == {
        need["request"]["route"] for name, need in (param.values for param in NEEDS) if name == consumer
    }
