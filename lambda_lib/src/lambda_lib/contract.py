"""The contract of a service: OpenAPI 3.0 for API Gateway's import, made from its routes.

Where API Gateway's import and OpenAPI disagree, the contract says what is right by both:

- A query parameter may be `required` (the function, too, takes a blank one for a missing one); a header never is, since
  API Gateway compares the names of headers by case ("Important notes for REST APIs"), and HTTP/2 sends them in small
  letters. `x-required` says so to readers and to `lambda-lib compare`; of a parameter, API Gateway ignores everything
  but `name`, `in`, `required`, `type` and `description` (the same page).
- Only bodies of JSON have a schema in a request: API Gateway would read others as JSON, too.
- `x-amazon-apigateway-auth` says who authorizes a method, and `security` says the same once more: `sigv4` is the scheme
  that API Gateway knows as `AWS_IAM` ("x-amazon-apigateway-authtype property"); of `bearer`, which the function checks,
  an import warns "Unsupported security definition type 'http' for 'bearer'. Ignoring." and makes no authorizer.
- Examples stand beside schemas, not in them (see `_examples.py`).

What a schema says is told in `_schema.py`. Development-time only: no handler imports this module.
"""

import json
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from lambda_lib._arguments import IDEMPOTENCY_HEADER
from lambda_lib._components import Components, components, parameter_key
from lambda_lib._examples import problem_example
from lambda_lib._function_signature import JSON
from lambda_lib._gateway_responses import gateway_responses
from lambda_lib._schema import REFERENCE, ContractError, component_name, first_paragraph
from lambda_lib.access import USER_TOKEN_HEADER, Access, Bearer, Signed, needs_user
from lambda_lib.errors import (
    Conflict,
    Forbidden,
    IdempotencyKeyReused,
    InvalidRequest,
    MalformedBody,
    NotAcceptable,
    RequestTooLarge,
    ServiceError,
    ServiceUnavailable,
    Throttled,
    Unauthenticated,
    UnexpectedReply,
    UnsupportedMediaType,
)
from lambda_lib.problems import CONTENT_TYPE
from lambda_lib.routes import Route, Routes

__all__ = ["ContractError", "contract", "contract_text"]

_VALIDATOR = "all"
_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "sigv4": {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "x-amazon-apigateway-authtype": "awsSigv4",
    },
}
# Bodies of replies that are not JSON: "in method responses, schema definition must be of an object type" or refer to
# another ("Important notes for REST APIs").
_CONTENTS = {
    "TextReply": {"type": "string"},
    "BinaryReply": {"type": "string", "format": "binary"},
}


def contract_text(routes: Routes[Any]) -> str:
    """The contract as the text of `openapi.json`; the same routes give the same text."""
    return json.dumps(contract(routes), indent=2, ensure_ascii=False) + "\n"


def contract(routes: Routes[Any]) -> dict[str, Any]:
    """The contract of a service.

    The one placeholder in it is `${integration_uri}`, the URI by which API Gateway invokes the function.

    Raises:
        ContractError: A model or a parameter uses what API Gateway cannot read, or an example is not valid.
    """
    known = components(routes)
    paths: dict[str, dict[str, Any]] = {}
    for template, methods in routes.by_template.items():
        paths[template] = {route.method.lower(): _operation(route, known) for route in methods.values()}
        if routes.cors:
            paths[template].setdefault("options", _preflight(template))
    binary = sorted({media_type for route in routes.all for media_type in _binary_media_types(route)})
    schemes = sorted({name for route in routes.all for requirement in _security(route.access) for name in requirement})
    return {
        "openapi": "3.0.1",
        "info": {"title": routes.title, "version": routes.version},
        "x-amazon-apigateway-request-validators": {
            _VALIDATOR: {"validateRequestBody": True, "validateRequestParameters": True}
        },
        "x-amazon-apigateway-request-validator": _VALIDATOR,
        **({"x-amazon-apigateway-binary-media-types": binary} if binary else {}),
        "x-amazon-apigateway-gateway-responses": gateway_responses(routes.cors),
        "paths": paths,
        "components": {
            "schemas": _with_contents(known.schemas, routes),
            **({"securitySchemes": {name: _SCHEMES[name] for name in schemes}} if schemes else {}),
        },
    }


def route_errors(route: Route) -> list[type[ServiceError]]:
    """The errors that a route can give: its own, and those of what stands before its function.

    A route that takes the service's resources may reach a table, and any table may be throttled: which of the resources
    a function uses is its own affair, and may change while its contract does not.
    """
    signature = route.signature
    found: list[type[ServiceError]] = list(route.errors)
    if signature.body:
        found += [InvalidRequest, MalformedBody, RequestTooLarge, UnsupportedMediaType]
    # An unconstrained string in the path is never missing and never wrong.
    if any(
        item.location != "path" or item.adapter.json_schema() != {"type": "string"} for item in signature.parameters
    ):
        found.append(InvalidRequest)
    if route.representations:
        found.append(NotAcceptable)
    if route.idempotent:
        found += [InvalidRequest, Conflict, IdempotencyKeyReused, ServiceUnavailable, Throttled]
    if isinstance(route.access, Signed):
        found.append(Forbidden)
    if needs_user(route.access):
        found += [Unauthenticated, ServiceUnavailable, UnexpectedReply]
    if signature.resources:
        found += [ServiceUnavailable, Throttled]
    found.append(ServiceError)
    return sorted(set(found), key=lambda error: (error.status, error.code))


