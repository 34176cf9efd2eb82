r"""pydantic's JSON Schema (2020-12), rewritten as API Gateway reads it (draft 4, in OpenAPI 3.0).

Sources: API Gateway developer guide, "Important notes for REST APIs" (models are draft 4, names are alphanumeric,
`discriminator`, `example`, `readOnly` and numeric formats are not supported); OpenAPI 3.0.3, "Schema Object"
(`nullable`, no `const`, nothing beside `$ref`); JSON Schema draft 4 validation, 5.1.2 and 5.1.3 (exclusive bounds are
booleans beside `maximum` and `minimum`).

**API Gateway must refuse nothing that the function accepts**, and nobody says all that it refuses. So a request's
schema is right by the strictest reading wherever the sources differ or are silent:

- `nullable` is dropped at import, and a null is a 400 (stackoverflow.com/questions/71663897): told.
- `anyOf`, `additionalProperties`, `exclusiveMinimum`, `minItems` and others are "not supported" by the notes and seen
  to work: kept, nothing rests on them. `oneOf` becomes `anyOf`: of alternatives that overlap, it would allow none.
- `format`: the validator whose words stand in API Gateway's logs (java-json-tools) knows fewer notations of a time or a
  URL than pydantic: told.
- `pattern` is one of ECMA 262 there, on UTF-16, and `\d`, `.` or `[^a]` take less than in Rust's: told, unless it is of
  plain ASCII. What is no such pattern at all is refused.
- `enum` of numbers or booleans: to Python, `true`, `1` and `1.0` are one value: told.
- `multipleOf` is exact there, and within rounding in pydantic: kept for integers, else told.
- `uniqueItems` is how pydantic tells a set, which takes duplicates: left out.
- `minLength` and `maxLength` count code points, as Python does (java-json-tools, MaxLengthValidator): kept.

**Told** is what stands in an `anyOf` beside an empty schema, by which everything passes: readers, generators of clients
and `lambda-lib compare` see what is meant, and the function alone insists on it. Replies, which API Gateway does not
check, are told as they are; there, `nullable` beside `allOf` is a reference that may be null, as generators understand
it (by the letter of OpenAPI 3.0.3, `nullable` counts beside `type` only).

Two differences are left, which no schema removes. Numbers are exact there and doubles here: one that is beyond an
inclusive bound by its 17th digit is refused there and rounded here. And whether API Gateway takes an object that has a
name twice is not known; here the last one counts (RFC 8259, section 4, says that programs differ).
"""

import re
from collections.abc import Mapping
from typing import Any

REFERENCE = "#/components/schemas/{model}"
_PREFIX = REFERENCE.format(model="")

# What each keyword holds, so that what is not known is refused and not handed over to be misread.
_PLAIN = frozenset(
    {"type", "enum", "minimum", "maximum", "multipleOf", "minLength", "maxLength", "pattern", "required"}
    | {"minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"}
)
# Left out: they say nothing that validation needs.
_DROPPED = frozenset({"title", "examples", "example", "readOnly", "writeOnly", "deprecated", "discriminator"})
# Those of draft 4, and those of OpenAPI 3.0 for strings.
_FORMATS = frozenset({"date-time", "email", "hostname", "ipv4", "ipv6", "uri", "date", "uuid", "binary"})
_ANNOTATIONS = frozenset({"description", "default", "nullable"})
_NULL = {"nullable": True}  # as `{"type": "null"}` is rewritten

_QUANTIFIER = r"(?:[*+?]|\{\d+(?:,\d*)?\})?\??"
_PUNCTUATION = r"\\[-.+*?()\[\]{}|^$/\\]"
# ASCII, and what takes a single character of it: these mean the same in Rust's, Python's and ECMA's expressions.
_PORTABLE = re.compile(
    rf"(?:(?:[A-Za-z0-9 _,:;=@%&#!<>'\"/~`-]|{_PUNCTUATION}|\[(?!\^)(?:(?!&&|--|~~)[ -Z^-~]|{_PUNCTUATION})+\]|\))"
    rf"{_QUANTIFIER}|\((?:\?:)?|[|^$])*"
)
# Those, and what ECMA 262 knows too but reads in its own way.
_ECMA = re.compile(
    rf"(?:(?:[^\\\[\](){{}}*+?|^$]|\\[dDwWsStnrfvbB]|{_PUNCTUATION}|\[\^?(?:[^\[\]\\]|\\[dDwWsStnrfv]|{_PUNCTUATION})+\]|\))"
    rf"{_QUANTIFIER}|\((?:\?[:=!])?|[|^$])*"
)


