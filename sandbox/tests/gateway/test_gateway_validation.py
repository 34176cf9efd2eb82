import asyncio
import json

import pytest

from sandbox.errors import PlanError
from sandbox.gateway.contract import methods
from sandbox.gateway.messages import Request
from sandbox.gateway.refusal import Refusal

VALIDATORS = {
    "x-amazon-apigateway-request-validators": {
        "all": {"validateRequestBody": True, "validateRequestParameters": True},
        "body": {"validateRequestBody": True, "validateRequestParameters": False},
        "parameters": {"validateRequestBody": False, "validateRequestParameters": True},
    }
}
SCHEMAS = {
    "Location": {
        "type": "object",
        "required": ["latitude", "longitude"],
        "additionalProperties": False,
        "properties": {
            "latitude": {"type": "number", "minimum": -90, "maximum": 90},
            "longitude": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
            "label": {"type": "string", "minLength": 2, "maxLength": 5, "pattern": "^[a-z]+$"},
            "kind": {"enum": ["home", "work"]},
            "place": {"$ref": "#/components/schemas/Place"},
        },
    },
    "Place": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
}
REQUEST_BODY = {
    "required": True,
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Location"}}},
}


@pytest.fixture
def check(openapi, operation):
    def check(body: bytes = b"", *, query: str = "", headers: tuple[tuple[str, str], ...] = (), **declared) -> None:
        document = openapi(
            {"/locations": {"put": operation(**declared)}}, components={"schemas": SCHEMAS}, **VALIDATORS
        )
        (method,) = methods(document)
        method.validator.check(Request("PUT", "/live/locations", query, headers, body, "127.0.0.1"))

    return check


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"latitude": 1}, 'object has missing required properties (["longitude"])'),
        (
            {"latitude": 91, "longitude": 1},
            "numeric instance is greater than the required maximum (maximum: 90, found: 91)",
        ),
        (
            {"latitude": -91, "longitude": 1},
            "numeric instance is lower than the required minimum (minimum: -90, found: -91)",
        ),
        (
            {"latitude": "1", "longitude": 1},
            'instance type (string) does not match any allowed primitive type (allowed: ["number"])',
        ),
        (
            {"latitude": True, "longitude": 1},
            'instance type (boolean) does not match any allowed primitive type (allowed: ["number"])',
        ),
        (
            {"latitude": None, "longitude": 1},
            'instance type (null) does not match any allowed primitive type (allowed: ["number"])',
        ),
        ({"latitude": 1, "longitude": 1, "label": "a"}, 'string "a" is too short (length: 1, required minimum: 2)'),
        (
            {"latitude": 1, "longitude": 1, "label": "abcdef"},
            'string "abcdef" is too long (length: 6, maximum allowed: 5)',
        ),
        ({"latitude": 1, "longitude": 1, "label": "A1"}, 'ECMA 262 regex "^[a-z]+$" does not match input string "A1"'),
        (
            {"latitude": 1, "longitude": 1, "kind": "pub"},
            'instance value ("pub") not found in enum (possible values: ["home","work"])',
        ),
        ({"latitude": 1, "longitude": 1, "place": {}}, 'object has missing required properties (["name"])'),
    ],
)
def test_a_body_is_checked_against_its_model(check, document, problem):
    with pytest.raises(Refusal) as refused:
        check(
            json.dumps(document).encode(),
            requestBody=REQUEST_BODY,
            **{"x-amazon-apigateway-request-validator": "all"},
        )
    assert (refused.value.type, refused.value.message) == ("BAD_REQUEST_BODY", "Invalid request body")
    assert refused.value.validation == f"[{problem}]"


def test_models_are_draft_4_where_an_exclusive_minimum_is_a_flag(check):
    body = {"requestBody": REQUEST_BODY, "x-amazon-apigateway-request-validator": "all"}
    check(b'{"latitude": 0, "longitude": 0.1}', **body)
    with pytest.raises(Refusal):
        check(b'{"latitude": 0, "longitude": 0}', **body)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"latitude": NaN, "longitude": 1}', b"\xff"])
def test_a_body_that_is_empty_or_no_json_is_refused(check, body):
    with pytest.raises(Refusal):
        check(body, requestBody=REQUEST_BODY, **{"x-amazon-apigateway-request-validator": "all"})


@pytest.mark.parametrize(
    ("schema", "document"),
    [
        ({"type": "string", "nullable": True}, "null"),
        ({"type": "string", "format": "date-time"}, '"2026-01-01 00:00"'),
        ({"type": "integer"}, "1.0"),
        ({"type": "number", "maximum": 90}, "90.00000000000000001"),
        ({"type": "number", "multipleOf": 0.1}, "0.30000000000000004"),
        ({"type": "number", "multipleOf": 0.1}, "1e9000"),
    ],
)
def test_what_is_not_known_of_models_is_read_strictly(check, schema, document):
    declared = {"requestBody": {"content": {"application/json": {"schema": schema}}}}
    with pytest.raises(Refusal):
        check(document.encode(), **declared, **{"x-amazon-apigateway-request-validator": "all"})


