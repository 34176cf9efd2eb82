"""What one service needs of another is held against a contract, and against a handler's replies."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from lambda_lib.testing import assert_meets, broken_promises

NEED: dict[str, Any] = {
    "request": {
        "route": "PUT /things/{thing_id}",
        "path": {"thing_id": "a"},
        "query": {"force": "true"},
        "headers": {"X-User-Token": "token"},
        "body": {"name": "A"},
    },
    "reply": {"status": 200, "headers": ["ETag"], "body": {"size": 1, "owner": {"name": "A"}}, "required": ["size"]},
}
REFUSED: dict[str, Any] = {
    "request": {"route": "GET /things/{thing_id}", "headers": {"Authorization": "Bearer token"}},
    "reply": {"status": 404, "body": {"code": "not_found"}},
}


def a_contract() -> dict[str, Any]:
    """A contract that promises both."""
    problem = {"schema": {"properties": {"code": {}}}, "examples": {"not_found": {}}}
    thing = {"properties": {"size": {}, "owner": {}, "colour": {}}, "required": ["size"]}
    return {
        "paths": {
            "/things/{thing_id}": {
                "put": {
                    "security": [{"sigv4": []}],
                    "x-amazon-apigateway-auth": {"type": "AWS_IAM"},
                    "parameters": [{"in": "header", "name": "X-User-Token"}, {"in": "query", "name": "force"}],
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/New"}}}},
                    "responses": {"200": {"content": {"application/json": {"schema": thing}}}},
                },
                "get": {
                    "security": [{"bearer": []}],
                    "x-amazon-apigateway-auth": {"type": "NONE"},
                    "responses": {"404": {"content": {"application/problem+json": problem}}},
                },
            }
        },
        "components": {"schemas": {"New": {"properties": {"name": {}}}}},
    }


@pytest.mark.parametrize("need", [NEED, REFUSED])
def test_a_need_that_is_promised_lacks_nothing(need: dict[str, Any]) -> None:
    assert broken_promises(need, a_contract()) == []


def put(contract: Any) -> Any:
    return contract["paths"]["/things/{thing_id}"]["put"]


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        (lambda contract: contract["paths"].clear(), "route PUT /things/{thing_id}"),
        (lambda contract: contract["paths"]["/things/{thing_id}"].pop("put"), "route PUT /things/{thing_id}"),
        (lambda contract: put(contract).update(security=[{"bearer": []}]), "access by sigv4"),
        (lambda contract: put(contract)["x-amazon-apigateway-auth"].update(type="NONE"), "access by sigv4"),
        (lambda contract: put(contract).pop("x-amazon-apigateway-auth"), "access by sigv4"),
        (lambda contract: put(contract)["parameters"].pop(0), "header X-User-Token"),
        (lambda contract: put(contract)["parameters"].pop(1), "query force"),
        (lambda contract: contract["components"]["schemas"]["New"]["properties"].clear(), "member name of the request"),
        (
            lambda contract: put(contract)["responses"].update({"204": put(contract)["responses"].pop("200")}),
            "status 200",
        ),
        (
            lambda contract: put(contract)["responses"]["200"]["content"]["application/json"]["schema"][
                "properties"
            ].pop("owner"),
            "member owner of the reply",
        ),
        (
            lambda contract: put(contract)["responses"]["200"]["content"]["application/json"]["schema"].pop("required"),
            "member size of every reply",
        ),
    ],
)
def test_what_is_not_promised_is_named(change: Callable[[Any], object], missing: str) -> None:
    contract = a_contract()
    change(contract)

    assert broken_promises(NEED, contract) == [missing]


def test_a_code_that_is_not_promised_is_named() -> None:
    contract = a_contract()
    get = contract["paths"]["/things/{thing_id}"]["get"]
    get["responses"]["404"]["content"]["application/problem+json"]["examples"] = {"unknown_route": {}}

    assert broken_promises(REFUSED, contract) == ["code not_found"]


def a_reply(body: object, **changes: Any) -> dict[str, Any]:
    return {"statusCode": 200, "headers": {"ETag": '"1"'}, "body": json.dumps(body)} | changes


def test_a_reply_that_tells_more_than_is_needed_meets_the_need() -> None:
    assert_meets(NEED, a_reply({"size": 1, "owner": {"name": "A", "age": 36}, "colour": "red"}))


@pytest.mark.parametrize(
    "reply",
    [
        a_reply({"size": 1, "owner": {"name": "A"}}, statusCode=201),
        a_reply({"size": 1, "owner": {"name": "A"}}, headers={}),
        a_reply({"size": 1, "owner": {"name": "B"}}),
        a_reply({"size": 1, "owner": None}),
        a_reply({"size": 1}),
        a_reply({"size": True, "owner": {"name": "A"}}),
    ],
)
def test_a_reply_that_lacks_something_does_not(reply: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        assert_meets(NEED, reply)


@pytest.mark.parametrize(("body", "meets"), [([{"a": 1, "b": 2}], True), ([], False), ([{"a": 1}, {}], False)])
def test_a_list_has_as_many_items_as_are_needed(body: object, meets: bool) -> None:  # noqa: FBT001
    need = deepcopy(NEED)
    need["reply"]["body"] = {"items": [{"a": 1}]}

    if meets:
        assert_meets(need, a_reply({"items": body}))
    else:
        with pytest.raises(AssertionError):
            assert_meets(need, a_reply({"items": body}))


def test_where_no_body_is_needed_there_is_none() -> None:
    need = {"reply": {"status": 204}}

    assert_meets(need, {"statusCode": 204, "headers": {}, "body": ""})
    with pytest.raises(AssertionError):
        assert_meets(need, {"statusCode": 204, "headers": {}, "body": "{}"})
