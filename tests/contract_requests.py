"""Requests made from a contract: most of them are nearly right."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from sandbox.gateway.messages import Request

type Schema = Mapping[str, Any]
type Values = st.SearchStrategy[Any]

HOST = "127.0.0.1:8080"
TOKEN = "alices-secret-token"

OFTEN = st.sampled_from([True] * 14 + [False])
SELDOM = st.sampled_from([True, False, False, False])
ASCII = st.characters(min_codepoint=32, max_codepoint=126)
TEXTS = st.text(ASCII, max_size=5)
ODD_VALUES: list[Any] = [
    *(None, True, False, -1, 0, 1, 2, 1.0, 0.0, 0.5, 1.5, -1.0, 2.5, 2.6, 1e300, 0.30000000000000004, 10**30),
    *("", " ", "a", " a", "  ab ", "A", "abcd", "one", "dark", "cat", "1", "1.0", "1.5", "true", "yes", "NaN", "1e5"),
    *("٣", "é", "😀", "a\n", "\x7f", "2026-01-01", "2026-01-01T00:00:00Z", "2026-01-01 00:00", "1700000000", "PT1H"),
    *("http://é.example/ x", "1.2.3.4", "12345678123456781234567812345678"),
    *(
        [],
        {},
        [None],
        [1, 1, 1],
        ["dark", "dark"],
        [["a", 1]],
        {"kind": "cat"},
        {"kind": "dog", "child": None},
        {"val": 1},
    ),
]
JUNK = st.sampled_from(ODD_VALUES) | st.text(max_size=4)
FORMATS = {
    "date-time": st.sampled_from(
        ["2026-01-01T00:00:00Z", "2026-01-01 00:00", "1700000000", "2026-01-01T00:00:00.5+01:00"]
    ),
    "date": st.sampled_from(["2026-01-01", "2026-02-30"]),
    "uuid": st.uuids().map(str) | st.just("12345678123456781234567812345678"),
    "uri": st.sampled_from(["http://a.example/", "http://é.example/ x", "mailto:a@b.example"]),
    "ipv4": st.sampled_from(["1.2.3.4", "1.2.3"]),
    "binary": st.sampled_from(["ab", "é", "abc"]),
}
CONTENT_TYPES = st.sampled_from(
    [
        *(None, None, "application/json; charset=utf-8", "Application/JSON", "application/json;charset=latin-1"),
        *("application/merge-patch+json", "application/xml", "text/plain", "image/png", "", " "),
    ]
)
ACCEPTS = st.sampled_from(
    [None] * 8 + ["*/*", "application/json", "text/csv", "image/png", "text/html", "text/*;q=0.5"]
)
AUTHORIZATIONS = st.sampled_from([f"Bearer {TOKEN}"] * 8 + ["Bearer", "Bearer x", TOKEN, ""])
OTHER_PATHS = st.sampled_from(["", "/", "//", "/nothing", "/things//", "/%2e%2e/x", "/locations", "/users/x/y", "/%00"])


@dataclass(frozen=True)
class Made:
    """A request, and whether it is to be signed."""

    request: Request
    signed: bool


@st.composite
def requests(draw: st.DrawFn, document: Mapping[str, Any]) -> Made:
    """Requests to the operations of a contract."""
    operations = [(verb, path, found) for path, item in document["paths"].items() for verb, found in item.items()]
    with_bodies = [item for item in operations if "requestBody" in item[2]]
    verb, path, operation = draw(st.sampled_from(operations + with_bodies))
    url, query, headers = draw(addressed(path, operation, document))
    if not draw(OFTEN):
        url = draw(OTHER_PATHS | st.just(f"{url}/"))
    if not draw(OFTEN):
        verb = draw(st.sampled_from(["get", "put", "post", "delete", "head", "trace"]))
    content_type, body = draw(bodies(operation, document))
    for name, value in (("Content-Type", content_type), ("Accept", draw(ACCEPTS))):
        headers += [(name, value)] if value is not None else []
    if operation.get("security") == [{"bearer": []}]:
        headers.append(("Authorization", draw(AUTHORIZATIONS)))
    request = Request(verb.upper(), f"/live{url}", urlencode(query), (("Host", HOST), *headers), body, "127.0.0.1")
    return Made(request, signed=operation["x-amazon-apigateway-auth"]["type"] == "AWS_IAM" and draw(OFTEN))


@st.composite
def addressed(draw: st.DrawFn, path: str, operation: Mapping[str, Any], document: Mapping[str, Any]) -> Any:
    """A path with its parameters, those of the query string, and those that are headers."""
    query: list[tuple[str, str]] = []
    headers: list[tuple[str, str]] = []
    for parameter in operation.get("parameters", ()):
        name, location = parameter["name"], parameter["in"]
        required = parameter["required"] or parameter.get("x-required", False)
        if location != "path" and not draw(OFTEN if required else SELDOM):
            continue
        text = draw(texts_of(parameter, document))
        if location == "path":
            path = path.replace(f"{{{name}}}", quote(text, safe="") or "x")
        elif location == "query":
            again = draw(st.lists(TEXTS, max_size=1)) if not draw(OFTEN) else []
            query += [(name, value) for value in [text, *again]]
        else:
            spelt = draw(st.sampled_from([name, name.lower()]))
            is_token = name == "X-User-Token" and draw(OFTEN)
            headers.append((spelt, TOKEN if is_token else text.encode("ascii", "replace").decode().strip()))
    return path, query, headers


@st.composite
def texts_of(draw: st.DrawFn, parameter: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    """Texts that mostly fit a parameter."""
    if not draw(OFTEN):
        return draw(TEXTS | st.sampled_from(["", " ", "0", "true", "a/b", "é", "%", "..", "😀", "a\n"]))
    schema = parameter["schema"]
    wanted = values_of(schema["items"] if schema.get("type") == "array" else schema, document)
    value = draw(st.just(parameter["example"]) | wanted if "example" in parameter else wanted)
    return value if isinstance(value, str) else json.dumps(value)


@st.composite
def bodies(draw: st.DrawFn, operation: Mapping[str, Any], document: Mapping[str, Any]) -> Any:
    """A content type, or none, and a body."""
    content: Mapping[str, Any] = operation.get("requestBody", {}).get("content", {})
    if not content:
        return draw(st.none() | CONTENT_TYPES), draw(st.sampled_from([b"", b"", b"{}", b"x"]))
    chosen = draw(st.sampled_from(sorted(content)))
    content_type = chosen if draw(OFTEN) else draw(CONTENT_TYPES)
    if "schema" not in content[chosen]:
        return content_type, draw(st.binary(max_size=12) | TEXTS.map(str.encode))
    values = values_of(content[chosen]["schema"], document)
    if "example" in content[chosen]:
        values = st.just(content[chosen]["example"]) | values
    value = draw(st.one_of(values, mutated(values, content[chosen]["schema"], document)))
    return content_type, json.dumps(value).encode() if draw(OFTEN) else draw(encoded(value))


@st.composite
def mutated(draw: st.DrawFn, values: Values, schema: Schema, document: Mapping[str, Any]) -> Any:
    """A value with one member replaced, removed or added, or another value."""
    value = draw(values)
    if not isinstance(value, dict) or not draw(OFTEN):
        return draw(JUNK)
    parts = resolved(schema, document).get("properties", {})
    name = draw(st.sampled_from(sorted(parts.keys() | value.keys()) or ["extra"]))
    match draw(st.integers(0, 4)):
        case 0:
            return {key: item for key, item in value.items() if key != name}
        case 1:
            return {**value, draw(st.sampled_from(["extra", "number", "val", name.upper()])): draw(JUNK)}
        case _:
            return {**value, name: draw(JUNK)}


def resolved(schema: Schema, document: Mapping[str, Any]) -> Schema:
    if "$ref" not in schema:
        return schema
    found: Schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def encoded(value: Any) -> st.SearchStrategy[bytes]:
    """A value as unusual JSON, and what is not quite JSON."""
    text = json.dumps(value)
    return st.sampled_from(
        [
            json.dumps(value, ensure_ascii=False).encode(errors="replace"),
            json.dumps(value, indent=1).encode(),
            text.encode("utf-16"),
            b"\xef\xbb\xbf" + text.encode(),
            text.encode()[:-1],
            text.encode() + b"x",
            text.replace("}", ', "more": NaN}', 1).encode(),
            text.replace(": ", ': 1e400, "a": ', 1).encode(),
            text.replace(": ", ': -Infinity, "a": ', 1).encode(),
            text.replace(": ", ': null, "a": ', 1).encode(),
            text.replace("{", '{"name": null, ', 1).encode(),
            text.replace("{", '{"a": "NaN", ', 1).encode(),
            b"[" * 300 + text.encode() + b"]" * 300,
            b'{"a": "\\ud800"}',
            b'{"a": "\xff"}',
            b'{"a": "\t"}',
            b"",
            b" ",
            b"null",
        ]
    )


def values_of(schema: Schema, document: Mapping[str, Any], depth: int = 0) -> Values:
    """Values that mostly fit a schema."""
    schema = resolved(schema, document)
    if depth > 4:
        return st.none()
    alternatives = [values_of(item, document, depth + 1) for item in schema.get("anyOf", ()) if item]
    if schema.get("nullable"):
        alternatives.append(st.none())
    if alternatives:
        return st.one_of(alternatives)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    make = _BY_TYPE.get(schema.get("type", ""))
    return make(schema, document, depth) if make else JUNK


def _strings(schema: Schema, _document: Mapping[str, Any], _depth: int) -> Values:
    if "pattern" in schema:
        # Python's `$` stands before a line's end, too.
        return st.from_regex(schema["pattern"].replace("$", r"\Z"), alphabet=ASCII)
    if "format" in schema:
        return FORMATS[schema["format"]]
    return st.text(min_size=schema.get("minLength", 0), max_size=min(schema.get("maxLength", 20), 130))


def _integers(schema: Schema, _document: Mapping[str, Any], _depth: int) -> Values:
    return st.integers(schema.get("minimum", -5), schema.get("maximum", 20))


def _numbers(schema: Schema, _document: Mapping[str, Any], _depth: int) -> Values:
    floats = st.floats(schema.get("minimum", -5), schema.get("maximum", 20))
    return floats.map(lambda number: round(number, 1)) | st.integers(0, 2)


def _arrays(schema: Schema, document: Mapping[str, Any], depth: int) -> Values:
    items = values_of(schema.get("items", {}), document, depth + 1)
    return st.lists(items, min_size=schema.get("minItems", 0), max_size=min(schema.get("maxItems", 3), 3))


def _objects(schema: Schema, document: Mapping[str, Any], depth: int) -> Values:
    members = {name: values_of(part, document, depth + 1) for name, part in schema.get("properties", {}).items()}
    required = {name: members.pop(name) for name in schema.get("required", ())}
    if isinstance(further := schema.get("additionalProperties"), dict):
        members |= {name: values_of(further, document, depth + 1) for name in ("x", "y")}
    if not members:
        return st.fixed_dictionaries(required)
    # A few of many: of all at once, one would not fit.
    chosen = st.lists(st.sampled_from(sorted(members)), max_size=3, unique=True)
    return chosen.flatmap(lambda names: st.fixed_dictionaries({**required, **{name: members[name] for name in names}}))


_BY_TYPE: Mapping[str, Callable[[Schema, Mapping[str, Any], int], Values]] = {
    "string": _strings,
    "integer": _integers,
    "number": _numbers,
    "boolean": lambda *_: st.booleans(),
    "array": _arrays,
    "object": _objects,
}
