"""The route table: from a path to the resource that serves it.

A literal segment goes before a variable, and a variable before a greedy one, which takes the rest of the path.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sandbox.gateway.contract import Method

_ANY = "ANY"


@dataclass(slots=True)
class _Node:
    literals: dict[str, "_Node"] = field(default_factory=dict)
    variable: "_Node | None" = None
    greedy: "_Node | None" = None
    names: tuple[str, ...] = ()
    methods: dict[str, Method] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Route:
    """A method with the values of the variables of its path, as they were sent."""

    method: Method
    path_parameters: dict[str, str]


class Routes:
    """The routes of an API, compiled once."""

    def __init__(self, methods: Iterable[Method]) -> None:
        self._root = _Node()
        for method in methods:
            node, names = self._root, []
            for segment in _segments(method.resource):
                if segment.startswith("{") and segment.endswith("+}"):
                    names.append(segment[1:-2])
                    node.greedy = node = node.greedy or _Node()
                elif segment.startswith("{"):
                    names.append(segment[1:-1])
                    node.variable = node = node.variable or _Node()
                else:
                    node = node.literals.setdefault(segment, _Node())
            node.names = tuple(names)
            node.methods[method.http_method] = method

    def match(self, http_method: str, path: str) -> Route | None:
        """The route of a request; `path` is raw and without the stage. One slash at its end does not count."""
        found = _find(self._root, _segments(path), ())
        if found is None:
            return None
        node, values = found
        method = node.methods.get(http_method) or node.methods.get(_ANY)
        if method is None:
            return None
        return Route(method, dict(zip(node.names, values, strict=True)))


def _segments(path: str) -> tuple[str, ...]:
    # No further slash is taken away: a policy is about the path as it is sent, and `//users` is not its `/users`.
    stripped = path.removeprefix("/").removesuffix("/")
    return tuple(stripped.split("/")) if stripped else ()


def _find(node: _Node, segments: tuple[str, ...], values: tuple[str, ...]) -> tuple[_Node, tuple[str, ...]] | None:
    if not segments:
        return (node, values) if node.methods else None
    head, rest = segments[0], segments[1:]
    literal = node.literals.get(head)
    found = _find(literal, rest, values) if literal is not None else None
    if found is None and node.variable is not None and head:
        found = _find(node.variable, rest, (*values, head))
    if found is None and node.greedy is not None and head:
        found = (node.greedy, (*values, "/".join(segments)))
    return found
