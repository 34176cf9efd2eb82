"""A new contract keeps what the old one promised, or each break is named."""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from openapi_schema_validator import OAS30WriteValidator

from lambda_lib.cli import main
from lambda_lib.compatibility import Break, UnreadableContract, compare
from lambda_lib.contract import contract
from lambda_lib.routes import Routes

type Schema = dict[str, Any]

BEARER, SIGV4 = [{"bearer": []}], [{"sigv4": []}]
STRING, INTEGER, NUMBER = {"type": "string"}, {"type": "integer"}, {"type": "number"}
LOOP = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Loop"}, "size": INTEGER}}


def a_contract(operation: Mapping[str, Any] | None = None, path: str = "/things/{id}", **schemas: Schema) -> Schema:
    """A contract of one operation, `PUT /things/{id}`."""
    return {"paths": {path: {"put": {"responses": {}, **(operation or {})}}}, "components": {"schemas": schemas}}


def taking(schema: Schema, media_type: str = "application/json", *, required: bool = True, **schemas: Schema) -> Schema:
    body = {"required": required, "content": {media_type: {"schema": schema}}}
    return a_contract({"requestBody": body}, **schemas)


def giving(schema: Schema, status: str = "200", media_type: str = "application/json", **schemas: Schema) -> Schema:
    return a_contract({"responses": {status: {"content": {media_type: {"schema": schema}}}}}, **schemas)


def with_parameters(*parameters: Schema, path: str = "/things/{id}") -> Schema:
    return a_contract({"parameters": list(parameters)}, path)


def a_parameter(name: str = "limit", where: str = "query", *, required: bool = False, **rest: Any) -> Schema:
    return {"name": name, "in": where, "required": required, "schema": STRING, **rest}


def an_object(required: tuple[str, ...] = (), *, closed: bool = False, **properties: Schema) -> Schema:
    schema: Schema = {"type": "object", "properties": properties}
    if required:
        schema["required"] = list(required)
    return {**schema, "additionalProperties": False} if closed else schema


def told(schema: Schema) -> Schema:
    return {"anyOf": [schema, {}]}


def secured(security: list[Any] | None, authorization: str = "NONE") -> Schema:
    operation: Schema = {"x-amazon-apigateway-auth": {"type": authorization}}
    return a_contract(operation if security is None else {**operation, "security": security})


def kinds(old: Schema, new: Schema) -> list[str]:
    return [item.kind for item in compare(old, new)]


