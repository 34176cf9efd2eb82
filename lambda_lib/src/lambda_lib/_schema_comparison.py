"""What one schema of a contract allows and another does not, by their keywords.

A break is reported wherever the keywords do not show that there is none, so a pattern that was written in another way
is one. `oneOf` is read as `anyOf`: its alternatives are taken to exclude each other, as those of pydantic's tagged
unions do. An empty alternative says that a schema is told and not enforced (see `_schema.py`); the others are compared.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import Any

type Document = Mapping[str, Any]
type Schema = Mapping[str, Any]
type _Alternative = tuple[Schema, ...]
"""Schemas without alternatives that hold together."""

_TYPES = {type(None): "null", bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
_EVERY_TYPE = frozenset({*_TYPES.values(), "object"})
_NULL: Schema = {"type": "null"}
_UPPER = {"maxLength": "string", "maxItems": "array", "maxProperties": "object"}
_LOWER = {"minLength": "string", "minItems": "array", "minProperties": "object"}
_VERBATIM = {"pattern": "string", "format": "string", "uniqueItems": "array"}
_TOLD = "told"  # no keyword of a schema, but the mark of one that is told and not enforced
_DEEPEST = 50  # deeper than any schema that a person wrote


class UnreadableContract(ValueError):  # noqa: N818  named after what happened, as in `errors.py`
    """A document is not a contract that can be compared; the message says why."""


@dataclass(frozen=True, slots=True)
class Break:
    """One promise that a new contract does not keep.

    Attributes:
        kind: Stable name of the kind of break, for a program.
        place: Where: the operation as the old contract names it, and the part of it.
        reason: What changed, for a person.
    """

    kind: str
    place: str
    reason: str


def resolved(document: Document, node: Mapping[str, Any]) -> Mapping[str, Any]:
    """A node of a document, or what it refers to.

    Raises:
        UnreadableContract: The reference leads nowhere.
    """
    followed: set[str] = set()
    while (reference := node.get("$ref")) is not None:
        target: Any = document
        for part in str(reference).removeprefix("#/").split("/"):
            target = target.get(part) if isinstance(target, Mapping) else None
        if not isinstance(target, Mapping) or reference in followed:
            raise UnreadableContract(f"the reference {reference} leads nowhere")
        followed.add(reference)
        node = target
    return node


@dataclass(frozen=True, slots=True)
class SchemaComparison:
    """Compares schemas of requests, or of replies.

    What the old schema of a request allows has to be allowed by the new one; with a reply it is the other way round.
    The schema that has to lie within the other is called the inner one.

    Attributes:
        old: The document that old schemas refer to.
        new: The document that new schemas refer to.
        reply: Whether they are schemas of replies.
    """

    old: Document
    new: Document
    reply: bool = False
    _pending: set[tuple[int, int]] = field(default_factory=set)

    def breaks(self, old: Schema, new: Schema, place: str) -> Iterator[Break]:
        """The breaks between two schemas, which may refer to themselves.

        Raises:
            UnreadableContract: A reference leads nowhere.
        """
        # By identity: a schema comes back to itself by a reference, and that may stand within an alternative.
        pair = (id(resolved(self.old, old)), id(resolved(self.new, new)))
        if pair in self._pending:  # whatever breaks within is found where the pair was met first
            return
        self._pending.add(pair)
        within, without = _alternatives(self.old, old), _alternatives(self.new, new)
        if self.reply:
            within, without = without, within
        for alternative in within:
            # The nearest one tells best what changed.
            yield from min((list(self._conjunction(alternative, other, place)) for other in without), key=_distance)
        self._pending.discard(pair)

    def _conjunction(self, inner: _Alternative, outer: _Alternative, place: str) -> Iterator[Break]:
        for part in outer:
            yield from min((list(self._flat(own, part, place)) for own in inner), key=_distance)

    def _flat(self, inner: Schema, outer: Schema, place: str) -> Iterator[Break]:
        types, allowed = _types(inner), _types(outer)
        if more := types - allowed:
            if more == {"null"}:
                yield self._break("null", place, "it may be null" if self.reply else "null is no longer accepted")
            else:
                yield self._changed("type", place, "type", inner.get("type"), outer.get("type"))
            return
        if _TOLD in inner and _TOLD not in outer:
            yield self._break("enforced", place, "what was only told is enforced")
        if "not" in outer and outer["not"] != inner.get("not"):
            yield self._changed("not", place, "not", inner.get("not"), outer["not"])
        yield from self._values(inner, outer, place)
        if types & {"number", "integer"}:
            yield from self._numbers(inner, outer, place)
        yield from self._sizes(inner, outer, types, place)
        for keyword, kind in _VERBATIM.items():
            if kind in types and outer.get(keyword, False) not in {False, inner.get(keyword)}:
                yield self._changed(keyword, place, keyword, inner.get(keyword), outer[keyword])
        if "array" in types and "items" in outer:
            yield from self._within(inner.get("items", {}), outer["items"], f"{place}[]")
        if "object" in types:
            yield from self._members(inner, outer, place)
            yield from self._required(inner, outer, place)
            yield from self._further_members(inner, outer, place)

    def _values(self, inner: Schema, outer: Schema, place: str) -> Iterator[Break]:
        if "enum" in outer and "enum" not in inner:
            yield self._changed("enum", place, "enum", None, outer["enum"])
        elif "enum" in outer:
            known = {json.dumps(value) for value in outer["enum"]}
            if more := [text for text in map(json.dumps, inner["enum"]) if text not in known]:
                reason = "may be met and was not known" if self.reply else "is no longer accepted"
                yield self._break("enum", place, f"{', '.join(more)} {reason}")

    def _numbers(self, inner: Schema, outer: Schema, place: str) -> Iterator[Break]:
        for keyword, sign in (("minimum", 1), ("maximum", -1)):
            limit = _bound(outer, keyword)
            # Of two bounds with one value, the exclusive one is the tighter.
            if limit and not any(
                own and (sign * own[0], own[1]) >= (sign * limit[0], limit[1])
                for own in (_bound(inner, keyword), _bound_of_values(inner, keyword))
            ):
                yield self._changed("bound", place, keyword, _text(_bound(inner, keyword)), _text(limit))
        own_factor, factor = inner.get("multipleOf"), outer.get("multipleOf")
        if factor is not None and (own_factor is None or Fraction(str(own_factor)) % Fraction(str(factor))):
            yield self._changed("bound", place, "multipleOf", own_factor, factor)

    def _sizes(self, inner: Schema, outer: Schema, types: frozenset[str], place: str) -> Iterator[Break]:
        for keyword, kind in {**_LOWER, **_UPPER}.items():
            limit = outer.get(keyword)
            if kind not in types or limit is None:
                continue
            sizes = [inner.get(keyword), _size_of_values(inner, keyword)]
            if keyword in _LOWER:
                kept = any((size or 0) >= limit for size in sizes)
            else:
                kept = any(size is not None and size <= limit for size in sizes)
            if not kept:
                yield self._changed("size", place, keyword, inner.get(keyword), limit)

    def _members(self, inner: Schema, outer: Schema, place: str) -> Iterator[Break]:
        own, known, further = (
            inner.get("properties", {}),
            outer.get("properties", {}),
            inner.get("additionalProperties"),
        )
        for name, schema in known.items():
            if name in own:
                yield from self._within(own[name], schema, f"{place}.{name}")
            elif self.reply:
                yield self._break("member", f"{place}.{name}", "it was removed")
            elif isinstance(further, Mapping):
                yield from self._within(further, schema, f"{place}.{name}")

    def _required(self, inner: Schema, outer: Schema, place: str) -> Iterator[Break]:
        always = inner.get("required", ())
        for name in outer.get("required", ()):
            if name in always:
                continue
            if not self.reply:
                yield self._break("required", f"{place}.{name}", "it became required")
            elif name in inner.get("properties", {}) or name not in outer.get("properties", {}):
                yield self._break("required", f"{place}.{name}", "it was always there and may be left out")

    def _further_members(self, inner: Schema, outer: Schema, place: str) -> Iterator[Break]:
        allowed, further = outer.get("additionalProperties", True), inner.get("additionalProperties", True)
        unknown = [name for name in inner.get("properties", {}) if name not in outer.get("properties", {})]
        if isinstance(allowed, Mapping):
            for name in unknown:
                yield from self._within(inner["properties"][name], allowed, f"{place}.{name}")
            if further is not False:
                yield from self._within({} if further is True else further, allowed, f"{place}.*")
        elif not allowed and not self.reply:
            for name in unknown:
                yield self._break("member", f"{place}.{name}", "it is no longer accepted")
            if further is not False:
                yield self._break("closed", place, "members that it does not name are no longer accepted")

    def _within(self, inner: Schema, outer: Schema, place: str) -> Iterator[Break]:
        old, new = (outer, inner) if self.reply else (inner, outer)
        return self.breaks(old, new, place)

    def _break(self, aspect: str, place: str, reason: str) -> Break:
        return Break(f"{'reply' if self.reply else 'request'}-{aspect}", place, reason)

    def _changed(self, aspect: str, place: str, keyword: str, inner: object, outer: object) -> Break:
        old, new = (outer, inner) if self.reply else (inner, outer)
        return self._break(aspect, place, f"{keyword} was {_shown(old)} and is {_shown(new)}")


def _alternatives(document: Document, schema: Schema, depth: int = 0) -> list[_Alternative]:
    """A schema as alternatives: a value is valid if it is so under all schemas of one of them."""
    if depth > _DEEPEST:
        raise UnreadableContract("a schema is an alternative of itself")
    schema = resolved(document, schema)
    base = {key: value for key, value in schema.items() if key not in {"allOf", "anyOf", "oneOf", "nullable"}}
    parts: list[Sequence[_Alternative]] = [[(base,)]]
    parts += [_alternatives(document, part, depth + 1) for part in schema.get("allOf", ())]
    for keyword in ("anyOf", "oneOf"):
        choices = schema.get(keyword, [])
        told = {_TOLD: True} if {} in choices else {}
        if named := [choice for choice in choices if choice != {}]:
            found = [one for choice in named for one in _alternatives(document, choice, depth + 1)]
            parts.append([tuple({**flat, **told} for flat in alternative) for alternative in found])
    combined = [
        tuple(flat for alternative in combination for flat in alternative if flat) or ({},)
        for combination in product(*parts)
    ]
    return [*combined, (_NULL,)] if schema.get("nullable") else combined


def _types(schema: Schema) -> frozenset[str]:
    types = frozenset({schema["type"]}) if "type" in schema else _EVERY_TYPE
    if "number" in types:
        types |= {"integer"}
    if "enum" in schema:
        types &= {_TYPES.get(type(value), "object") for value in schema["enum"]}
    return types


def _bound(schema: Schema, keyword: str) -> tuple[float, bool] | None:
    """A bound of a schema's numbers, and whether it is exclusive."""
    exclusive = bool(schema.get(keyword.replace("m", "exclusiveM", 1)))
    return (schema[keyword], exclusive) if keyword in schema else None


def _bound_of_values(schema: Schema, keyword: str) -> tuple[float, bool] | None:
    """The bound that follows from the values that a schema enumerates."""
    numbers = [value for value in schema.get("enum", ()) if isinstance(value, int | float)]
    return ((min if keyword == "minimum" else max)(numbers), False) if numbers else None


def _size_of_values(schema: Schema, keyword: str) -> int | None:
    """The bound of its strings' length that follows from the values that a schema enumerates."""
    lengths = [len(value) for value in schema.get("enum", ()) if isinstance(value, str)]
    return (min if keyword in _LOWER else max)(lengths) if lengths and keyword.endswith("Length") else None


def _text(bound: tuple[float, bool] | None) -> str | None:
    return bound and f"{json.dumps(bound[0])}{' (exclusive)' if bound[1] else ''}"


def _shown(value: object) -> str:
    if value is None:
        return "open"
    return value if isinstance(value, str) else json.dumps(value)


def _distance(found: list[Break]) -> tuple[bool, int]:
    return any(item.kind.endswith(("-type", "-null")) for item in found), len(found)
