"""The contract says what the routes take and give, as API Gateway reads it."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator
from pydantic import BaseModel, ConfigDict, Field

from lambda_lib import Header, Problem, Public, Query, Routes, Signed
from lambda_lib._gateway_responses import gateway_responses
from lambda_lib.cli import main
from lambda_lib.contract import ContractError, contract, contract_text
from lambda_lib.cors import Cors
from lambda_lib.parameters import Body
from lambda_lib.response import Response
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
    assert body["content"] == {"application/json": {"schema": {"$ref": "#/components/schemas/ThingInput"}}}
    thing = document["components"]["schemas"]["ThingInput"]
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
        {
            "name": "X-User-Token",
            "in": "header",
            "required": False,
            "x-required": True,
            "description": "Required.",
            "schema": {"type": "string"},
        }
    ]


@pytest.mark.parametrize(
    ("path", "method", "statuses"),
    [
        ("/things/{thing_id}", "get", ["200", "400", "404", "500", "503"]),
        ("/things/{thing_id}", "put", ["204", "400", "401", "409", "412", "413", "415", "500", "502", "503"]),
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
    assert responses["400"]["description"] == "Bad Request: invalid_request, malformed_body"
    problem = responses["400"]["content"]["application/problem+json"]
    assert problem["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert problem["examples"]["malformed_body"]["value"] == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "The request is not valid.",
        "code": "malformed_body",
        "correlation_id": "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",
    }


def test_each_error_of_each_route_has_an_example(document: dict[str, Any]) -> None:
    problems = [
        (status, response)
        for path in document["paths"].values()
        for operation in path.values()
        for status, response in operation["responses"].items()
        if int(status) >= 400
    ]
    assert problems
    for status, response in problems:
        examples = response["content"]["application/problem+json"]["examples"]
        assert list(examples) == response["description"].partition(": ")[2].split(", ")
        for code, example in examples.items():
            problem = Problem.model_validate(example["value"], extra="forbid")
            assert (problem.code, problem.status) == (code, int(status))
            assert problem.detail


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


def test_a_header_is_required_of_the_function_and_not_of_api_gateway() -> None:
    routes = Routes(title="items", version="1.0.0", resources=NoResources)

    @routes.get("/items", access=Public())
    def get_items(
        if_match: Annotated[str, Header()], order: Annotated[str, Query()], page: Annotated[int, Query()] = 1
    ) -> Item:
        return Item(value=len(if_match + order) + page)

    document = contract(routes)
    parameters = document["paths"]["/items"]["get"]["parameters"]
    assert [(item["name"], item["required"], item.get("x-required", False)) for item in parameters] == [
        ("If-Match", False, True),
        ("order", True, False),
        ("page", False, False),
    ]


@pytest.mark.parametrize(
    ("path", "method", "security"),
    [
        ("/things/{thing_id}", "get", []),
        ("/things/{thing_id}", "put", [{"bearer": []}]),
        ("/internal", "get", [{"sigv4": []}]),
        ("/owned", "get", [{"sigv4": []}]),
    ],
)
def test_an_operation_names_the_scheme_that_admits_to_it(
    document: dict[str, Any], path: str, method: str, security: list[Any]
) -> None:
    assert document["paths"][path][method]["security"] == security
    schemes = document["components"]["securitySchemes"]
    assert schemes["bearer"] == {"type": "http", "scheme": "bearer"}
    assert schemes["sigv4"]["x-amazon-apigateway-authtype"] == "awsSigv4"


def test_a_scheme_that_no_route_uses_is_not_declared() -> None:
    routes = Routes(title="items", version="1.0.0", resources=NoResources)

    @routes.get("/items", access=Public())
    def get_items() -> Item:
        return Item(value=1)

    assert "securitySchemes" not in contract(routes)["components"]


class Picture(BaseModel):
    title: str


def media_routes() -> Routes[NoResources]:
    routes = Routes(title="pictures", version="1.0.0", resources=NoResources)

    @routes.put("/pictures/{name}", access=Public())
    def put_picture(name: str, picture: Annotated[bytes, Body("image/png", "image/gif")]) -> None:
        del name, picture

    @routes.get("/pictures/{name}", access=Public(), produces="image/png", statuses=[304])
    def get_picture(name: str) -> Response[bytes]:
        return Response(name.encode())

    @routes.post("/titles", access=Public(), status=201, idempotent=True)
    def post_title(title: Annotated[str, Body("text/plain")] = "") -> Picture:
        return Picture(title=title)

    @routes.get("/titles", access=Public(), representations={"text/csv": str, "image/webp": lambda _picture: b""})
    def get_titles() -> Picture:
        return Picture(title="")

    @routes.get("/page", access=Public(), produces="text/html; charset=utf-8")
    def get_page() -> str:
        return "<p>"

    return routes


def test_only_a_body_of_json_has_a_schema_that_api_gateway_could_check_it_by() -> None:
    paths = contract(media_routes())["paths"]
    picture = paths["/pictures/{name}"]["put"]["requestBody"]
    assert picture == {"required": True, "content": {"image/png": {}, "image/gif": {}}}
    assert paths["/titles"]["post"]["requestBody"] == {"required": False, "content": {"text/plain": {}}}


def test_a_reply_tells_each_media_type_that_it_may_be_of() -> None:
    document = contract(media_routes())
    paths = document["paths"]
    text, binary = ({"schema": {"$ref": f"#/components/schemas/{name}"}} for name in ("TextReply", "BinaryReply"))
    assert paths["/pictures/{name}"]["get"]["responses"]["200"]["content"] == {"image/png": binary}
    assert paths["/titles"]["get"]["responses"]["200"]["content"] == {
        "application/json": {"schema": {"$ref": "#/components/schemas/Picture"}},
        "text/csv": text,
        "image/webp": binary,
    }
    assert paths["/page"]["get"]["responses"]["200"]["content"] == {"text/html": text}
    assert document["components"]["schemas"]["BinaryReply"] == {"type": "string", "format": "binary"}
    OpenAPIV30SpecValidator(document).validate()


def test_api_gateway_is_told_which_media_types_are_not_text() -> None:
    assert contract(media_routes())["x-amazon-apigateway-binary-media-types"] == [
        "image/gif",
        "image/png",
        "image/webp",
    ]


def test_an_api_of_text_names_no_binary_media_types(document: dict[str, Any]) -> None:
    assert "x-amazon-apigateway-binary-media-types" not in document


@pytest.mark.parametrize(
    ("path", "method", "statuses"),
    [
        ("/pictures/{name}", "put", ["204", "400", "413", "415", "500"]),
        ("/pictures/{name}", "get", ["200", "304", "500"]),
        ("/titles", "get", ["200", "406", "500"]),
        ("/titles", "post", ["201", "400", "409", "413", "415", "422", "500", "503"]),
    ],
)
def test_what_a_route_declares_adds_responses(path: str, method: str, statuses: list[str]) -> None:
    assert list(contract(media_routes())["paths"][path][method]["responses"]) == statuses


def test_an_idempotent_route_takes_a_key() -> None:
    assert contract(media_routes())["paths"]["/titles"]["post"]["parameters"] == [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "schema": {"type": "string", "maxLength": 255},
        }
    ]


def test_a_model_may_not_take_the_name_of_a_content() -> None:
    routes = Routes(title="items", version="1.0.0", resources=NoResources)

    class TextReply(BaseModel):
        text: str

    @routes.get("/texts", access=Public(), representations={"text/plain": str})
    def get_text() -> TextReply:
        return TextReply(text="")

    with pytest.raises(ContractError, match="two models are called TextReply"):
        contract(routes)


@pytest.mark.parametrize(
    ("cors", "headers"),
    [
        (
            Cors(["*"], expose=["ETag"]),
            {"Access-Control-Allow-Origin": "'*'", "Access-Control-Expose-Headers": "'ETag'"},
        ),
        (
            Cors(["https://a.example"], expose=[], credentials=True),
            {
                "Access-Control-Allow-Origin": "'https://a.example'",
                "Access-Control-Allow-Credentials": "'true'",
                "Vary": "'Origin'",
            },
        ),
        (Cors(["https://a.example", "https://b.example"]), {}),
        (None, {}),
    ],
)
def test_refusals_of_api_gateway_carry_the_cors_headers_that_it_can_tell(
    cors: Cors | None, headers: dict[str, str]
) -> None:
    for response in gateway_responses(cors).values():
        told = {
            name.removeprefix("gatewayresponse.header."): value
            for name, value in response["responseParameters"].items()
        }
        own = {
            name: value for name, value in told.items() if name not in {"Cache-Control", "Content-Type", "Retry-After"}
        }
        assert own == headers


def test_with_cors_each_path_answers_preflight_requests_of_anyone() -> None:
    routes = Routes(title="items", version="1.0.0", resources=NoResources, cors=Cors(["*"]))

    @routes.get("/items/{item_id}", access=Signed())
    def get_item(item_id: str) -> Item:
        return Item(value=len(item_id))

    @routes.get("/", access=Public())
    def get_root() -> Item:
        return Item(value=0)

    document = contract(routes)
    preflight = document["paths"]["/items/{item_id}"]["options"]
    assert preflight["security"] == []
    assert preflight["x-amazon-apigateway-auth"] == {"type": "NONE"}
    assert preflight["operationId"] == "preflightItemsItemId"
    assert list(preflight["responses"]) == ["204"]
    assert document["paths"]["/"]["options"]["operationId"] == "preflight"
    OpenAPIV30SpecValidator(document).validate()


class Part(BaseModel):
    size: Annotated[int, Field(examples=[3, 4])]


class Assembly(BaseModel):
    name: Annotated[str, Field(examples=["crane"], max_length=10)]
    kind: Literal["toy"]
    parts: list[Part]
    maker: Part | None = None
    note: str = ""


class Told(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "a"}, {"name": "b"}]})

    name: Annotated[str, Field(examples=["another"])]


class Silent(BaseModel):
    name: Annotated[str, Field(examples=["a"])]
    size: int


def example_of(model: type[BaseModel]) -> Any:
    """The example of a body, which has to be that of a reply too."""
    routes = Routes(title="items", version="1.0.0", resources=NoResources)

    def put_item(item: model) -> model:  # type: ignore[valid-type]
        return item

    routes.add("PUT", "/items", put_item, access=Public())
    document = contract(routes)
    operation = document["paths"]["/items"]["put"]
    OpenAPIV30SpecValidator(document).validate()
    sent, replied = (
        part["content"]["application/json"] for part in (operation["requestBody"], operation["responses"]["200"])
    )
    assert sent.get("example") == replied.get("example")
    assert not {"example", "examples"} & set(strings(document["components"]))
    return sent.get("example")


@pytest.mark.parametrize(
    ("model", "example"),
    [
        (Assembly, {"name": "crane", "kind": "toy", "parts": [{"size": 3}], "maker": {"size": 3}}),
        (Told, {"name": "a"}),
        (Silent, None),
        (Item, None),
    ],
)
def test_an_example_is_the_models_own_or_made_of_its_members(model: type[BaseModel], example: Any) -> None:
    assert example_of(model) == example


class WrongSecond(BaseModel):
    name: Annotated[str, Field(max_length=3, examples=["abc", "abcd"])]


class WrongWhole(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"name": 1}})

    name: str


@pytest.mark.parametrize("model", [WrongSecond, WrongWhole])
def test_an_example_that_is_not_valid_is_refused(model: type[BaseModel]) -> None:
    with pytest.raises(ContractError, match=r"PUT /items: the example .* is not valid"):
        example_of(model)


def parameter_with(examples: list[Any]) -> dict[str, Any]:
    routes = Routes(title="items", version="1.0.0", resources=NoResources)

    @routes.get("/items", access=Public())
    def get_items(limit: Annotated[int, Query(), Field(le=9, examples=examples)] = 1) -> Item:
        return Item(value=limit)

    parameter: dict[str, Any] = contract(routes)["paths"]["/items"]["get"]["parameters"][0]
    return parameter


def test_a_parameter_has_an_example_beside_its_schema() -> None:
    parameter = parameter_with([5, 6])
    assert parameter["example"] == 5
    assert "examples" not in parameter["schema"]


def test_an_example_of_a_parameter_that_is_not_valid_is_refused() -> None:
    with pytest.raises(ContractError, match=r"GET /items query.limit: the example 10 is not valid"):
        parameter_with([5, 10])


class Leaf(BaseModel):
    at: datetime


class Branch(BaseModel):
    leaf: Leaf
    plain: Item


def test_a_model_whose_parts_differ_between_request_and_reply_is_two_components() -> None:
    routes = Routes(title="items", version="1.0.0", resources=NoResources)

    @routes.put("/branches", access=Public())
    def put_branch(branch: Branch) -> Branch:
        return branch

    schemas = contract(routes)["components"]["schemas"]
    assert set(schemas) == {"Branch", "BranchInput", "Leaf", "LeafInput", "Item", "Problem", "ProblemField"}
    assert schemas["BranchInput"]["properties"] == {
        "leaf": {"$ref": "#/components/schemas/LeafInput"},
        "plain": {"$ref": "#/components/schemas/Item"},
    }
    assert schemas["Leaf"]["properties"]["at"] == {"type": "string", "format": "date-time"}


def test_two_models_of_one_name_are_refused() -> None:
    def again() -> type[BaseModel]:
        class BranchInput(BaseModel):
            other: int

        return BranchInput

    other = again()
    routes = Routes(title="items", version="1.0.0", resources=NoResources)

    @routes.put("/branches", access=Public())
    def put_branch(branch: Branch) -> Branch:
        return branch

    def get_other() -> other:  # type: ignore[valid-type]
        return other(other=1)

    routes.add("GET", "/others", get_other, access=Public())
    with pytest.raises(ContractError, match="two models are called BranchInput"):
        contract(routes)


def test_what_no_schema_can_tell_is_refused() -> None:
    class Odd(BaseModel):
        call: Callable[[], int]

    with pytest.raises(ContractError, match="no schema can tell it"):
        example_of(Odd)


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
