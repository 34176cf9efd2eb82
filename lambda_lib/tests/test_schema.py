"""pydantic's schemas in the form that API Gateway reads."""

import ipaddress
import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from pydantic import (
    AliasChoices,
    AliasPath,
    AnyUrl,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    SecretStr,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    WrapValidator,
    model_validator,
)
from pydantic.dataclasses import dataclass
from typing_extensions import TypedDict

from lambda_lib._request_schema import RequestSchema
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
        (UUID, {"type": "string", "format": "uuid"}),
        (datetime, {"type": "string", "format": "date-time"}),
        (None, {"nullable": True}),
        (Literal["a", None], {"enum": ["a"], "nullable": True}),  # noqa: PYI061  one enumeration, with null in it
        (int | str | None, {"anyOf": [{"type": "integer"}, {"type": "string"}], "nullable": True}),
        (Annotated[int, Field(examples=[1], title="A")], {"type": "integer"}),
    ],
)
def test_each_kind_of_schema_is_rewritten(kind: Any, schema: dict[str, Any]) -> None:
    assert schema_of(kind) == schema
    Draft4Validator.check_schema(schema)


def request_schema_of(kind: Any) -> dict[str, Any]:
    """The schema by which a body is checked, with the components it refers to."""
    made, rest = TypeAdapter.json_schemas(
        [("it", "validation", TypeAdapter(kind))], ref_template=REFERENCE, schema_generator=RequestSchema
    )
    schemas = {
        component_name(name): gateway_schema(schema, name, request=True)
        for name, schema in rest.get("$defs", {}).items()
    }
    return {**gateway_schema(made["it", "validation"], "it", request=True), "components": {"schemas": schemas}}


class Shade(StrEnum):
    DARK = "dark"
    LIGHT = "light"


class AnyShade(StrEnum):
    DARK = "dark"

    @classmethod
    def _missing_(cls, value: object) -> "AnyShade":
        del value
        return cls.DARK


class Level(IntEnum):
    LOW = 1


class Mixed(Enum):
    ONE = 1
    TEXT = "text"


class Lenient(BaseModel):
    value: int

    @model_validator(mode="before")
    @classmethod
    def _of_text(cls, value: Any) -> Any:
        return {"value": 1} if value == "one" else value


class Aliased(BaseModel):
    model_config = ConfigDict(extra="forbid")

    value: Annotated[int, Field(validation_alias=AliasChoices("value", "val"))]


class Deeper(BaseModel):
    value: Annotated[int, Field(validation_alias=AliasPath("inner", "value"))]


class Renamed(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    value: Annotated[int, Field(alias="theValue")]


class Stripping(BaseModel):
    model_config = ConfigDict(str_strip_whitespace=True)

    text: Annotated[str, Field(max_length=2)]


class PythonPattern(BaseModel):
    model_config = ConfigDict(regex_engine="python-re")

    text: Annotated[str, Field(pattern="^[a-z]$")]


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog"]
    child: "Dog | None" = None


@dataclass
class Point:
    x: int
    y: Annotated[int, Field(validation_alias=AliasChoices("y", "why"))]


class Options(TypedDict, total=False):
    size: int


Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2)]


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (int | None, {"anyOf": [{"type": "integer"}, {}], "nullable": True}),
        (Inner | None, {"anyOf": [{"$ref": "#/components/schemas/Inner"}, {}], "nullable": True}),
        (int | str | None, {"anyOf": [{"type": "integer"}, {"type": "string"}, {}], "nullable": True}),
        (Literal["a", None], {"anyOf": [{"enum": ["a"]}, {}], "nullable": True}),  # noqa: PYI061  as above
        (None, {"nullable": True}),
        (datetime, {"anyOf": [{"type": "string", "format": "date-time"}, {}]}),
        (datetime | int, {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "integer"}, {}]}),
        (Annotated[str, Field(pattern="^[a-z0-9._-]{2,3}$")], {"type": "string", "pattern": "^[a-z0-9._-]{2,3}$"}),
        (Annotated[str, Field(pattern=r"^\d$")], {"anyOf": [{"type": "string", "pattern": r"^\d$"}, {}]}),
        (Annotated[str, Field(pattern="^.$")], {"anyOf": [{"type": "string", "pattern": "^.$"}, {}]}),
        (Annotated[str, Field(pattern="^[^a]$")], {"anyOf": [{"type": "string", "pattern": "^[^a]$"}, {}]}),
        (Annotated[str, Field(pattern="^é$")], {"anyOf": [{"type": "string", "pattern": "^é$"}, {}]}),
        (Text, {"anyOf": [{"type": "string", "maxLength": 2}, {}]}),
        (Annotated[str, StringConstraints(strip_whitespace=True, min_length=2)], {"type": "string", "minLength": 2}),
        (Literal[1], {"anyOf": [{"type": "integer", "enum": [1]}, {}]}),
        (Annotated[int, Field(multiple_of=2)], {"type": "integer", "multipleOf": 2}),
        (Annotated[float, Field(multiple_of=0.5)], {"anyOf": [{"type": "number", "multipleOf": 0.5}, {}]}),
        (
            Annotated[set[int], Field(max_length=2, min_length=1)],
            {"type": "array", "items": {"type": "integer"}, "minItems": 1},
        ),
        (Annotated[list[int], Field(max_length=2)], {"type": "array", "items": {"type": "integer"}, "maxItems": 2}),
        (Annotated[int, BeforeValidator(int)], {"anyOf": [{"type": "integer"}, {}]}),
        (Annotated[int, PlainValidator(int)], {}),
        (Annotated[int, WrapValidator(lambda value, rest: rest(value))], {"anyOf": [{"type": "integer"}, {}]}),
        (
            Annotated[int, BeforeValidator(int, json_schema_input_type=int | str)],
            {"anyOf": [{"type": "integer"}, {"type": "string"}]},
        ),
    ],
)
def test_what_api_gateway_may_read_more_strictly_is_told_and_not_enforced(kind: Any, schema: dict[str, Any]) -> None:
    made = request_schema_of(kind)
    components = made.pop("components")
    assert made == schema
    Draft4Validator.check_schema(made)
    assert all(isinstance(item, dict) for item in components.values())


