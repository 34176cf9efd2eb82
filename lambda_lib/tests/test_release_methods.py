"""What a contract declares, what would weaken it, and what is left over, apart from any API."""

import json
from typing import Any

import pytest

from lambda_lib.contract import contract
from lambda_lib.routes import Routes
from lambda_lib_release.methods import (
    BODY,
    IAM,
    NONE,
    PARAMETERS,
    ContractRefused,
    Method,
    declared,
    differences,
    renamed_variables,
    weakened,
)
from lambda_lib_release.release import removals
from lambda_lib_release.rendering import rendered, settings
from lambda_lib_release.state import State

BOTH = frozenset({BODY, PARAMETERS})
SIGV4 = {"securitySchemes": {"sigv4": {"type": "apiKey", "x-amazon-apigateway-authtype": "awsSigv4"}}}
VALIDATORS = {
    "x-amazon-apigateway-request-validators": {
        "all": {"validateRequestBody": True, "validateRequestParameters": True},
        "body": {"validateRequestBody": True, "validateRequestParameters": False},
    }
}


def a_method(authorization: str = NONE, validated: frozenset[str] = BOTH, uri: str | None = "arn") -> Method:
    return Method(authorization, validated, uri)


def one(operation: dict[str, Any], name: str = "get", **document: Any) -> Method:
    (method,) = declared({"paths": {"/things": {name: operation, "parameters": []}}, **document}).values()
    return method


def test_every_method_of_a_contract_of_this_library_is_read_as_it_was_declared(routes: Routes[Any]) -> None:
    found = declared(json.loads(json.dumps(contract(routes)).replace("${integration_uri}", "arn")))
    assert len(found) == len(routes.all)
    assert all(method.validated == BOTH and method.uri == "arn" for method in found.values())
    assert found["/internal", "GET"].authorization == IAM
    assert found["/things/{thing_id}", "PUT"].authorization == NONE


@pytest.mark.parametrize(
    ("operation", "document", "authorization"),
    [
        ({}, {}, NONE),
        ({"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}, {}, IAM),
        ({"security": [{"sigv4": []}]}, {"components": SIGV4}, IAM),
        ({}, {"components": SIGV4, "security": [{"sigv4": []}]}, IAM),
        ({"security": []}, {"components": SIGV4, "security": [{"sigv4": []}]}, NONE),
        ({"security": [{"bearer": []}]}, {"components": SIGV4}, NONE),
    ],
)
def test_a_signature_is_asked_for_by_the_extension_or_by_a_security_scheme(operation, document, authorization):
    assert one(operation, **document).authorization == authorization


@pytest.mark.parametrize(
    ("operation", "document", "validated"),
    [
        ({}, {}, frozenset()),
        ({}, {"x-amazon-apigateway-request-validator": "all"}, BOTH),
        ({"x-amazon-apigateway-request-validator": "body"}, {"x-amazon-apigateway-request-validator": "all"}, {BODY}),
    ],
)
def test_what_is_validated_is_said_by_the_operation_or_by_the_contract(operation, document, validated):
    assert one(operation, **VALIDATORS, **document).validated == validated


def test_a_validator_that_is_not_declared_is_refused():
    with pytest.raises(ContractRefused, match="GET /things: its validator other is not declared"):
        one({"x-amazon-apigateway-request-validator": "other"}, **VALIDATORS)


def test_a_method_for_any_verb_is_called_as_in_the_api():
    assert list(declared({"paths": {"/things": {"x-amazon-apigateway-any-method": {}}}})) == [("/things", "ANY")]


@pytest.mark.parametrize(
    ("before", "after", "weaker"),
    [
        (a_method(IAM), a_method(NONE), ["GET /: authorization would be NONE, and is AWS_IAM"]),
        (a_method("CUSTOM"), a_method(IAM), ["GET /: authorization would be AWS_IAM, and is CUSTOM"]),
        (a_method(NONE), a_method(IAM), []),
        (a_method(validated=BOTH), a_method(validated=frozenset({BODY})), ["GET /: its parameters would no longer"]),
        (a_method(validated=frozenset()), a_method(validated=BOTH), []),
        (a_method(uri="arn"), a_method(uri="other"), []),
    ],
)
def test_what_lets_in_more_than_before_is_weaker_and_what_lets_in_less_is_not(before, after, weaker):
    found = weakened({("/", "GET"): before}, {("/", "GET"): after})
    assert len(found) == len(weaker)
    assert all(line.startswith(start) for line, start in zip(found, weaker, strict=True))


def test_a_method_that_is_gone_is_not_weakened():
    assert weakened({("/", "GET"): a_method(IAM)}, {}) == []


def test_a_difference_tells_what_is_and_what_was_to_be():
    rest = "validates body and parameters, invokes arn"
    found = differences({("/", "GET"): a_method(IAM), ("/", "PUT"): a_method()}, {("/", "GET"): a_method()})
    assert found == [
        f"GET / is NONE, {rest}, and was to be AWS_IAM, {rest}",
        "PUT / is missing",
    ]


@pytest.mark.parametrize(
    ("path", "renamed"),
    [
        ("/users/{id}", False),
        ("/users/{id}/friends/{friend}", False),
        ("/users/{name}", True),
        ("/users/{name}/friends", True),
        ("/users/{id}/friends/{other}", True),
        ("/groups/{name}", False),
    ],
)
def test_a_variable_is_renamed_where_its_place_has_another_name(path, renamed):
    before = {("/users/{id}", "GET"): a_method(), ("/users/{id}/friends/{friend}", "GET"): a_method()}
    assert bool(renamed_variables(before, {(path, "GET"): a_method()})) is renamed


def test_what_is_removed_is_what_no_method_needs_the_deepest_path_first():
    paths = ("/", "/a", "/a/b", "/a/b/c", "/x", "/x/{y}")
    methods = {("/a/b/c", "GET"): a_method(), ("/x/{y}", "GET"): a_method(), ("/x/{y}", "PUT"): a_method()}
    state = State(
        {}, methods, dict(zip(paths, paths, strict=True)), frozenset({"THROTTLED", "DEFAULT_5XX"}), frozenset()
    )
    assert removals(state, {("/x/{y}", "GET"): a_method()}, frozenset({"THROTTLED"})) == (
        [("/a/b/c", "GET"), ("/x/{y}", "PUT")],
        ["/a/b/c", "/a/b", "/a"],
        ["DEFAULT_5XX"],
    )


def test_an_import_keeps_the_apis_name_and_description_and_takes_the_contracts_version():
    text = '{"info": {"title": "a", "version": "2", "description": "b"}, "uri": "${integration_uri}"}'
    assert rendered(text, integration_uri="arn", name="dev-a", description=None) == {
        "info": {"title": "dev-a", "version": "2"},
        "uri": "arn",
    }
    assert rendered(text, integration_uri="arn", name="dev-a", description="c")["info"]["description"] == "c"


def test_what_passes_is_no_setting():
    assert settings({"name": "a", "policy": None, "apiStatus": "UPDATING", "warnings": []}) == {"name": "a"}
