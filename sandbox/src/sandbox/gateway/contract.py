"""The contract of a REST API, compiled from its OpenAPI body.

Reads what the sandbox emulates of
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html; what would change the
behaviour and is not emulated is refused, never ignored.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema.exceptions import SchemaError

from sandbox.declaration import Document
from sandbox.errors import PlanError
from sandbox.gateway.validation import Model, RequestValidator

_VERBS = ("get", "put", "post", "delete", "options", "head", "patch")
_ANY = "x-amazon-apigateway-any-method"
_EXTENSION = "x-amazon-apigateway-"
_API_EXTENSIONS = frozenset(
    {"gateway-responses", "request-validator", "request-validators", "policy", "binary-media-types"}
)
_METHOD_EXTENSIONS = frozenset({"auth", "integration", "request-validator"})
_INTEGRATION = frozenset({"httpMethod", "passthroughBehavior", "responses", "timeoutInMillis", "type", "uri"})
"""Of which `passthroughBehavior` and `responses` have no effect on a proxy integration."""

_FUNCTION = re.compile(
    r"arn:aws:apigateway:[^:]+:lambda:path/2015-03-31/functions/"
    r"arn:aws:lambda:[^:]+:\d+:function:(?P<name>[^:/]+)(?::(?P<qualifier>[^:/]+))?/invocations"
)
_MAX_TIMEOUT_MS = 29_000


@dataclass(frozen=True, slots=True)
class Integration:
    """A Lambda proxy integration."""

    function_name: str
    qualifier: str | None
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a resource.

    Attributes:
        resource: The path's template, such as `/users/{user_id}`.
        http_method: Such as `GET`; `ANY` for every method that the resource does not have.
        signed: Whether it is authorized by `AWS_IAM`.
        validator: What is checked of its requests.
        integration: The function behind it.
    """

    resource: str
    http_method: str
    signed: bool
    validator: RequestValidator
    integration: Integration


def methods(api: Document) -> tuple[Method, ...]:
    """Compiles all methods of an API.

    Raises:
        PlanError: Something in the body is not valid or not emulated.
    """
    _check_extensions("the API", api, _API_EXTENSIONS)
    return tuple(_method(api, *operation) for operation in _operations(api))


def _operations(api: Document) -> Iterator[tuple[str, str, Mapping[str, Any], list[Mapping[str, Any]]]]:
    for resource, item in api["paths"].items():
        _check_extensions(resource, item, frozenset({_ANY.removeprefix(_EXTENSION)}))
        if "$ref" in item:
            raise PlanError(f"{resource}: a path that stands elsewhere is not emulated")
        shared = item.get("parameters", [])
        for verb, operation in item.items():
            if verb in _VERBS or verb == _ANY:
                yield resource, "ANY" if verb == _ANY else verb.upper(), operation, shared


def _method(
    api: Document, resource: str, http_method: str, operation: Mapping[str, Any], shared: list[Mapping[str, Any]]
) -> Method:
    name = f"{http_method} {resource}"
    _check_extensions(name, operation, _METHOD_EXTENSIONS)
    return Method(
        resource=resource,
        http_method=http_method,
        signed=_is_signed(name, api, operation),
        validator=_validator(name, api, operation, shared),
        integration=_integration(name, operation.get(f"{_EXTENSION}integration")),
    )


def _is_signed(name: str, api: Document, operation: Mapping[str, Any]) -> bool:
    """Whether a method is authorized by `AWS_IAM`.

    See https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authtype.html.
    What is no API key is ignored by an import, with a warning: "Unsupported security definition type 'http'".
    """
    schemes = api.get("components", {}).get("securitySchemes", {})
    secured = False
    for requirement in operation.get("security", api.get("security", ())):
        for scheme in requirement:
            declared = schemes.get(scheme, {"type": "of no known type"})
            if declared.get(f"{_EXTENSION}authtype", "").lower() == "awssigv4":
                secured = True
            elif declared["type"] not in ("http", "oauth2", "openIdConnect"):
                raise PlanError(f"{name}: the security scheme {scheme} is not emulated: {declared['type']}")
    auth = operation.get(f"{_EXTENSION}auth", {}).get("type", "AWS_IAM" if secured else "NONE").upper()
    if auth not in ("AWS_IAM", "NONE"):
        raise PlanError(f"{name}: authorization {auth} is not emulated, only AWS_IAM and NONE are")
    if secured and auth == "NONE":
        raise PlanError(f"{name}: security says awsSigv4, x-amazon-apigateway-auth NONE, and which counts is not known")
    return bool(auth == "AWS_IAM")


def _check_extensions(name: str, node: Mapping[str, Any], known: frozenset[str]) -> None:
    for key in node:
        if key.startswith(_EXTENSION) and key.removeprefix(_EXTENSION) not in known:
            raise PlanError(f"{name}: {key} is not emulated")


def _integration(name: str, declared: Mapping[str, Any] | None) -> Integration:
    if declared is None:
        raise PlanError(f"{name}: it has no x-amazon-apigateway-integration")
    if declared.get("type", "").lower() != "aws_proxy":
        raise PlanError(f"{name}: integration type {declared.get('type')} is not emulated, only aws_proxy is")
    if unknown := declared.keys() - _INTEGRATION:
        raise PlanError(f"{name}: {min(unknown)} of an integration is not emulated")
    if declared.get("httpMethod") != "POST":
        raise PlanError(f"{name}: a function is invoked by POST, not by {declared.get('httpMethod')}")
    uri = _FUNCTION.fullmatch(declared.get("uri", ""))
    if uri is None:
        raise PlanError(f"{name}: {declared.get('uri')} does not name a function to invoke")
    timeout_ms = min(declared.get("timeoutInMillis", _MAX_TIMEOUT_MS), _MAX_TIMEOUT_MS)
    return Integration(uri["name"], uri["qualifier"], timeout_ms / 1000)


def _validator(
    name: str, api: Document, operation: Mapping[str, Any], shared: list[Mapping[str, Any]]
) -> RequestValidator:
    key = f"{_EXTENSION}request-validator"
    chosen = operation.get(key, api.get(key))
    if chosen is None:
        return RequestValidator()
    declared = api.get(f"{key}s", {}).get(chosen)
    if declared is None:
        raise PlanError(f"{name}: no request validator is called {chosen}")
    required: dict[str, list[str]] = {"header": [], "query": [], "path": []}
    if declared.get("validateRequestParameters"):
        for parameter in (*shared, *operation.get("parameters", [])):
            resolved = _resolve(api, parameter)
            if resolved["in"] not in required:
                raise PlanError(f"{name}: API Gateway has no parameters in {resolved['in']}")
            if resolved.get("required"):
                required[resolved["in"]].append(resolved["name"])
    try:
        models = _models(api, operation) if declared.get("validateRequestBody") else None
    except SchemaError as error:
        raise PlanError(f"{name}: a model is not JSON Schema draft 4: {error.message}") from error
    return RequestValidator(tuple(required["header"]), tuple(required["query"]), models)


def _models(api: Document, operation: Mapping[str, Any]) -> Mapping[str, Model]:
    content = _resolve(api, operation.get("requestBody", {})).get("content", {})
    return {type_.lower(): Model(media["schema"], api) for type_, media in content.items() if "schema" in media}


def _resolve(api: Document, node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follows a reference within the document."""
    reference = node.get("$ref")
    if reference is None:
        return node
    target: Any = api
    for part in reference.removeprefix("#/").split("/"):
        target = target[part]
    resolved: Mapping[str, Any] = target
    return resolved
