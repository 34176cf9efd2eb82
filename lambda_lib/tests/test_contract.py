"""The contract says what the routes take and give, as API Gateway reads it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator
from pydantic import BaseModel

from lambda_lib import Problem, Public, Query, Routes
from lambda_lib._gateway_responses import gateway_responses
from lambda_lib.cli import main
from lambda_lib.contract import ContractError, contract, contract_text
from lambda_lib.testing import Context, an_event


@pytest.fixture
def document(routes: Routes[Any]) -> dict[str, Any]:
    return contract(routes)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


def test_the_contract_is_valid_openapi(document: dict[str, Any]) -> None:
    OpenAPIV30SpecValidator(document).validate()


def test_each_request_is_validated_by_api_gateway(document: dict[str, Any]) -> None:
    name = document["x-amazon-apigateway-request-validator"]
    validator = document["x-amazon-apigateway-request-validators"][name]
    assert validator == {"validateRequestBody": True, "validateRequestParameters": True}


def test_the_integration_is_the_only_placeholder(document: dict[str, Any]) -> None:
    assert {text for text in strings(document) if "${" in text} == {"${integration_uri}"}
    integrations = [
        operation["x-amazon-apigateway-integration"]
        for path in document["paths"].values()
        for operation in path.values()
    ]
    assert len(integrations) == 5
    assert all(
        item == {"type": "aws_proxy", "httpMethod": "POST", "uri": "${integration_uri}"} for item in integrations
    )


@pytest.mark.parametrize(
    ("path", "method", "kind"),
    [
        ("/things/{thing_id}", "get", "NONE"),
        ("/things/{thing_id}", "put", "NONE"),
        ("/internal", "get", "AWS_IAM"),
        ("/owned", "get", "AWS_IAM"),
    ],
)
def test_signed_routes_are_authorized_by_iam_and_no_others(
    document: dict[str, Any], path: str, method: str, kind: str
) -> None:
    assert document["paths"][path][method]["x-amazon-apigateway-auth"] == {"type": kind}


def test_a_body_is_required_and_refers_to_its_model(document: dict[str, Any]) -> None:
    body = document["paths"]["/things/{thing_id}"]["put"]["requestBody"]
    assert body["required"] is True
    assert body["content"] == {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
    thing = document["components"]["schemas"]["Thing"]
    assert thing["additionalProperties"] is False
    assert thing["required"] == ["name"]
    assert thing["properties"]["weight_g"] == {
        "type": "number",
        "minimum": 0,
        "exclusiveMinimum": True,
        "default": 1.0,
    }


def test_parameters_are_told_with_their_place_and_schema(document: dict[str, Any]) -> None:
    parameters = document["paths"]["/things/{thing_id}"]["get"]["parameters"]
    assert [(item["name"], item["in"], item["required"]) for item in parameters] == [
        ("thing_id", "path", True),
        ("consistent", "query", False),
        ("field", "query", False),
        ("limit", "query", False),
        ("If-None-Match", "header", False),
    ]
    assert parameters[0]["schema"] == {"type": "string", "pattern": "^[a-z]+$"}


def test_the_users_token_is_left_to_the_handler_to_insist_on(document: dict[str, Any]) -> None:
    assert document["paths"]["/owned"]["get"]["parameters"] == [
        {"name": "X-User-Token", "in": "header", "required": False, "schema": {"type": "string"}}
    ]


@pytest.mark.parametrize(
    ("path", "method", "statuses"),
    [
        ("/things/{thing_id}", "get", ["200", "400", "404", "500", "503"]),
        ("/things/{thing_id}", "put", ["204", "400", "401", "409", "415", "500", "502", "503"]),
        ("/internal", "get", ["200", "403", "500"]),
        ("/owned", "get", ["200", "401", "403", "500", "502", "503"]),
        ("/wrong", "get", ["200", "500"]),
    ],
)
def test_a_route_declares_the_responses_that_it_can_give(
    document: dict[str, Any], path: str, method: str, statuses: list[str]
) -> None:
    assert list(document["paths"][path][method]["responses"]) == statuses


def test_a_response_names_its_codes_and_has_the_form_of_a_problem(document: dict[str, Any]) -> None:
    responses = document["paths"]["/things/{thing_id}"]["put"]["responses"]
    assert responses["204"] == {"description": "No Content"}
    assert responses["400"] == {
        "description": "Bad Request: invalid_request, malformed_body",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def test_an_operation_is_told_by_its_functions_name_and_first_paragraph(document: dict[str, Any]) -> None:
    operation = document["paths"]["/things/{thing_id}"]["get"]
    assert (operation["operationId"], operation["summary"]) == ("get_thing", "Get a thing.")


def test_every_reference_leads_to_a_component(document: dict[str, Any]) -> None:
    references = {text for text in strings(document) if text.startswith("#/")}
    assert references == {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}


def test_models_are_named_as_api_gateway_wants_them(document: dict[str, Any]) -> None:
    assert all(re.fullmatch("[A-Za-z0-9]+", name) for name in document["components"]["schemas"])


@dataclass(frozen=True)
class NoResources:
    pass


class Item(BaseModel):
    value: int


def test_a_reply_that_is_no_object_gets_a_model_of_its_own() -> None:
    routes = Routes(title="items", version="1.0.0", resources=NoResources)

    @routes.get("/items", access=Public())
    def list_items() -> list[Item]:
        return [Item(value=1)]

    document = contract(routes)
    content = document["paths"]["/items"]["get"]["responses"]["200"]["content"]
    assert content == {"application/json": {"schema": {"$ref": "#/components/schemas/GetItemsReply"}}}
    assert document["components"]["schemas"]["GetItemsReply"] == {
        "type": "array",
        "items": {"$ref": "#/components/schemas/Item"},
    }
    OpenAPIV30SpecValidator(document).validate()


def test_an_unconstrained_path_parameter_cannot_be_wrong() -> None:
    routes = Routes(title="items", version="1.0.0", resources=NoResources)

    @routes.get("/items/{item_id}", access=Public())
    def get_item(item_id: str) -> Item:
        return Item(value=len(item_id))

    assert list(contract(routes)["paths"]["/items/{item_id}"]["get"]["responses"]) == ["200", "500"]


class Order(StrEnum):
    UP = "up"
    DOWN = "down"


def test_a_parameter_may_refer_to_a_component() -> None:
    routes = Routes(title="items", version="1.0.0", resources=NoResources)

    @routes.get("/items", access=Public())
    def get_items(order: Annotated[Order | None, Query()] = None) -> Item:
        return Item(value=len(order or ""))

    document = contract(routes)
    assert document["components"]["schemas"]["Order"] == {"enum": ["up", "down"], "type": "string"}
    OpenAPIV30SpecValidator(document).validate()


def test_a_body_that_api_gateway_cannot_read_is_refused() -> None:
    routes = Routes(title="items", version="1.0.0", resources=NoResources)

    @routes.put("/items", access=Public(), status=204)
    def put_item(item: "Pair") -> None:
        del item

    with pytest.raises(ContractError, match="prefixItems"):
        contract(routes)


class Pair(BaseModel):
    pair: tuple[int, str]


def test_refusals_of_api_gateway_itself_are_problems() -> None:
    for name, response in gateway_responses().items():
        text = response["responseTemplates"]["application/json"]
        rendered = text.replace("$context.error.messageString", '"Forbidden"').replace("$context.requestId", "abc")
        document = json.loads(rendered)
        assert response["responseParameters"]["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
        if name.startswith("DEFAULT_"):
            assert "statusCode" not in response
            document["status"] = 400
        else:
            assert response["statusCode"] == str(document["status"])
        assert Problem.model_validate(document, extra="forbid").correlation_id == "abc"


def test_the_refusals_cover_what_comes_before_a_function() -> None:
    assert set(gateway_responses()) >= {
        "ACCESS_DENIED",
        "BAD_REQUEST_BODY",
        "BAD_REQUEST_PARAMETERS",
        "DEFAULT_4XX",
        "DEFAULT_5XX",
        "INTEGRATION_FAILURE",
        "INTEGRATION_TIMEOUT",
        "INVALID_SIGNATURE",
        "MISSING_AUTHENTICATION_TOKEN",
        "THROTTLED",
        "UNSUPPORTED_MEDIA_TYPE",
    }


MODULE = """
from dataclasses import dataclass