@pytest.mark.parametrize("document", [b"0.3", b"1e400", b"7", b"true", b'"0.05"'])
def test_a_number_is_a_multiple_as_it_is_written(check, document):
    declared = {"requestBody": {"content": {"application/json": {"schema": {"multipleOf": 0.1}}}}}
    check(document, **declared, **{"x-amazon-apigateway-request-validator": "all"})


def test_a_number_that_is_refused_is_told_as_it_is_written(check):
    declared = {"requestBody": {"content": {"application/json": {"schema": {"enum": [1.5, 2], "type": "string"}}}}}
    with pytest.raises(Refusal) as refused:
        check(b"2.50", **declared, **{"x-amazon-apigateway-request-validator": "all"})
    assert refused.value.validation == (
        "[instance value (2.5) not found in enum (possible values: [1.5,2]), "
        'instance type (number) does not match any allowed primitive type (allowed: ["string"])]'
    )


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON"])
def test_the_content_type_chooses_the_model(check, content_type):
    with pytest.raises(Refusal):
        check(
            b"{}",
            headers=(("Content-Type", content_type),),
            requestBody=REQUEST_BODY,
            **{"x-amazon-apigateway-request-validator": "all"},
        )


def test_a_body_of_a_content_type_without_a_model_is_not_checked(check):
    check(
        b"not json",
        headers=(("content-type", "text/plain"),),
        requestBody=REQUEST_BODY,
        **{"x-amazon-apigateway-request-validator": "all"},
    )


PARAMETERS = [
    {"in": "query", "name": "unit", "required": True, "schema": {"type": "string", "enum": ["km"]}},
    {"in": "header", "name": "X-User-Token", "required": True},
    {"in": "query", "name": "optional"},
]


def test_missing_and_blank_parameters_are_refused_together(check):
    with pytest.raises(Refusal) as refused:
        check(
            query="unit=",
            headers=(("x-user-token", " "),),
            parameters=PARAMETERS,
            **{"x-amazon-apigateway-request-validator": "parameters"},
        )
    assert refused.value.type == "BAD_REQUEST_PARAMETERS"
    assert refused.value.message == "Missing required request parameters: [X-User-Token, unit]"


@pytest.mark.parametrize("query", ["unit=%20", "unit=km&unit="])
def test_no_value_of_a_required_parameter_may_be_blank(check, query):
    with pytest.raises(Refusal):
        check(
            query=query,
            headers=(("X-User-Token", "t"),),
            parameters=PARAMETERS,
            **{"x-amazon-apigateway-request-validator": "parameters"},
        )


def test_a_required_header_is_looked_for_by_case(check):
    with pytest.raises(Refusal):
        check(
            query="unit=km",
            headers=(("x-user-token", "t"),),
            parameters=PARAMETERS,
            **{"x-amazon-apigateway-request-validator": "parameters"},
        )


def test_the_value_of_a_parameter_is_not_checked(check):
    check(
        query="unit=parsec",
        headers=(("X-User-Token", "token"),),
        parameters=PARAMETERS,
        **{"x-amazon-apigateway-request-validator": "parameters"},
    )


def test_a_validator_checks_only_what_it_says(check):
    declared = {"parameters": PARAMETERS, "requestBody": REQUEST_BODY}
    check(
        b"{",
        query="unit=km",
        headers=(("X-User-Token", "t"),),
        **declared,
        **{"x-amazon-apigateway-request-validator": "parameters"},
    )
    check(b'{"latitude": 1, "longitude": 1}', **declared, **{"x-amazon-apigateway-request-validator": "body"})


def test_a_method_without_a_validator_checks_nothing(check):
    check(b"{", parameters=PARAMETERS, requestBody=REQUEST_BODY)


def test_an_invalid_request_does_not_reach_the_function(serve, openapi, operation):
    body = openapi(
        {"/locations": {"put": operation(requestBody=REQUEST_BODY)}},
        components={"schemas": SCHEMAS},
        **VALIDATORS,
        **{"x-amazon-apigateway-request-validator": "all"},
    )

    async def scenario():
        async with serve(body) as served:
            response = await served.request("PUT", "/live/locations", body=b"{}")
            return response, served.logs.groups, served.metric("4XXError"), served.metric("IntegrationLatency")

    response, groups, errors, integration_latency = asyncio.run(scenario())
    assert response.status == 400
    assert json.loads(response.body) == {"message": "Invalid request body"}
    assert groups == {}
    assert (errors, integration_latency) == (1, None)


def test_a_body_that_is_nested_too_deeply_is_refused(check):
    with pytest.raises(Refusal) as refused:
        check(b"[" * 200_000, **{"x-amazon-apigateway-request-validator": "all"}, requestBody=REQUEST_BODY)
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("declared", "complaint"),
    [
        ({"parameters": [{"in": "cookie", "name": "session"}]}, "no parameters in cookie"),
        (
            {"requestBody": {"content": {"application/json": {"schema": {"exclusiveMinimum": 0}}}}},
            "a model is not JSON Schema draft 4",
        ),
    ],
)
def test_what_api_gateway_would_not_import_is_refused(check, declared, complaint):
    with pytest.raises(PlanError, match=f"PUT /locations: .*{complaint}"):
        check(**declared, **{"x-amazon-apigateway-request-validator": "all"})
