"""Reads single expressions out of Terraform's sources, where a plan gives less than the source says.

A plan's `configuration` lists the references of an expression but not what is around them: `"${x.arn}/*"` looks there
like `x.arn`. What is read here is always compared with that list, so this needs to know only the form that
`terraform fmt` gives to the expressions that can be followed exactly, on one line: a reference, a template of
references, and a list of these.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_REFERENCE = r'[A-Za-z_][\w-]*(?:\.[\w-]+|\[\d+\]|\["[^"\\$%]*"\])+'
_TEXT = rf'"(?:[^"\\$%]|\$\{{{_REFERENCE}\}})*"'
_PIECE = re.compile(rf"\$\{{({_REFERENCE})\}}")
_ELEMENT = re.compile(rf"({_REFERENCE}|{_TEXT})(?:, )?")


@dataclass(frozen=True, slots=True)
class Reference:
    """A part of a template whose value stands elsewhere."""

    path: str


type Template = tuple[str | Reference, ...]
"""Texts and references to be joined; a single reference is its value, of whatever type."""


def expression(folder: Path, header: str, attribute: str) -> Template | list[Template] | None:
    """The expression of an attribute of a top-level block, such as `resource "aws_x" "this"`, in a module's folder.

    Returns:
        None where it is not of a form that can be followed exactly.
    """
    for block in _blocks(folder, header):
        if found := re.search(rf"^  {re.escape(attribute)}\s*=\s*(.*?)\s*(?:#.*)?$", block, re.MULTILINE):
            return _parsed(found[1])
    return None


def references(parsed: Template | list[Template]) -> set[str]:
    """The paths of all references in an expression."""
    templates = parsed if isinstance(parsed, list) else [parsed]
    return {part.path for template in templates for part in template if isinstance(part, Reference)}


def _parsed(text: str) -> Template | list[Template] | None:
    if not (text.startswith("[") and text.endswith("]")):
        return _template(text) if _ELEMENT.fullmatch(text) else None
    elements = _ELEMENT.findall(text[1:-1])
    return [_template(element) for element in elements] if ", ".join(elements) == text[1:-1] else None


def _template(text: str) -> Template:
    if not text.startswith('"'):
        return (Reference(text),)
    pieces = enumerate(_PIECE.split(text[1:-1]))
    return tuple(Reference(piece) if number % 2 else piece for number, piece in pieces if piece)


def _blocks(folder: Path, header: str) -> Iterator[str]:
    pattern = re.compile(rf"^{re.escape(header)} \{{(?:\n(.*?)^| (.*?) )\}}$", re.MULTILINE | re.DOTALL)
    for path in sorted(folder.glob("*.tf")):
        for match in pattern.finditer(path.read_text()):
            yield match[1] if match[2] is None else f"  {match[2]}"