from lambda_lib import Public, Routes


@dataclass(frozen=True)
class Resources:
    pass


routes = Routes(title="tiny", version="1.0.0", resources=Resources)


@routes.delete("/things/{thing_id}", access=Public())
def delete_thing(thing_id: str) -> None: ...
"""


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "tiny_handler.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    return "tiny_handler:routes"


def test_the_command_writes_the_contract_and_then_finds_it_current(spec: str, tmp_path: Path) -> None:
    output = tmp_path / "openapi.json"
    assert main(["contract", spec, "--output", str(output)]) == 0
    assert list(json.loads(output.read_text())["paths"]) == ["/things/{thing_id}"]
    assert main(["contract", spec, "--output", str(output), "--check"]) == 0


@pytest.mark.parametrize("content", [None, "{}\n"])
def test_the_command_finds_a_contract_that_is_not_current(
    spec: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    output = tmp_path / "openapi.json"
    if content is not None:
        output.write_text(content)
    assert main(["contract", spec, "--output", str(output), "--check"]) == 1
    assert "is not current" in capsys.readouterr().err
    assert not output.exists() or output.read_text() == content


def test_the_command_prints_the_contract_where_no_file_is_named(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["contract", spec]) == 0
    assert json.loads(capsys.readouterr().out)["info"]["title"] == "tiny"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no_such_module:routes"], "No module named 'no_such_module'"),
        (["tiny_handler:nothing"], "is not Routes"),
        (["tiny_handler"], "give them as PACKAGE.MODULE:NAME"),
        ([":routes"], "give them as PACKAGE.MODULE:NAME"),
        (["tiny_handler:routes", "--output", "no-such-folder/openapi.json"], "No such file or directory"),
        (["tiny_handler:routes", "--check"], "--check needs --output"),
    ],
)
@pytest.mark.usefixtures("spec")
def test_the_command_says_in_one_line_what_it_cannot_do(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(["contract", *arguments]) == 1
    error = capsys.readouterr().err
    assert message in error
    assert len(error.splitlines()) == 1


def test_the_same_routes_give_the_same_text(routes: Routes[Any]) -> None:
    assert contract_text(routes) == contract_text(routes)
    assert contract_text(routes).endswith("}\n")


def test_event_builder_and_contract_agree_on_the_path(routes: Routes[Any]) -> None:
    event = an_event("GET", "/things/a", resource="/things/{thing_id}", path_parameters={"thing_id": "a"})
    assert event["resource"] in contract(routes)["paths"]
    assert Context().get_remaining_time_in_millis() == 10_000