class ContractError(ValueError):
    """The routes cannot be told in a form that API Gateway reads; the message says where and why."""


def component_name(model: str) -> str:
    """The name of a model as API Gateway accepts it: letters and digits."""
    return re.sub(r"[^A-Za-z0-9]", "", model)


def gateway_schema(schema: Any, where: str, *, request: bool = False) -> Any:
    """Rewrite a schema.

    Args:
        schema: Schema as pydantic makes it.
        where: Path of the schema, for messages.
        request: Whether API Gateway checks bodies by it.

    Raises:
        ContractError: It uses what API Gateway cannot read.
    """
    if not isinstance(schema, Mapping):  # additionalProperties: false
        return schema
    if "$ref" in schema:
        return {"$ref": _PREFIX + component_name(schema["$ref"].removeprefix(_PREFIX))}
    result: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in _PLAIN:
            result.setdefault(keyword, value)
        elif keyword not in _DROPPED:
            result |= _rewritten(keyword, value, where, request=request)
    if result.get("additionalProperties") is True:
        del result["additionalProperties"]
    if not _ECMA.fullmatch(result.get("pattern", "")):
        raise ContractError(f"{where}: API Gateway cannot read the pattern {result['pattern']!r}: it knows ECMA 262's")
    return _lenient(_nullable(result)) if request else _nullable(result)


def told(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema that tells what another one does and lets everything pass."""
    beside = {key: value for key, value in schema.items() if key in _ANNOTATIONS}
    inner = {key: value for key, value in schema.items() if key not in _ANNOTATIONS}
    if not inner:
        return beside
    # What pydantic puts beside alternatives that are told already says the same of them once more.
    alternatives = inner["anyOf"] if inner.keys() == {"anyOf"} or _is_told(inner) else [inner]
    flat = [part for item in alternatives for part in (item["anyOf"] if _is_told(item) else [item])]
    return {**beside, "anyOf": [*(item for item in flat if item), {}]}


def _is_told(schema: Mapping[str, Any]) -> bool:
    return {} in schema.get("anyOf", ())


def _rewritten(keyword: str, value: Any, where: str, *, request: bool) -> dict[str, Any]:
    if keyword in {"items", "additionalProperties"}:
        return {keyword: gateway_schema(value, f"{where}.{keyword}", request=request)}
    if keyword in {"anyOf", "oneOf", "allOf"}:
        # Of alternatives that overlap, oneOf would allow none.
        name = "anyOf" if request and keyword == "oneOf" else keyword
        return {name: [gateway_schema(item, f"{where}.{keyword}", request=request) for item in value]}
    if keyword == "properties":
        return {
            keyword: {name: gateway_schema(item, f"{where}.{name}", request=request) for name, item in value.items()}
        }
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
    if schema.get("type") == "null":
        rest = {keyword: value for keyword, value in schema.items() if keyword != "type"}
        return {**rest, "nullable": True}
    if None in schema.get("enum", ()):
        return {**schema, "enum": [value for value in schema["enum"] if value is not None], "nullable": True}
    alternatives = schema.get("anyOf", [])
    others = [item for item in alternatives if item != _NULL]
    if len(others) == len(alternatives):
        return schema
    rest = {keyword: value for keyword, value in schema.items() if keyword != "anyOf"}
    if len(others) > 1:
        return {**rest, "anyOf": others, "nullable": True}
    if "$ref" in others[0]:  # nothing may stand beside a reference
        return {**rest, "allOf": others, "nullable": True}
    return {**others[0], **rest, "nullable": True}


def _lenient(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without what API Gateway may read more strictly than the function does."""
    if schema.pop("uniqueItems", False):
        schema.pop("maxItems", None)  # which counts what a set drops
    differs = (
        "nullable" in schema
        or any(map(_is_told, [schema, *schema.get("anyOf", ())]))
        or not all(isinstance(value, str) for value in schema.get("enum", ()))
        or "format" in schema
        or not _PORTABLE.fullmatch(schema.get("pattern", ""))
        or ("multipleOf" in schema and schema.get("type") != "integer")
    )
    if not differs:
        return schema
    if "allOf" in schema:  # a reference that may be null
        schema["anyOf"] = schema.pop("allOf")
    return told(schema)


def first_paragraph(text: str) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join(text.strip().partition("\n\n")[0].split())
