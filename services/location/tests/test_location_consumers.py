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
from lambda_lib.testing import FakeAuthentication, Send, Table, caller_arn
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


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema of the contract, behind its reference if it is one."""
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = CONTRACT["components"]["schemas"][name] if name else schema
    return found


def schema_of(content: dict[str, Any]) -> dict[str, Any]:
    [media_type] = content.values()
    return resolved(media_type["schema"])


def assert_has(needed: Any, found: Any) -> None:
    """Asserts that a document has everything that is needed of it; it may have more."""
    match needed:
        case dict():
            for name, value in needed.items():
                assert_has(value, found[name])
        case list():
            assert len(needed) == len(found)
            for item, other in zip(needed, found, strict=True):
                assert_has(item, other)
        case _:
            assert needed == found


@pytest.mark.parametrize(("consumer", "need"), NEEDS)
def test_the_contract_promises_what_a_consumer_needs(consumer: str, need: dict[str, Any]) -> None:
    method, template = need["request"]["route"].split(" ")
    operation = CONTRACT["paths"][template][method.lower()]
    reply = operation["responses"][str(need["reply"]["status"])]

    assert operation["x-amazon-apigateway-auth"] == {"type": "AWS_IAM"}, consumer
    if "body" in need["request"]:
        assert need["request"]["body"].keys() <= schema_of(operation["requestBody"]["content"])["properties"].keys()
    headers = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "header"}
    assert need["request"]["headers"].keys() <= headers
    if "body" in need["reply"]:
        schema = schema_of(reply["content"])
        assert need["reply"]["body"].keys() <= schema["properties"].keys()
        assert set(need["reply"].get("required", ())) <= set(schema["required"])
        if "code" in need["reply"]["body"]:
            assert need["reply"]["body"]["code"] in reply["content"]["application/problem+json"]["examples"]


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
    request, reply = need["request"], need["reply"]

    answer = signed_caller(
        handler,
        request["route"],
        path=request["path"],
        headers=request["headers"],
        body=request.get("body"),
        caller=caller_arn(consumer),
    )

    assert answer["statusCode"] == reply["status"], answer["body"]
    assert set(reply.get("headers", ())) <= answer["headers"].keys()
    if "body" in reply:
        assert_has(reply["body"], json.loads(answer["body"]))
    else:
        assert answer["body"] == ""


@pytest.mark.parametrize("consumer", sorted({param.values[0] for param in NEEDS}))
def test_a_consumer_is_admitted_to_the_routes_that_it_needs_and_to_no_other(consumer: str) -> None:
    declared = (SERVICE / "service.tfvars").read_text(encoding="utf-8")
    routes_of = re.findall(r'"([A-Z]+ /[^"]*)" *= *\[(.*)\]', declared)

    admitted = {route for route, callers in routes_of if f'"{consumer}"' in callers}
    assert admitted == {
        need["request"]["route"] for name, need in (param.values for param in NEEDS) if name == consumer
    }