def _operation(route: Route, known: Components) -> dict[str, Any]:
    summary = first_paragraph(route.function.__doc__ or "")
    operation: dict[str, Any] = {"operationId": route.function.__name__}
    if summary:
        operation["summary"] = summary
    if parameters := [*_parameters(route, known)]:
        operation["parameters"] = parameters
    if route.signature.body:
        operation["requestBody"] = {
            "required": route.signature.body.required,
            "content": dict.fromkeys(route.signature.body.media_types, known.requests.get(route.name, {})),
        }
    return {
        **operation,
        "responses": _responses(route, known),
        "security": _security(route.access),
        **_integration("AWS_IAM" if isinstance(route.access, Signed) else "NONE"),
    }


def _preflight(template: str) -> dict[str, Any]:
    """The operation by which a browser asks whether a page may use the others."""
    names = re.findall(r"{(\w+)}", template)
    parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    return {
        "operationId": f"preflight{component_name(template.title())}",
        "summary": "Answer a browser's preflight request.",
        **({"parameters": parameters} if parameters else {}),
        "responses": {"204": {"description": HTTPStatus.NO_CONTENT.phrase}},
        "security": [],
        **_integration("NONE"),
    }


def _integration(authorization: str) -> dict[str, Any]:
    return {
        "x-amazon-apigateway-auth": {"type": authorization},
        "x-amazon-apigateway-integration": {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "uri": "${integration_uri}",
        },
    }


def _security(access: Access) -> list[dict[str, list[str]]]:
    match access:
        case Bearer():
            return [{"bearer": []}]
        case Signed():
            return [{"sigv4": []}]
        case _:
            return []


def _parameters(route: Route, known: Components) -> Iterator[dict[str, Any]]:
    for item in route.signature.parameters:
        told = known.parameters[parameter_key(route, item)]
        if item.location == "header":
            yield _header(item.name, required=item.required, told=told)
        else:
            yield {"name": item.name, "in": item.location, "required": item.required, **told}
    if isinstance(route.access, Signed) and route.access.user_token:
        yield _header(USER_TOKEN_HEADER, required=True, told={"schema": {"type": "string"}})
    if route.idempotent:
        yield _header(IDEMPOTENCY_HEADER, required=False, told={"schema": {"type": "string", "maxLength": 255}})


def _header(name: str, *, required: bool, told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": False,
        **({"x-required": True, "description": "Required."} if required else {}),
        **told,
    }


def _responses(route: Route, known: Components) -> dict[str, Any]:
    responses: dict[str, Any] = {str(route.status): {"description": HTTPStatus(route.status).phrase}}
    content = {
        media_type: known.replies[route.name] if kind == JSON else {"schema": {"$ref": REFERENCE.format(model=kind)}}
        for media_type, kind in _content_kinds(route).items()
    }
    if content:
        responses[str(route.status)]["content"] = content
    for status in sorted(route.statuses):
        responses[str(status)] = {"description": HTTPStatus(status).phrase}
    errors: dict[int, list[type[ServiceError]]] = {}
    for error in route_errors(route):
        errors.setdefault(error.status, []).append(error)
    for status, kinds in errors.items():
        responses[str(status)] = {
            "description": f"{HTTPStatus(status).phrase}: {', '.join(error.code for error in kinds)}",
            "content": {
                CONTENT_TYPE: {
                    "schema": known.problem,
                    "examples": {error.code: {"value": problem_example(error, _place(route))} for error in kinds},
                }
            },
        }
    return responses


def _place(route: Route) -> str:
    """A place in a request where something may be wrong."""
    if route.signature.body:
        return "body"
    return next((f"{item.location}.{item.name}" for item in route.signature.parameters), "body")


def _content_kinds(route: Route) -> dict[str, str]:
    """The media types of a success, each with the component that tells it, or JSON."""
    if route.produces is None:
        return {}
    kinds = {media_type: "TextReply" if _is_text(media_type) else "BinaryReply" for media_type in route.representations}
    if route.produces == JSON:
        return {JSON: JSON, **kinds}
    return {
        route.produces.partition(";")[0]: "BinaryReply" if route.signature.returned is bytes else "TextReply",
        **kinds,
    }


def _is_text(media_type: str) -> bool:
    return media_type.startswith("text/") or media_type.endswith(("json", "xml"))


def _binary_media_types(route: Route) -> list[str]:
    """What API Gateway has to hand over, and to take, as it is: it makes text of everything else."""
    body = route.signature.body
    taken = body.media_types if body and body.kind == "bytes" else ()
    return [*taken, *(media_type for media_type, kind in _content_kinds(route).items() if kind == "BinaryReply")]


def _with_contents(schemas: Mapping[str, Any], routes: Routes[Any]) -> dict[str, Any]:
    kinds = {kind for route in routes.all for kind in _content_kinds(route).values()}
    contents = {name: schema for name, schema in _CONTENTS.items() if name in kinds}
    if taken := contents.keys() & schemas.keys():
        raise ContractError(f"two models are called {min(taken)}")
    return dict(sorted({**schemas, **contents}.items()))
