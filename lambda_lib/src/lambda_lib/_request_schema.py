"""The JSON Schema of a request's body, which says no more than the function insists on.

pydantic's own schemas say what a value is once it is validated, and leave out what happens on the way: a string is
stripped before it is measured, a validator runs before the type is looked at. `_schema.py` says why this matters.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from functools import partial
from types import MethodType
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from lambda_lib._schema import told

_MODELS = frozenset({"model", "dataclass", "typed-dict"})
_MEMBERS = frozenset({"model-fields", "dataclass-args", "typed-dict"})
_MISSING = vars(Enum)["_missing_"].__func__  # what an enumeration makes of a value that it does not have: nothing
_BEFORE_TYPE = frozenset({"function-before", "function-wrap", "function-plain"})


class RequestSchema(GenerateJsonSchema):
    """Generates schemas in which what the function may take differently is told, but not enforced."""

    def build_schema_type_to_method(self) -> dict[Any, Callable[[Any], JsonSchemaValue]]:
        """How each type of schema is made (part of pydantic's interface)."""
        made = super().build_schema_type_to_method()
        return {kind: partial(self._lenient, method) for kind, method in made.items()}

    def _lenient(self, method: Callable[[Any], JsonSchemaValue], schema: Any) -> JsonSchemaValue:
        made = method(schema)
        return told(made) if self._differs(schema, made) else made

    def _differs(self, schema: Any, made: JsonSchemaValue) -> bool:
        kind = schema["type"]
        if kind in _MODELS:
            # The validators around members are within the model, where there is nothing yet to be told.
            return any(_is_opaque(layer) or _has_other_names(layer) for layer in _layers(schema))
        if kind == "enum":
            return bool(schema["cls"]._missing_ != MethodType(_MISSING, schema["cls"]))
        if kind == "str":
            return self._is_changed(schema) and ("pattern" in made or "maxLength" in made)
        return _is_opaque(schema) and not any(layer["type"] in _MEMBERS for layer in _layers(schema))

    def _is_changed(self, schema: Any) -> bool:
        strips = schema.get("strip_whitespace", self._config.str_strip_whitespace)
        # Python's `$` takes a line's end, the one of other engines the string's.
        return bool(strips) or schema.get("regex_engine", self._config.regex_engine) == "python-re"


def _is_opaque(schema: Any) -> bool:
    """Whether a function sees a value before its type is looked at, and does not say what it takes."""
    return schema["type"] in _BEFORE_TYPE and not schema.get("json_schema_input_schema")


def _layers(schema: Any) -> Iterator[Any]:
    """The schemas within one that are about the same value, down to the members of a model."""
    while isinstance(inner := schema.get("schema"), Mapping) and schema["type"] not in _MEMBERS:
        schema = inner
        yield schema
    if schema["type"] == "typed-dict":
        yield schema


def _has_other_names(schema: Any) -> bool:
    """Whether a member goes by several names, or is found deeper: a schema can tell but one name."""
    members = schema.get("fields", ())
    fields = members.values() if isinstance(members, Mapping) else members
    return schema["type"] in _MEMBERS and any(isinstance(member.get("validation_alias"), list) for member in fields)
