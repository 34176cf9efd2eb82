"""The contract of a service: OpenAPI 3.0 for API Gateway's import, made from its routes.

Development-time only: no handler imports this module.
"""

import json
from http import HTTPStatus
from typing import Any, Literal

from pydantic import TypeAdapter

from lambda_lib._function_signature import Parameter
from lambda_lib._gateway_responses import gateway_responses
from lambda_lib._schema import REFERENCE, ContractError, component_name, first_paragraph, gateway_schema
from lambda_lib.access import USER_TOKEN_HEADER, Signed, needs_user
from lambda_lib.errors import (
    Forbidden,
    InvalidRequest,
    MalformedBody,
    ServiceError,
    ServiceUnavailable,
    Throttled,
    Unauthenticated,
    UnexpectedReply,
    UnsupportedMediaType,
)
from lambda_lib.problems import CONTENT_TYPE, Problem
from lambda_lib.routes import Route, Routes

__all__ = ["ContractError", "contract", "contract_text"]

_PROBLEM = "Problem"
_VALIDATOR = "all"

type _Key = tuple[str, Literal["validation", "serialization"]]


def contract_text(routes: Routes[Any]) -> str:
    """The contract as the text of `openapi.json`; the same routes give the same text."""
    return json.dumps(contract(routes), indent=2, ensure_ascii=False) + "\n"


def contract(routes: Routes[Any]) -> dict[str, Any]:
    """The contract of a service.

    The one placeholder in it is `${integration_uri}`, the URI by which API Gateway invokes the function.

    Raises:
        ContractError: A model or a parameter uses what API Gateway cannot read.
    """
    schemas, components = _schemas(routes)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes.all:
        paths.setdefault(route.template, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.0.1",
        "info": {"title": routes.title, "version": routes.version},
        "x-amazon-apigateway-request-validators": {
            _VALIDATOR: {"validateRequestBody": True, "validateRequestParameters": True}
        },
        "x-amazon-apigateway-request-validator": _VALIDATOR,
        "x-amazon-apigateway-gateway-responses": gateway_responses(),
        "paths": paths,
        "components": {"schemas": components},
    }


def route_errors(route: Route) -> list[type[ServiceError]]:
    """The errors that a route can give: its own, and those of what stands before its function."""
    signature = route.signature
    found: list[type[ServiceError]] = list(route.errors)
    if signature.body:
        found += [InvalidRequest, MalformedBody, UnsupportedMediaType]
    # An unconstrained string in the path is never missing and never wrong.
    if any(
        item.location != "path" or item.adapter.json_schema() != {"type": "string"} for item in signature.parameters
    ):
        found.append(InvalidRequest)
    if isinstance(route.access, Signed):
        found.append(Forbidden)
    if needs_user(route.access):
        found += [Unauthenticated, ServiceUnavailable, UnexpectedReply]
    if signature.resources:
        found += [ServiceUnavailable, Throttled]
    found.append(ServiceError)
    return sorted(set(found), key=lambda error: (error.status, error.code))


def _schemas(routes: Routes[Any]) -> tuple[dict[_Key, Any], dict[str, Any]]:
    """The schema of each parameter, body and success, and the components they refer to."""
    inputs: list[tuple[str, Literal["validation", "serialization"], TypeAdapter[Any]]] = [
        (_PROBLEM, "serialization", TypeAdapter(Problem))
    ]
    for route in routes.all:
        inputs += [(_parameter_key(route, item), "validation", item.adapter) for item in route.signature.parameters]
        if route.signature.body:
            inputs.append((route.name, "validation", route.signature.body.adapter))
        if route.signature.response:
            inputs.append((route.name, "serialization", route.signature.response))
    made, definitions = TypeAdapter.json_schemas(inputs, ref_template=REFERENCE)
    components: dict[str, Any] = {}
    for model, schema in definitions.get("$defs", {}).items():
        name = component_name(model)
        if name in components:
            raise ContractError(f"two models are called {name}")
        components[name] = gateway_schema(schema, name)
    names = {route.name for route in routes.all}
    schemas: dict[_Key, Any] = {}
    for key, schema in made.items():
        rewritten = gateway_schema(schema, f"{key[0]} ({key[1]})")
        if "$ref" not in rewritten and key[0] in names:
            # API Gateway, "Important notes for REST APIs": what is not an object needs a model of its own.
            name = component_name(f"{key[0].title()}{'Body' if key[1] == 'validation' else 'Reply'}")
            components[name] = rewritten
            rewritten = {"$ref": REFERENCE.format(model=name)}
        schemas[key] = rewritten
    return schemas, dict(sorted(components.items()))


def _operation(route: Route, schemas: dict[_Key, Any]) -> dict[str, Any]:
    summary = first_paragraph(route.function.__doc__ or "")
    operation: dict[str, Any] = {"operationId": route.function.__name__}
    if summary:
        operation["summary"] = summary
    if parameters := _parameters(route, schemas):
        operation["parameters"] = parameters
    if route.signature.body:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schemas[route.name, "validation"]}},
        }
    return {
        **operation,
        "responses": _responses(route, schemas),
        "x-amazon-apigateway-auth": {"type": "AWS_IAM" if isinstance(route.access, Signed) else "NONE"},
        "x-amazon-apigateway-integration": {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "uri": "${integration_uri}",
        },
    }


def _parameter_key(route: Route, parameter: Parameter) -> str:
    return f"{route.name} {parameter.location}.{parameter.name}"


def _parameters(route: Route, schemas: dict[_Key, Any]) -> list[dict[str, Any]]:
    parameters = [
        {
            "name": item.name,
            "in": item.location,
            "required": item.required,
            "schema": schemas[_parameter_key(route, item), "validation"],
        }
        for item in route.signature.parameters
    ]
    if isinstance(route.access, Signed) and route.access.user_token:
        # Not "required": API Gateway would answer 400 where 401 is due, and it compares header names by case.
        schema = {"type": "string"}
        parameters.append({"name": USER_TOKEN_HEADER, "in": "header", "required": False, "schema": schema})
    return parameters


def _responses(route: Route, schemas: dict[_Key, Any]) -> dict[str, Any]:
    success: dict[str, Any] = {"description": HTTPStatus(route.status).phrase}
    if route.signature.response:
        success["content"] = {"application/json": {"schema": schemas[route.name, "serialization"]}}
    codes: dict[int, list[str]] = {}
    for error in route_errors(route):
        codes.setdefault(error.status, []).append(error.code)
    problem = {CONTENT_TYPE: {"schema": schemas[_PROBLEM, "serialization"]}}
    return {
        str(route.status): success,
        **{
            str(status): {"description": f"{HTTPStatus(status).phrase}: {', '.join(names)}", "content": problem}
            for status, names in codes.items()
        },
    }
