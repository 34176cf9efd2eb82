"""What one service needs of another: a file that both have, and that the tests of both are held against.

A consumer's tests show that a need is what its client sends and understands; a provider's, that its contract promises
it and its handler gives it. So a version of the provider that breaks a consumer fails its own tests.
"""

import json
from collections.abc import Mapping
from typing import Any

from lambda_lib.testing.requests import ProxyReply


def broken_promises(need: Mapping[str, Any], contract: Mapping[str, Any]) -> list[str]:
    """What a contract does not promise of a need.

    Args:
        need: `request`, with `route`, `headers`, maybe `query` and `body`; `reply`, with `status`, maybe `headers`
            (their names), `body`, and `required`: the members that it must always have. A request without
            `Authorization` is signed (`AWS_IAM`).
        contract: The provider's `openapi.json`.

    Returns:
        What is missing, a line for each; nothing where the need is met.
    """
    request, reply = need["request"], need["reply"]
    method, template = request["route"].split(" ")
    operation = contract["paths"].get(template, {}).get(method.lower())
    if operation is None:
        return [f"route {request['route']}"]
    missing = []
    headers = dict(request["headers"])
    access, authorization = ("bearer", "NONE") if headers.pop("Authorization", None) else ("sigv4", "AWS_IAM")
    told = operation.get("security"), operation.get("x-amazon-apigateway-auth")
    if told != ([{access: []}], {"type": authorization}):
        missing.append(f"access by {access}")
    for place, given in (("header", headers), ("query", request.get("query", {}))):
        known = {item["name"] for item in operation.get("parameters", ()) if item["in"] == place}
        missing += [f"{place} {name}" for name in given if name not in known]
    sent = _schema(operation.get("requestBody", {}), contract)
    missing += [f"member {name} of the request" for name in request.get("body", {}) if name not in sent["properties"]]
    promised = operation["responses"].get(str(reply["status"]))
    if promised is None:
        return [*missing, f"status {reply['status']}"]
    answer = _schema(promised, contract)
    missing += [f"member {name} of the reply" for name in reply.get("body", {}) if name not in answer["properties"]]
    missing += [f"member {name} of every reply" for name in reply.get("required", ()) if name not in answer["required"]]
    code = reply.get("body", {}).get("code")
    if code is not None and code not in promised["content"]["application/problem+json"]["examples"]:
        missing.append(f"code {code}")
    return missing


def assert_meets(need: Mapping[str, Any], reply: ProxyReply) -> None:
    """Asserts that a handler's reply is what is needed; it may tell more.

    Args:
        need: As of `broken_promises`.
        reply: The handler's reply to its request.
    """
    needed = need["reply"]
    assert reply["statusCode"] == needed["status"], reply["body"]  # noqa: S101  it is for tests
    assert set(needed.get("headers", ())) <= reply["headers"].keys()  # noqa: S101
    if "body" in needed:
        document = json.loads(reply["body"])
        assert _has(document, needed["body"]), document  # noqa: S101
    else:
        assert reply["body"] == ""  # noqa: S101


def _schema(described: Mapping[str, Any], contract: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of a body, behind its reference if it is one; that of nothing where there is no body."""
    found: Mapping[str, Any] = {}
    for media_type in described.get("content", {}).values():
        found = media_type["schema"]
        if "$ref" in found:
            found = contract["components"]["schemas"][found["$ref"].rpartition("/")[2]]
    return {"properties": {}, "required": (), **found}


def _has(found: object, needed: object) -> bool:
    """Whether a document has everything that is needed of it."""
    if isinstance(needed, Mapping):
        return isinstance(found, Mapping) and all(
            name in found and _has(found[name], value) for name, value in needed.items()
        )
    if isinstance(needed, list):
        return isinstance(found, list) and len(found) == len(needed) and all(map(_has, found, needed))
    return found == needed and type(found) is type(needed)