# What the change breaks, and what the opposite change does.
CHANGES: dict[str, tuple[Schema, Schema, list[str], list[str]]] = {
    "another path": (a_contract(), a_contract(path="/items/{id}"), ["path-removed"], ["path-removed"]),
    "another name in a path": (a_contract(), a_contract(path="/things/{thing_id}"), [], []),
    "a method removed": (
        {"paths": {"/": {"get": {}, "put": {}}}},
        {"paths": {"/": {"get": {}}}},
        ["method-removed"],
        [],
    ),
    "public to bearer": (secured([]), secured(BEARER), ["access-tightened"], []),
    "public to signed": (secured([]), secured(SIGV4, "AWS_IAM"), ["access-tightened"], []),
    "bearer to signed": (secured(BEARER), secured(SIGV4, "AWS_IAM"), ["access-tightened"], ["access-tightened"]),
    "signed without a scheme": (secured(None, "AWS_IAM"), secured(SIGV4, "AWS_IAM"), [], []),
    "a required parameter": (
        with_parameters(),
        with_parameters(a_parameter(required=True)),
        ["parameter-required"],
        [],
    ),
    "an optional parameter": (with_parameters(), with_parameters(a_parameter()), [], []),
    "a parameter made required": (
        with_parameters(a_parameter()),
        with_parameters(a_parameter(required=True)),
        ["parameter-required"],
        [],
    ),
    "a header made required of the function": (
        with_parameters(a_parameter("If-Match", "header")),
        with_parameters(a_parameter("if-match", "header", **{"x-required": True})),
        ["parameter-required"],
        [],
    ),
    "a parameter narrowed": (
        with_parameters(a_parameter()),
        with_parameters(a_parameter(schema={"type": "string", "maxLength": 3})),
        ["request-size"],
        [],
    ),
    "a parameter of the path narrowed under another name": (
        with_parameters(a_parameter("id", "path", required=True)),
        with_parameters(
            a_parameter("key", "path", required=True, schema={"type": "string", "pattern": "^a$"}),
            path="/things/{key}",
        ),
        ["request-pattern"],
        [],
    ),
    "a parameter of the whole path": (
        {"paths": {"/": {"get": {}}}},
        {"paths": {"/": {"parameters": [a_parameter(required=True)], "get": {}}}},
        ["parameter-required"],
        [],
    ),
    "a body made required": (taking(STRING, required=False), taking(STRING), ["body-required"], []),
    "a body where there was none": (a_contract(), taking(STRING), ["body-required"], ["request-media-type"]),
    "another media type of a body": (
        taking(STRING),
        taking(STRING, "text/plain"),
        ["request-media-type"],
        ["request-media-type"],
    ),
    "another type": (taking(STRING), taking(INTEGER), ["request-type"], ["request-type"]),
    "a number made an integer": (taking(NUMBER), taking(INTEGER), ["request-type"], []),
    "a type where there was none": (taking({}), taking(STRING), ["request-type"], []),
    "a value of an enumeration": (
        taking({"type": "string", "enum": ["a", "b"]}),
        taking({"type": "string", "enum": ["a"]}),
        ["request-enum"],
        [],
    ),
    "an enumeration where there was none": (
        taking(STRING),
        taking({"type": "string", "enum": ["a"]}),
        ["request-enum"],
        [],
    ),
    "an enumeration for what is as long": (
        taking({"type": "string", "enum": ["ab", "abc"]}),
        taking({"type": "string", "minLength": 2, "maxLength": 3}),
        [],
        ["request-enum"],
    ),
    "an enumeration within bounds": (
        taking({"type": "integer", "enum": [1, 5]}),
        taking({"type": "integer", "minimum": 1, "maximum": 5}),
        [],
        ["request-enum"],
    ),
    "a minimum": (taking(NUMBER), taking({**NUMBER, "minimum": 1}), ["request-bound"], []),
    "a larger minimum": (
        taking({**NUMBER, "minimum": 1}),
        taking({**NUMBER, "minimum": 1.5}),
        ["request-bound"],
        [],
    ),
    "a smaller maximum": (taking({**NUMBER, "maximum": 2}), taking({**NUMBER, "maximum": 1}), ["request-bound"], []),
    "an exclusive maximum": (
        taking({**NUMBER, "maximum": 2}),
        taking({**NUMBER, "maximum": 2, "exclusiveMaximum": True}),
        ["request-bound"],
        [],
    ),
    "an exclusive minimum": (
        taking({**NUMBER, "minimum": 2}),
        taking({**NUMBER, "minimum": 2, "exclusiveMinimum": True}),
        ["request-bound"],
        [],
    ),
    "a factor": (
        taking({**NUMBER, "multipleOf": 0.1}),
        taking({**NUMBER, "multipleOf": 0.2}),
        ["request-bound"],
        [],
    ),
    "a longer least length": (
        taking({**STRING, "minLength": 1}),
        taking({**STRING, "minLength": 2}),
        ["request-size"],
        [],
    ),
    "a shorter greatest length": (
        taking({**STRING, "maxLength": 9}),
        taking({**STRING, "maxLength": 8}),
        ["request-size"],
        [],
    ),
    "another pattern": (
        taking({**STRING, "pattern": "^a"}),
        taking({**STRING, "pattern": "^b"}),
        ["request-pattern"],
        ["request-pattern"],
    ),
    "an exclusion": (taking(STRING), taking({**STRING, "not": {"enum": ["a"]}}), ["request-not"], []),
    "a format": (taking(STRING), taking({**STRING, "format": "date"}), ["request-format"], []),
    "fewer items": (
        taking({"type": "array", "items": STRING}),
        taking({"type": "array", "items": STRING, "maxItems": 2}),
        ["request-size"],
        [],
    ),
    "items of another type": (
        taking({"type": "array", "items": NUMBER}),
        taking({"type": "array", "items": INTEGER}),
        ["request-type"],
        [],
    ),
    "items that differ": (
        taking({"type": "array"}),
        taking({"type": "array", "uniqueItems": True}),
        ["request-uniqueItems"],
        [],
    ),
    "a member made required": (
        taking(an_object(a=STRING)),
        taking(an_object(("a",), a=STRING)),
        ["request-required"],
        [],
    ),
    "a required member that is new": (
        taking(an_object()),
        taking(an_object(("a",), a=STRING)),
        ["request-required"],
        [],
    ),
    "an optional member that is new": (taking(an_object()), taking(an_object(a=STRING)), [], []),
    "an optional member that is new in what is closed": (
        taking(an_object(closed=True)),
        taking(an_object(closed=True, a=STRING)),
        [],
        ["request-member"],
    ),
    "closed": (taking(an_object(a=STRING)), taking(an_object(a=STRING, closed=True)), ["request-closed"], []),
    "a member narrowed": (taking(an_object(a=NUMBER)), taking(an_object(a=INTEGER)), ["request-type"], []),
    "the values of a map narrowed": (
        taking({"type": "object", "additionalProperties": NUMBER}),
        taking({"type": "object", "additionalProperties": INTEGER}),
        ["request-type"],
        [],
    ),
    "a map made of an object": (
        taking(an_object(closed=True, a=INTEGER)),
        taking({"type": "object", "additionalProperties": NUMBER}),
        [],
        ["request-type", "request-closed"],
    ),
    "an object made of a map": (
        taking({"type": "object", "additionalProperties": NUMBER}),
        taking({"type": "object", "additionalProperties": NUMBER, "properties": {"a": INTEGER}}),
        ["request-type"],
        [],
    ),
    "fewer members": (
        taking({"type": "object"}),
        taking({"type": "object", "maxProperties": 2}),
        ["request-size"],
        [],
    ),
    "null refused": (taking({**STRING, "nullable": True}), taking(STRING), ["request-null"], []),
    "null refused as API Gateway is told": (
        taking({**told(STRING), "nullable": True}),
        taking(STRING),
        ["request-enforced", "request-null"],
        [],
    ),
    "a told member narrowed": (
        taking({**told({**STRING, "maxLength": 9}), "nullable": True}),
        taking({**told({**STRING, "maxLength": 8}), "nullable": True}),
        ["request-size"],
        [],
    ),
    "enforced": (taking(told(STRING)), taking(STRING), ["request-enforced"], []),
    "an alternative removed": (
        taking({"anyOf": [STRING, INTEGER]}),
        taking({"anyOf": [STRING]}),
        ["request-type"],
        [],
    ),
    "one alternative of two narrowed": (
        taking({"oneOf": [STRING, {**NUMBER, "minimum": 1}]}),
        taking({"oneOf": [STRING, {**NUMBER, "minimum": 2}]}),
        ["request-bound"],
        [],
    ),
    "a part that holds as well": (
        taking({"allOf": [STRING]}),
        taking({"allOf": [STRING, {"maxLength": 3}]}),
        ["request-size"],
        [],
    ),
    "a component narrowed": (
        taking({"$ref": "#/components/schemas/T"}, T=STRING),
        taking({"$ref": "#/components/schemas/T"}, T={**STRING, "maxLength": 1}),
        ["request-size"],
        [],
    ),
    "a component put where it is used": (
        taking({"$ref": "#/components/schemas/T"}, T=STRING),
        taking(STRING),
        [],
        [],
    ),
    "a component that refers to itself, narrowed": (
        taking({"$ref": "#/components/schemas/Loop"}, Loop=LOOP),
        taking(
            {"$ref": "#/components/schemas/Loop"},
            Loop={**LOOP, "properties": {**LOOP["properties"], "size": {**INTEGER, "minimum": 0}}},
        ),
        ["request-bound"],
        [],
    ),
    "a success by another status": (giving(STRING), giving(STRING, "201"), ["reply-status"], ["reply-status"]),
    "nothing new for who has it": (a_contract(), giving(STRING, "304"), [], []),
    "an error": (a_contract(), giving(STRING, "409"), [], []),
    "another media type of a reply": (
        giving(STRING),
        giving(STRING, media_type="text/plain"),
        ["reply-media-type"],
        ["reply-media-type"],
    ),
    "a body of a reply": (a_contract({"responses": {"200": {}}}), giving(STRING), [], ["reply-media-type"]),
    "a value that a reply did not have": (
        giving({"enum": ["a"]}),
        giving({"enum": ["a", "b"]}),
        ["reply-enum"],
        [],
    ),
    "a member gone from a reply": (
        giving(an_object(("a",), a=STRING, b=STRING)),
        giving(an_object(b=STRING)),
        ["reply-member"],
        [],
    ),
    "a member of a reply that may be left out": (
        giving(an_object(("a",), a=STRING)),
        giving(an_object(a=STRING)),
        ["reply-required"],
        [],
    ),
    "null in a reply": (giving(STRING), giving({**STRING, "nullable": True}), ["reply-null"], []),
    "null in a reply for a reference": (
        giving({"$ref": "#/components/schemas/T"}, T=STRING),
        giving({"allOf": [{"$ref": "#/components/schemas/T"}], "nullable": True}, T=STRING),
        ["reply-null"],
        [],
    ),
    "a member more in a closed reply": (
        giving(an_object(closed=True)),
        giving(an_object(a=STRING, closed=True)),
        [],
        ["reply-member"],
    ),
    "longer texts in a reply": (
        giving({**STRING, "maxLength": 1}),
        giving({**STRING, "maxLength": 2}),
        ["reply-size"],
        [],
    ),
    "another type in a list of a reply": (
        giving({"type": "array", "items": INTEGER}),
        giving({"type": "array", "items": NUMBER}),
        ["reply-type"],
        [],
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_each_kind_of_break_is_named_and_its_opposite_told_apart(change: str) -> None:
    old, new, breaks, opposite = CHANGES[change]
    assert (kinds(old, new), kinds(new, old)) == (breaks, opposite)
    assert not compare(old, old)
    assert not compare(new, new)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (
            taking(an_object(a={"type": "array", "items": {**STRING, "maxLength": 9}})),
            taking(an_object(a={"type": "array", "items": {**STRING, "maxLength": 8}})),
            Break("request-size", "PUT /things/{id}: body.a[]", "maxLength was 9 and is 8"),
        ),
        (
            taking({"type": "object", "additionalProperties": STRING}),
            taking({"type": "object", "additionalProperties": INTEGER}),
            Break("request-type", "PUT /things/{id}: body.*", "type was string and is integer"),
        ),
        (
            giving(an_object(a={**NUMBER, "minimum": 0, "exclusiveMinimum": True})),
            giving(an_object(a=NUMBER)),
            Break("reply-bound", "PUT /things/{id}: reply 200.a", "minimum was 0 (exclusive) and is open"),
        ),
        (
            giving({"enum": ["a"]}),
            giving({"enum": ["a", "b", "c"]}),
            Break("reply-enum", "PUT /things/{id}: reply 200", '"b", "c" may be met and was not known'),
        ),
        (
            with_parameters(),
            with_parameters(a_parameter("If-Match", "header", **{"x-required": True})),
            Break("parameter-required", "PUT /things/{id}: header.If-Match", "it is required and was not known"),
        ),
        (
            secured(BEARER),
            secured(SIGV4, "AWS_IAM"),
            Break("access-tightened", "PUT /things/{id}", "it asks for AWS_IAM, before for bearer"),
        ),
    ],
)
def test_a_break_is_told_with_its_place_and_the_reason(old: Schema, new: Schema, found: Break) -> None:
    assert compare(old, new) == [found]


