"""What other services need of this one, held against its contract and its handler.

Each consumer's needs are its own file, `needs/profile.json` there and `consumers/<consumer>.json` here: there they are
what its client sends and understands, here they are what the service accepts and answers.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session

from lambda_lib import Handler, ServiceClient
from lambda_lib.testing import FakeAuthentication, FakeService, Table, assert_meets, broken_promises, send
from profile_service.handler import Resources, routes
from profile_service.locations import Locations
from profile_service.store import ProfileStore

SERVICE = Path(__file__).parents[1]
CONTRACT = json.loads((SERVICE / "openapi.json").read_text(encoding="utf-8"))
NEEDS = [
    pytest.param(file.stem, need, id=f"{file.stem}: {need['need']}")
    for file in sorted((SERVICE / "consumers").glob("*.json"))
    for need in json.loads(file.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("consumer", "need"), NEEDS)
def test_the_contract_promises_what_a_consumer_needs(consumer: str, need: dict[str, Any]) -> None:
    assert broken_promises(need, CONTRACT) == [], consumer


@pytest.mark.parametrize(("consumer", "need"), NEEDS)
def test_the_service_answers_as_a_consumer_needs(
    consumer: str,
    need: dict[str, Any],
    aws: Session,
    table: Table,
    authentication: FakeAuthentication,
    location: FakeService,
) -> None:
    del consumer
    authentication.sign_in("alice", token="alices-token")
    authentication.sign_in("alice", token="ended-token", ttl_s=0)
    location.answers["DELETE /locations/alice"] = (204, None)
    store = ProfileStore(table.client, table.name)
    if need["there"]:
        store.put("alice", {"display_name": "Alice"}, version="v1")
    services = ServiceClient(environment="dev", region="us-east-1", session=aws)
    handler = Handler(routes, resources=Resources(store, Locations(services)), authenticate=authentication)
    request = need["request"]

    reply = send(handler, request["route"], path=request["path"], headers=request["headers"])

    assert_meets(need, reply)
    is_left = need["there"] and need["reply"]["status"] != 204
    assert (store.get("alice", consistent=True) is not None) == is_left
    assert [sent.route for sent in location.requests] == ["DELETE /locations/alice"] * (need["reply"]["status"] == 204)
