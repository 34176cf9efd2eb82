"""The syntax of metric math, as far as alarms use it: a recursive-descent parser that yields a `Node`.

    expression = conjunction {("OR" | "||") conjunction}
    conjunction = comparison {("AND" | "&&") comparison}
    comparison = sum [("==" | "!=" | "<=" | ">=" | "<" | ">") sum]
    sum = product {("+" | "-") product}
    product = unary {("*" | "/") unary}
    unary = "-" unary | atom
    atom = number | id | "REPEAT" | "LINEAR" | NAME "(" list ")" | "(" expression ")" | "[" list "]"
    list = expression {"," expression}

An id starts with a lower-case letter and a function's name is in upper case, so that they need no table to tell apart.
"""

import re
from collections.abc import Sequence

from sandbox.monitoring.alarms.series import ExpressionError, Node, array, binary, call, filler, reference, scalar

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)"
    r"|(?P<id>[a-z][A-Za-z0-9_]*)"
    r"|(?P<word>[A-Z][A-Z_0-9]*)"
    r"|(?P<symbol>==|!=|<=|>=|\|\||&&|[<>+\-*/(),\[\]]))"
)
_SYNONYMS = {"||": "OR", "&&": "AND"}
_END = ("end", "")


def parse(expression: str) -> tuple[Node, frozenset[str]]:
    """Parse `expression`.

    Returns:
        The expression, and the ids of the queries that it refers to.

    Raises:
        ExpressionError: It is not metric math, or is more of it than the sandbox evaluates.
    """
    parser = _Parser(_tokens(expression))
    node = parser.expression()
    parser.expect("")
    return node, frozenset(parser.ids)


def _tokens(expression: str) -> list[tuple[str, str]]:
    tokens = []
    position = 0
    text = expression.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ExpressionError(f"{text[position:].strip()!r} is not metric math")
        kind = str(match.lastgroup)
        value = match[kind]
        tokens.append(("symbol", _SYNONYMS.get(value, value)) if value in {"||", "&&", "AND", "OR"} else (kind, value))
        position = match.end()
    return tokens


class _Parser:
    def __init__(self, tokens: Sequence[tuple[str, str]]) -> None:
        self._tokens = [*tokens, _END]
        self._position = 0
        self.ids: set[str] = set()

    def _next(self) -> tuple[str, str]:
        token = self._tokens[self._position]
        self._position = min(self._position + 1, len(self._tokens) - 1)
        return token

    def _accept(self, *values: str) -> str | None:
        value = self._tokens[self._position][1]
        return self._next()[1] if value in values else None

    def expect(self, value: str) -> None:
        found = self._next()[1]
        if found != value:
            raise ExpressionError(f"expected {value or 'the end'}, found {found or 'the end'}")

    def expression(self) -> Node:
        node = self._conjunction()
        while self._accept("OR"):
            node = binary("OR", node, self._conjunction())
        return node

    def _conjunction(self) -> Node:
        node = self._comparison()
        while self._accept("AND"):
            node = binary("AND", node, self._comparison())
        return node

    def _comparison(self) -> Node:
        node = self._sum()
        if symbol := self._accept("==", "!=", "<=", ">=", "<", ">"):
            node = binary(symbol, node, self._sum())
        return node

    def _sum(self) -> Node:
        node = self._product()
        while symbol := self._accept("+", "-"):
            node = binary(symbol, node, self._product())
        return node

    def _product(self) -> Node:
        node = self._unary()
        while symbol := self._accept("*", "/"):
            node = binary(symbol, node, self._unary())
        return node

    def _unary(self) -> Node:
        if self._accept("-"):
            return binary("-", scalar(0.0), self._unary())
        return self._atom()

    def _atom(self) -> Node:
        kind, value = self._next()
        match kind, value:
            case "number", _:
                return scalar(float(value))
            case "id", _:
                self.ids.add(value)
                return reference(value)
            case "word", "REPEAT" | "LINEAR":
                return filler(value)
            case "word", _:
                self.expect("(")
                return call(value, self._list(")"))
            case "symbol", "(":
                node = self.expression()
                self.expect(")")
                return node
            case "symbol", "[":
                return array(self._list("]"))
        raise ExpressionError(f"expected a value, found {value or 'the end'}")

    def _list(self, closing: str) -> list[Node]:
        if self._accept(closing):
            return []
        nodes = [self.expression()]
        while self._accept(","):
            nodes.append(self.expression())
        self.expect(closing)
        return nodes