@pytest.mark.parametrize(
    "child",
    [
        {"anyOf": [{"$ref": "#/components/schemas/Tree"}, {}]},
        {"allOf": [{"$ref": "#/components/schemas/Tree"}], "nullable": True},
        {"type": "array", "items": {"anyOf": [{"$ref": "#/components/schemas/Tree"}, STRING]}},
    ],
)
def test_a_model_may_hold_itself_in_an_alternative(child: Schema) -> None:
    tree, narrowed = (an_object(name={**STRING, "maxLength": longest}, child=child) for longest in (5, 4))
    old, new = (taking({"$ref": "#/components/schemas/Tree"}, Tree=schema) for schema in (tree, narrowed))
    assert kinds(old, old) == []
    assert set(kinds(old, new)) == {"request-size"}
    assert kinds(new, old) == []


def test_a_break_in_a_shared_component_is_told_for_each_operation() -> None:
    def document(schema: Schema) -> Schema:
        responses = giving({"$ref": "#/components/schemas/T"})["paths"]["/things/{id}"]["put"]
        return {"paths": {"/a": {"get": responses}, "/b": {"get": responses}}, "components": {"schemas": {"T": schema}}}

    places = [item.place for item in compare(document(INTEGER), document(STRING))]
    assert places == ["GET /a: reply 200", "GET /b: reply 200"]


