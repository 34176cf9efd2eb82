"""Whether a contract keeps what an older one promised: each break of it, by its place and reason.

A break is what a client that kept to the old contract would meet: a request that is refused now, or a reply that it was
not told of.

| part | a break | none |
|---|---|---|
| operations | a path or a method removed | one added |
| access | credentials asked for that are not those of before | none asked for any more |
| parameters | one added that is required, one made required, values refused | an optional one added, one removed |
| bodies | a media type removed, a body or a member made required, values or members refused | more accepted |
| replies | a success added, a media type or a member removed, a member no longer certain, values added | errors added |

Clients have to be ready for any error, and for members of a reply that they do not know: to add one is no break. They
may send no member that the contract does not name, even where an object is open: to name one later is no break, to
close the object is.

Development-time only: no handler imports this module.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lambda_lib._schema_comparison import Break, Document, SchemaComparison, UnreadableContract, resolved

__all__ = ["Break", "UnreadableContract", "compare"]

_METHODS = frozenset({"get", "put", "post", "patch", "delete", "head", "options"})


def compare(old: Document, new: Document) -> list[Break]:
    """The breaks between two contracts, in the order of the old one.

    Args:
        old: The contract that clients keep to, an OpenAPI 3.0 document.
        new: The contract that is to take its place.

    Raises:
        UnreadableContract: A document is no contract, or a reference in it leads nowhere.
    """
    before, after = _operations(old), _operations(new)
    paths = {path for path, _method in after}
    found: list[Break] = []
    for (path, method), operation in before.items():
        if (path, method) in after:
            found += _breaks(operation, after[path, method])
        elif path in paths:
            found.append(Break("method-removed", operation.place, "the path no longer answers the method"))
        else:
            found.append(Break("path-removed", operation.place, "no operation has the path"))
    return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class _Operation:
    """One operation of a contract.

    Attributes:
        document: The contract.
        place: Method and path.
        declared: The operation object.
        parameters: By place and name; those of the path by position, since their names are not on the wire.
    """

    document: Document
    place: str
    declared: Mapping[str, Any]
    parameters: Mapping[tuple[str, str], Mapping[str, Any]]

    @property
    def credentials(self) -> list[str]:
        """What it asks for: `AWS_IAM`, or security schemes by their names, of which one is enough."""
        if self.declared.get("x-amazon-apigateway-auth", {}).get("type") == "AWS_IAM":
            return ["AWS_IAM"]
        security = self.declared.get("security", self.document.get("security", []))
        return sorted(" and ".join(sorted(requirement)) for requirement in security)

    @property
    def body(self) -> Mapping[str, Any]:
        """The request body object, empty where it takes none."""
        return resolved(self.document, self.declared.get("requestBody", {}))


def _operations(document: Document) -> dict[tuple[str, str], _Operation]:
    """By path, without the names in it, and by method."""
    if not isinstance(document.get("paths"), Mapping):
        raise UnreadableContract("it has no paths, so it is no contract")
    return {
        (re.sub(r"{\w+(\+?)}", r"{\1}", path), method): _Operation(
            document, f"{method.upper()} {path}", declared, dict(_parameters(document, path, item, declared))
        )
        for path, item in document["paths"].items()
        for method, declared in item.items()
        if method in _METHODS
    }


def _parameters(
    document: Document, path: str, item: Mapping[str, Any], operation: Mapping[str, Any]
) -> Iterator[tuple[tuple[str, str], Mapping[str, Any]]]:
    names = re.findall(r"{(\w+)\+?}", path)
    for declared in (*item.get("parameters", ()), *operation.get("parameters", ())):
        parameter = resolved(document, declared)
        location, name = parameter["in"], parameter["name"]
        if location == "path" and name in names:
            name = str(names.index(name))
        yield (location, name.lower() if location == "header" else name), parameter


def _breaks(old: _Operation, new: _Operation) -> Iterator[Break]:
    before, after = old.credentials, new.credentials
    if after and before != after:
        reason = f"it asks for {' or '.join(after)}, before for {' or '.join(before) or 'nothing'}"
        yield Break("access-tightened", old.place, reason)
    yield from _parameter_breaks(old, new)
    if new.body.get("required") and not old.body.get("required"):
        yield Break("body-required", f"{old.place}: body", "a body became required")
    schemas = SchemaComparison(old.document, new.document)
    yield from _content_breaks("request", schemas, old.body, new.body, f"{old.place}: body")
    yield from _reply_breaks(old, new)


def _parameter_breaks(old: _Operation, new: _Operation) -> Iterator[Break]:
    schemas = SchemaComparison(old.document, new.document)
    for key, parameter in new.parameters.items():
        place = f"{old.place}: {parameter['in']}.{parameter['name']}"
        before = old.parameters.get(key)
        if _is_required(parameter) and not (before and _is_required(before)):
            reason = "it became required" if before else "it is required and was not known"
            yield Break("parameter-required", place, reason)
        if before:
            yield from schemas.breaks(before.get("schema", {}), parameter.get("schema", {}), place)


def _is_required(parameter: Mapping[str, Any]) -> bool:
    # A header that the function insists on, and not API Gateway (see `contract.py`).
    return bool(parameter.get("required") or parameter.get("x-required"))


def _reply_breaks(old: _Operation, new: _Operation) -> Iterator[Break]:
    schemas = SchemaComparison(old.document, new.document, reply=True)
    known = old.declared.get("responses", {})
    for status, response in new.declared.get("responses", {}).items():
        place = f"{old.place}: reply {status}"
        if status in known:
            before, after = resolved(old.document, known[status]), resolved(new.document, response)
            yield from _content_breaks("reply", schemas, before, after, place)
        elif status[0] in "123" and status != "304":  # 304 only answers those who ask for it (RFC 9110 section 15.4.5)
            yield Break("reply-status", place, "a success by this status was not known")


def _content_breaks(
    side: str, schemas: SchemaComparison, old: Mapping[str, Any], new: Mapping[str, Any], place: str
) -> Iterator[Break]:
    content = new.get("content", {})
    for media_type, before in old.get("content", {}).items():
        if media_type in content:
            yield from schemas.breaks(before.get("schema", {}), content[media_type].get("schema", {}), place)
        else:
            yield Break(f"{side}-media-type", place, f"{media_type} was removed")
