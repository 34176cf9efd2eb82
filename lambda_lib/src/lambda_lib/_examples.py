"""Examples for a contract, out of those that the models give (`Field(examples=[…])`, `json_schema_extra`).

They stand beside schemas and never in them: the notes for REST APIs say that `example` is not supported in a model, and
an import with one has failed (amazon-archives/aws-apigateway-importer issue 213).
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from inspect import getdoc
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from lambda_lib._function_signature import Parameter
from lambda_lib._schema import ContractError, first_paragraph
from lambda_lib.errors import InvalidRequest, MalformedBody, ServiceError
from lambda_lib.problems import Problem, as_service_error

_CORRELATION_ID = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
_DEEPEST = 10  # a model may have members of its own kind


def body_examples(
    schema: Mapping[str, Any], definitions: Mapping[str, Any], adapter: TypeAdapter[Any], where: str, *, request: bool
) -> list[Any]:
    """The examples of a body.

    One is put together from those of its members if every member that is required has one.

    Args:
        schema: Schema as pydantic makes it, examples included.
        definitions: What it refers to, by reference.
        adapter: What the examples have to be valid by.
        where: Whose they are, for messages.
        request: Whether the body is a request's, in which members go by their aliases only.

    Raises:
        ContractError: An example is not valid.
    """
    found = [_example(schema, definitions, number) for number in range(_count(schema, definitions))]
    return [_validated(example[0], adapter, where, by_name=not request) for example in found if example]


def parameter_example(parameter: Parameter, schema: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The example of a parameter, as a member of its object; nothing if there is none.

    Raises:
        ContractError: The example is not valid.
    """
    given = schema.get("examples", [])
    for example in given:
        try:
            parameter.adapter.validate_python(example)
        except ValidationError as error:
            raise ContractError(f"{where}: the example {json.dumps(example)} is not valid: {error}") from error
    return {"example": given[0]} if given else {}


def problem_example(error: type[ServiceError], place: str) -> dict[str, Any]:
    """A problem document as an error of this kind makes it.

    Args:
        error: The kind of error.
        place: A place in the request where something may be wrong.
    """
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": _detail(error),
        "code": error.code,
        "correlation_id": _CORRELATION_ID,
    }
    if issubclass(error, InvalidRequest) and not issubclass(error, MalformedBody):
        document["errors"] = [{"location": place, "message": "Field required"}]
    Problem.model_validate(document, extra="forbid")
    return document


def _detail(error: type[ServiceError]) -> str:
    """What an error says of itself, or else what is said of it."""
    try:
        made = as_service_error(RuntimeError()) if error is ServiceError else error()
    except TypeError:  # it is made of something
        return first_paragraph(getdoc(error) or error.__name__)
    return made.detail or first_paragraph(getdoc(error) or error.__name__)


def _validated(example: Any, adapter: TypeAdapter[Any], where: str, *, by_name: bool) -> Any:
    try:
        adapter.validate_json(json.dumps(example), strict=True, by_alias=True, by_name=by_name)
    except ValidationError as error:
        raise ContractError(f"{where}: the example {json.dumps(example)} is not valid: {error}") from error
    return example


def _resolved(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    return definitions[schema["$ref"]] if "$ref" in schema else schema


def _given(schema: Mapping[str, Any]) -> list[Any]:
    given = schema.get("examples", [schema["example"]] if "example" in schema else [])
    return list(to_jsonable_python(given))


def _count(schema: Mapping[str, Any], definitions: Mapping[str, Any], depth: int = 0) -> int:
    """How many examples there are of a body, or of the member that has most."""
    given = _given(schema) or _given(schema := _resolved(schema, definitions))
    if given or depth > _DEEPEST:
        return len(given)
    parts = [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
    parts += [schema["items"]] if "items" in schema else []
    return max((_count(part, definitions, depth + 1) for part in parts), default=0)


def _example(
    schema: Mapping[str, Any], definitions: Mapping[str, Any], number: int, depth: int = 0
) -> tuple[Any] | None:
    """An example, by its number or the last of fewer; None if there is none."""
    if given := _given(schema) or _given(schema := _resolved(schema, definitions)):
        return (given[min(number, len(given) - 1)],)
    if "const" in schema or depth > _DEEPEST:
        return (schema["const"],) if "const" in schema else None
    for alternative in schema.get("anyOf", ()):
        if found := _example(alternative, definitions, number, depth + 1):
            return found
    if "items" in schema:
        item = _example(schema["items"], definitions, number, depth + 1)
        return item and ([item[0]],)
    members = {
        name: found[0]
        for name, part in schema.get("properties", {}).items()
        if (found := _example(part, definitions, number, depth + 1))
    }
    return (members,) if members and members.keys() >= set(schema.get("required", ())) else None