def test_a_contract_breaks_nothing_of_itself(routes: Routes[Any]) -> None:
    assert compare(contract(routes), contract(routes)) == []


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, "it has no paths"),
        (taking({"$ref": "#/components/schemas/Missing"}), "the reference #/components/schemas/Missing leads nowhere"),
        (taking({"$ref": "#/components/schemas/T"}, T={"$ref": "#/components/schemas/T"}), "leads nowhere"),
        (
            taking({"$ref": "#/components/schemas/T"}, T={"anyOf": [{"$ref": "#/components/schemas/T"}]}),
            "a schema is an alternative of itself",
        ),
    ],
)
def test_a_document_that_is_no_contract_is_refused(document: Schema, message: str) -> None:
    with pytest.raises(UnreadableContract, match=message):
        compare(document, document)


# Small schemas, and values that they are likely to differ on.
SIZES = st.integers(0, 3)
SCHEMAS: st.SearchStrategy[Schema] = st.recursive(
    st.one_of(
        st.just({}),
        st.fixed_dictionaries(
            {"type": st.sampled_from(["number", "integer"])},
            optional={
                "minimum": st.integers(-1, 2),
                "maximum": st.integers(0, 3),
                "exclusiveMinimum": st.booleans(),
                "exclusiveMaximum": st.booleans(),
                "multipleOf": st.sampled_from([1, 2, 0.5]),
                "nullable": st.booleans(),
            },
        ),
        st.fixed_dictionaries(
            {"type": st.just("string")},
            optional={
                "minLength": SIZES,
                "maxLength": SIZES,
                "pattern": st.sampled_from(["^a", "b$"]),
                "enum": st.lists(st.sampled_from(["", "a", "ab", "abc"]), min_size=1, unique=True),
            },
        ),
        st.fixed_dictionaries({"enum": st.lists(st.sampled_from([1, 2, "a", "ab", True]), min_size=1)}),
        st.just({"type": "boolean"}),
    ),
    lambda inner: st.one_of(
        st.fixed_dictionaries(
            {"type": st.just("array")},
            optional={"items": inner, "minItems": SIZES, "maxItems": SIZES, "uniqueItems": st.booleans()},
        ),
        st.fixed_dictionaries(
            {"type": st.just("object"), "properties": st.dictionaries(st.sampled_from("ab"), inner)},
            optional={
                "required": st.lists(st.sampled_from("ab"), min_size=1, unique=True),
                "additionalProperties": st.booleans() | inner,
                "minProperties": SIZES,
                "maxProperties": SIZES,
            },
        ),
        st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"allOf": st.lists(inner, min_size=1, max_size=2)}),
        inner.map(told),
    ),
    max_leaves=4,
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.sampled_from([-1, 0, 0.5, 1, 1.5, 2, 3, "", "a", "ab", "abc", "b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abz"), inner, max_size=3),
    max_leaves=4,
)


