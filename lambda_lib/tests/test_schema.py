"""pydantic's schemas in the form that API Gateway reads."""

from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from jsonschema import Draft4Validator
from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter

from lambda_lib._schema import REFERENCE, ContractError, component_name, gateway_schema


class Inner(BaseModel):
    """The inner one.

    More about it.
    """

    value: int


def schema_of(kind: Any) -> dict[str, Any]:
    schema = TypeAdapter(kind).json_schema(ref_template=REFERENCE)
    schema.pop("$defs", None)  # they become components of their own
    made: dict[str, Any] = gateway_schema(schema, "it")
    return made


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (int | None, {"type": "integer", "nullable": True}),
        (Literal["a"], {"enum": ["a"], "type": "string"}),
        (Literal["a", "b"], {"enum": ["a", "b"], "type": "string"}),
        (
            Annotated[float, Field(gt=0, lt=1)],
            {"minimum": 0, "exclusiveMinimum": True, "maximum": 1, "exclusiveMaximum": True, "type": "number"},
        ),
        (Annotated[float, Field(ge=0, le=1)], {"minimum": 0, "maximum": 1, "type": "number"}),
        (
            Annotated[str, Field(pattern="^a$", min_length=1, max_length=2)],
            {"pattern": "^a$", "minLength": 1, "maxLength": 2, "type": "string"},
        ),
        (list[int], {"type": "array", "items": {"type": "integer"}}),
        (dict[str, int], {"type": "object", "additionalProperties": {"type": "integer"}}),
        (dict[str, Any], {"type": "object"}),
        (SecretStr, {"type": "string"}),
        (UUID, {"type": "string"}),
        (int | str | None, {"anyOf": [{"type": "integer"}, {"type": "string"}], "nullable": True}),
        (Annotated[int, Field(examples=[1], title="A")], {"type": "integer"}),
    ],
)
def test_each_kind_of_schema_is_rewritten(kind: Any, schema: dict[str, Any]) -> None:
    assert schema_of(kind) == schema
    Draft4Validator.check_schema(schema)


def test_only_an_exclusive_bound_counts_where_both_are_set() -> None:
    schema = gateway_schema({"minimum": 1, "exclusiveMinimum": 0, "type": "number"}, "it")
    assert schema == {"minimum": 0, "exclusiveMinimum": True, "type": "number"}


def test_a_model_that_may_be_absent_is_a_reference_that_may_be_null() -> None:
    class Outer(BaseModel):
        inner: Inner | None = None

    assert schema_of(Outer)["properties"]["inner"] == {
        "allOf": [{"$ref": "#/components/schemas/Inner"}],
        "nullable": True,
    }


def test_nothing_stands_beside_a_reference() -> None:
    class Outer(BaseModel):
        inner: Annotated[Inner, Field(description="told elsewhere")]

    assert schema_of(Outer)["properties"]["inner"] == {"$ref": "#/components/schemas/Inner"}


def test_a_model_that_forbids_more_says_so() -> None:
    class Strict(BaseModel):
        model_config = ConfigDict(extra="forbid")

        value: int = 3

    schema = schema_of(Strict)
    assert schema["additionalProperties"] is False
    assert schema["properties"] == {"value": {"type": "integer", "default": 3}}


def test_a_description_is_the_first_paragraph() -> None:
    assert schema_of(Inner)["description"] == "The inner one."


@pytest.mark.parametrize(
    ("kind", "keyword"),
    [
        (tuple[int, str], "prefixItems"),
        (dict[Annotated[str, Field(pattern="^a$")], int], "patternProperties"),
    ],
)
def test_what_api_gateway_cannot_read_is_refused_by_its_place(kind: Any, keyword: str) -> None:
    class Outer(BaseModel):
        part: kind

    with pytest.raises(ContractError, match=f"^it.part: API Gateway cannot read the keyword '{keyword}'"):
        schema_of(Outer)


def test_a_model_is_named_by_letters_and_digits() -> None:
    assert component_name("Page[Thing]-Input") == "PageThingInput"
