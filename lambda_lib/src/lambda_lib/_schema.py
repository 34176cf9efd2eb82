"""pydantic's JSON Schema (2020-12), rewritten as API Gateway reads it (draft 4, in OpenAPI 3.0).

Sources: API Gateway developer guide, "Important notes for REST APIs" (models are draft 4, names are alphanumeric,
`discriminator`, `example`, `readOnly` and numeric formats are not supported); OpenAPI 3.0.3, "Schema Object"
(`nullable`, no `const`, nothing beside `$ref`); JSON Schema draft 4 validation, 5.1.2 and 5.1.3 (exclusive bounds are
booleans beside `maximum` and `minimum`).

The same notes call `additionalProperties`, `anyOf`, `oneOf`, `exclusiveMinimum`, `minItems` and `maxItems` unsupported.
Some of them do work (unsure which); what API Gateway lets pass for that, the handler refuses. `nullable` it does not
read, and there it is the stricter one: a null in a body is a 400. The keyword is for clients, who meet it in replies.
"""

import re
from collections.abc import Mapping
from typing import Any

REFERENCE = "#/components/schemas/{model}"

# What each keyword holds, so that what is not known is refused and not handed over to be misread.
_PLAIN = frozenset(
    {"type", "enum", "minimum", "maximum", "multipleOf", "minLength", "maxLength", "pattern", "required"}
    | {"minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"}
)
# Left out: they say nothing that validation needs.
_DROPPED = frozenset({"title", "examples", "example", "readOnly", "writeOnly", "deprecated", "discriminator"})
_FORMATS = frozenset({"date-time", "email", "hostname", "ipv4", "ipv6", "uri"})  # those of draft 4
_NULL = {"type": "null"}


class ContractError(ValueError):
    """The routes cannot be told in a form that API Gateway reads; the message says where and why."""


def component_name(model: str) -> str:
    """The name of a model as API Gateway accepts it: letters and digits."""
    return re.sub(r"[^A-Za-z0-9]", "", model)


def gateway_schema(schema: Any, where: str) -> Any:
    """Rewrite a schema.

    Args:
        schema: Schema as pydantic makes it.
        where: Path of the schema, for messages.

    Raises:
        ContractError: It uses what API Gateway cannot read.
    """
    if not isinstance(schema, Mapping):  # additionalProperties: false
        return schema
    if "$ref" in schema:
        prefix, _, model = schema["$ref"].rpartition("/")
        return {"$ref": f"{prefix}/{component_name(model)}"}
    result: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in _PLAIN:
            result.setdefault(keyword, value)
        elif keyword not in _DROPPED:
            result |= _rewritten(keyword, value, where)
    if result.get("additionalProperties") is True:
        del result["additionalProperties"]
    return _nullable(result)


def _rewritten(keyword: str, value: Any, where: str) -> dict[str, Any]:
    if keyword in {"items", "additionalProperties"}:
        return {keyword: gateway_schema(value, f"{where}.{keyword}")}
    if keyword in {"anyOf", "oneOf", "allOf"}:
        return {keyword: [gateway_schema(item, f"{where}.{keyword}") for item in value]}
    if keyword == "properties":
        return {keyword: {name: gateway_schema(item, f"{where}.{name}") for name, item in value.items()}}
    match keyword:
        case "const":
            rewritten: dict[str, Any] = {"enum": [value]}
        case "exclusiveMinimum" | "exclusiveMaximum":
            # Where a model sets both bounds of a side, the exclusive one is the last word.
            rewritten = {keyword.replace("exclusiveM", "m"): value, keyword: True}
        case "format":
            rewritten = {keyword: value} if value in _FORMATS else {}
        case "default":
            rewritten = {} if value is None else {keyword: value}
        case "description":
            rewritten = {keyword: first_paragraph(value)}
        case _:
            raise ContractError(f"{where}: API Gateway cannot read the keyword {keyword!r}")
    return rewritten


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    alternatives = schema.get("anyOf", [])
    if _NULL not in alternatives:
        return schema
    others = [item for item in alternatives if item != _NULL]
    rest = {keyword: value for keyword, value in schema.items() if keyword != "anyOf"}
    if len(others) > 1:
        return {**rest, "anyOf": others, "nullable": True}
    if "$ref" in others[0]:  # nothing may stand beside a reference
        return {**rest, "allOf": others, "nullable": True}
    return {**others[0], **rest, "nullable": True}


def first_paragraph(text: str) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join(text.strip().partition("\n\n")[0].split())