def names_only_what(schema: Schema, value: Any) -> bool:
    """Whether an object has no member that the schema does not name, but for `z`, which none does."""
    text = json.dumps(schema)
    named = {name for name in "ab" if f'"{name}": ' in text}
    pending = [value]
    while pending:
        match pending.pop():
            case dict() as members:
                if members.keys() - named - {"z"}:
                    return False
                pending += members.values()
            case list() as items:
                pending += items
    return True


@settings(max_examples=2000, deadline=None, derandomize=True, database=None)
@given(old=SCHEMAS, new=SCHEMAS, values=st.lists(VALUES, min_size=1, max_size=5))
def test_where_no_break_is_named_all_that_was_valid_is(old: Schema, new: Schema, values: list[Any]) -> None:
    assume(not compare(taking(old), taking(new)))
    before, after = OAS30WriteValidator(old), OAS30WriteValidator(new)
    for value in values:
        if names_only_what(old, value) and before.is_valid(value):
            assert after.is_valid(value), value


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(schema=SCHEMAS)
def test_no_break_is_named_where_nothing_changed(schema: Schema) -> None:
    for made in (taking, giving):
        assert compare(made(schema), made(json.loads(json.dumps(schema)))) == []


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(taking(NUMBER)))
    new.write_text(json.dumps(taking(INTEGER)))
    return old, new