def test_alternatives_that_may_overlap_need_not_exclude_each_other() -> None:
    schema = request_schema_of(Annotated[Cat | Dog, Field(discriminator="kind")])
    assert schema["anyOf"] == [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]
    assert "oneOf" not in schema


@pytest.mark.parametrize("model", [Lenient, Aliased, Deeper, AnyShade, Point])
def test_a_component_that_takes_more_than_a_schema_can_say_is_told_as_a_whole(model: Any) -> None:
    schemas = request_schema_of(model)["components"]["schemas"]
    (schema,) = schemas.values()
    assert list(schema) == ["anyOf"]
    assert schema["anyOf"][1] == {}


KINDS = [
    *(int, float, bool, str, bytes, datetime, date, timedelta, Decimal, UUID, AnyUrl, SecretStr, None),
    *(
        ipaddress.IPv4Address,
        ipaddress.IPv6Address,
        Shade,
        AnyShade,
        Level,
        Mixed,
        Literal[1, "a", None],  # noqa: PYI061  as above
        Literal[True],
    ),
    *(Lenient, Aliased, Deeper, Renamed, Stripping, PythonPattern, Point, Options, Cat | Dog | None),
    *(Text, set[Text], list[Shade | None], dict[str, datetime], dict[int, int], frozenset[int], Any, int | str),
    Annotated[Cat | Dog, Field(discriminator="kind")],
    Annotated[float, Field(ge=-1, le=2.5)],
    Annotated[float, Field(gt=0, multiple_of=0.1)],
    Annotated[int, Field(ge=1, lt=5, multiple_of=2)],
    Annotated[str, Field(min_length=1, max_length=2)],
    Annotated[bytes, Field(min_length=2, max_length=3)],
    Annotated[str, Field(pattern="^[a-z]+$")],
    Annotated[str, Field(pattern=r"^\w{1,2}.$")],
    Annotated[set[int], Field(max_length=2)],
    Annotated[list[float], Field(min_length=1, max_length=2)],
    Annotated[dict[str, int], Field(min_length=1, max_length=2)],
    Annotated[Decimal, Field(max_digits=3, decimal_places=1)],
    Annotated[int, BeforeValidator(lambda value: 1 if value == "one" else value)],
]

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10),
    st.floats(-3, 10, allow_nan=False).map(lambda number: round(number, 1)),
    st.sampled_from(
        [0.1, 0.30000000000000004, 1.0, 1e300, 10**30, "one", "dark", "text", "cat", "dog", "a", "é", "😀"]
    ),
    st.sampled_from(["٣", "a\n", "  ab ", "ab", "1", "1e5", "NaN", "2026-01-01", "2026-01-01 00:00", "1700000000"]),
    st.sampled_from(["PT1H", "1.2.3.4", "fe80::1%1", "http://é.example/ x", "12345678123456781234567812345678"]),
    st.text(max_size=3),
)
NAMES = st.sampled_from(
    ["value", "val", "inner", "theValue", "text", "kind", "lives", "child", "x", "y", "why", "size", "1"]
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=6
)
LIKELY = st.fixed_dictionaries(
    {},
    optional={
        "value": st.integers(0, 2),
        "val": st.integers(0, 2),
        "inner": st.just({"value": 1}),
        "theValue": st.integers(0, 2),
        "text": st.sampled_from(["a", " ab ", "a\n"]),
        "kind": st.sampled_from(["cat", "dog"]),
        "child": st.none() | st.just({"kind": "dog"}),
        "x": st.integers(0, 2),
        "why": st.integers(0, 2),
        "y": st.integers(0, 2),
    },
)
ADAPTERS = [TypeAdapter(kind) for kind in KINDS]
VALIDATORS = [
    Draft4Validator(
        json.loads(json.dumps(request_schema_of(kind)), parse_float=Decimal),  # exact, as API Gateway's are
        format_checker=Draft4Validator.FORMAT_CHECKER,
    )
    for kind in KINDS
]


@settings(max_examples=1000, deadline=None, derandomize=True, database=None)
@given(number=st.sampled_from(range(len(KINDS))), value=VALUES | LIKELY)
def test_a_schema_refuses_nothing_that_its_model_takes(number: int, value: Any) -> None:
    text = json.dumps(value)
    try:
        ADAPTERS[number].validate_json(text, strict=True, by_alias=True, by_name=False)
    except ValidationError:
        return
    problems = [error.message for error in VALIDATORS[number].iter_errors(json.loads(text, parse_float=Decimal))]
    assert not problems, KINDS[number]


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


@pytest.mark.parametrize("pattern", ["(?i)^a$", r"^\p{L}$", r"\Aa", "[[:alpha:]]", "(?P<name>a)", r"\x{41}", "a{,2}"])
def test_a_pattern_that_is_none_of_ecma_262_is_refused(pattern: str) -> None:
    with pytest.raises(ContractError, match="it: API Gateway cannot read the pattern"):
        gateway_schema({"type": "string", "pattern": pattern}, "it")


def test_a_model_is_named_by_letters_and_digits() -> None:
    assert component_name("Page[Thing]-Input") == "PageThingInput"