def test_the_command_names_breaks_and_exits_with_1(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = files
    assert main(["compare", str(old), str(new)]) == 1
    assert capsys.readouterr().out == "PUT /things/{id}: body: type was number and is integer (request-type)\n"
    assert main(["compare", str(new), str(old)]) == 0
    assert capsys.readouterr().out == ""


def test_the_command_tells_breaks_to_programs(files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    old, new = map(str, files)
    assert main(["compare", old, new, "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out) == [
        {"kind": "request-type", "place": "PUT /things/{id}: body", "reason": "type was number and is integer"}
    ]
    assert main(["compare", old, old, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_the_command_reads_the_old_contract_from_standard_input(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(files[0].read_text()))
    assert main(["compare", "-", str(files[1])]) == 1


def test_the_command_reads_the_old_contract_from_a_bundle(files: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = files
    with zipfile.ZipFile(tmp_path / "live.zip", "w") as bundle:
        bundle.write(old, "openapi.json")
    assert main(["compare", str(tmp_path / "live.zip"), str(new)]) == 1
    assert main(["compare", str(tmp_path / "live.zip"), str(old)]) == 0


def test_a_bundle_without_a_contract_is_nothing_to_keep_to(
    files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(tmp_path / "placeholder.zip", "w") as bundle:
        bundle.writestr("main.py", "")
    assert main(["compare", str(tmp_path / "placeholder.zip"), str(files[1])]) == 0
    assert "has no contract, so nothing is compared" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("before", "after", "status"), [("1.4.0", "2.0.0", 0), ("1.9.0", "1.10.0", 1), ("2.0.0", "1.0.0", 1), ("1", "x", 2)]
)
def test_a_new_major_version_may_break_where_that_is_allowed(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str], before: str, after: str, status: int
) -> None:
    for file, version in zip(files, (before, after), strict=True):
        file.write_text(json.dumps({**json.loads(file.read_text()), "info": {"version": version}}))
    command = ["compare", *map(str, files)]
    assert main(command) == 1
    assert main([*command, "--major-may-break"]) == status
    assert "type was number and is integer" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file or directory"),
        ("{", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ("[]", "it is no contract"),
        ("{}", "it has no paths"),
        ('{"paths": {"/things": 5}}', "these are not two contracts"),
        ('{"paths": {"/things": {"get": {"parameters": [{}]}}}}', "these are not two contracts"),
        ("\udcff", "can't decode byte 0xff"),
    ],
)
def test_the_command_exits_with_2_where_it_cannot_compare(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str], content: str | None, message: str
) -> None:
    old, new = files
    new.unlink() if content is None else new.write_text(content, errors="surrogateescape")
    assert main(["compare", str(old), str(new)]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert len(error.splitlines()) == 1
