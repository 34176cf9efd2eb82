"""The operators and functions of metric math over series, with the kind of every value known before evaluation.

A series has one value per period, oldest first, None where the period has no data. Source, for everything here that
cites none: "Metric math syntax and functions" in
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import Any

Value = float | None
Series = Sequence[Value]


class Kind(Enum):
    """What an expression yields, in the words of the AWS page."""

    SCALAR = "a number"
    SERIES = "a time series"
    ARRAY = "an array of time series"
    FILLER = "REPEAT or LINEAR"


@dataclass(frozen=True, slots=True)
class Inputs:
    """What an expression is evaluated over: series of `length` periods, by id."""

    series: Mapping[str, Series]
    length: int


@dataclass(frozen=True, slots=True)
class Node:
    """An expression: what it yields, and how. Evaluation cannot fail, since `Kind` was checked at construction."""

    kind: Kind
    evaluate: Callable[[Inputs], Any]


class ExpressionError(Exception):
    """An expression is not metric math, or is more of it than the sandbox evaluates."""


def scalar(value: float) -> Node:
    """A number."""
    return Node(Kind.SCALAR, lambda _: value)


def reference(id_: str) -> Node:
    """The series of another query."""
    return Node(Kind.SERIES, lambda inputs: inputs.series[id_])


def filler(word: str) -> Node:
    """REPEAT or LINEAR."""
    return Node(Kind.FILLER, lambda _: word)


def array(nodes: Sequence[Node]) -> Node:
    """An array of series."""
    _expect("an array", nodes, Kind.SERIES)
    return Node(Kind.ARRAY, lambda inputs: [node.evaluate(inputs) for node in nodes])


def pointwise(name: str, nodes: Sequence[Node], function: Callable[..., Value]) -> Node:
    """`function` applied period by period; it gets None for a missing value. Numbers act on every period."""
    _expect(name, nodes, Kind.SCALAR, Kind.SERIES)
    if all(node.kind is Kind.SCALAR for node in nodes):
        return Node(Kind.SCALAR, lambda inputs: function(*(node.evaluate(inputs) for node in nodes)))

    def evaluate(inputs: Inputs) -> Series:
        columns = [
            node.evaluate(inputs) if node.kind is Kind.SERIES else [node.evaluate(inputs)] * inputs.length
            for node in nodes
        ]
        return [function(*values) for values in zip(*columns, strict=True)]

    return Node(Kind.SERIES, evaluate)


def _divide(left: float, right: float) -> Value:
    return left / right if right else None  # CloudWatch has no point where the division has no result


ARITHMETIC: Mapping[str, Callable[[float, float], Value]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
}
LOGIC: Mapping[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "AND": lambda left, right: bool(left and right),
    "OR": lambda left, right: bool(left or right),
}


def binary(symbol: str, left: Node, right: Node) -> Node:
    """The operator `symbol`. Comparison and logic yield 1 or 0; between two series they take a missing value as 0."""
    if symbol in ARITHMETIC:
        compute = ARITHMETIC[symbol]
        return pointwise(symbol, [left, right], lambda a, b: None if a is None or b is None else compute(a, b))
    test = LOGIC[symbol]
    sparse = left.kind is right.kind is Kind.SERIES

    def decide(a: Value, b: Value) -> Value:
        if (a is None or b is None) if not sparse else (a is None and b is None):
            return None
        return float(test(a or 0.0, b or 0.0))

    return pointwise(symbol, [left, right], decide)


def _choose(condition: Value, then: Value, otherwise: Value = None) -> Value:
    if condition is None:
        return None
    return then if condition else otherwise


def _if(nodes: Sequence[Node]) -> Node:
    return pointwise("IF", nodes, _choose)


def _fill(nodes: Sequence[Node]) -> Node:
    """FILL with a number fills every missing value, those of a series without any data included.

    The AWS page says that FILL fills the latest period of a metric that is published late, so it does not need data on
    both sides of a gap; that it needs data anywhere is said nowhere. REPEAT and LINEAR need data to fill from.
    """
    _expect("FILL", nodes[:1], Kind.SERIES)
    _expect("FILL", nodes[1:], Kind.SCALAR, Kind.FILLER)
    series, filling = nodes
    if filling.kind is Kind.SCALAR:
        return pointwise("FILL", nodes, lambda value, fill: fill if value is None else value)
    fill = {"REPEAT": _repeat, "LINEAR": _interpolate}[filling.evaluate(Inputs({}, 0))]
    return Node(Kind.SERIES, lambda inputs: fill(series.evaluate(inputs)))


def _repeat(series: Series) -> Series:
    filled: list[Value] = []
    for value in series:
        filled.append(filled[-1] if value is None and filled else value)
    return filled


def _interpolate(series: Series) -> Series:
    filled = list(series)
    known = [index for index, value in enumerate(series) if value is not None]
    for left, right in pairwise(known):
        first, last = series[left], series[right]
        for index in range(left + 1, right):
            if first is not None and last is not None:
                filled[index] = first + (last - first) * (index - left) / (right - left)
    return filled


def _time_series(nodes: Sequence[Node]) -> Node:
    _expect("TIME_SERIES", nodes, Kind.SCALAR)
    return Node(Kind.SERIES, lambda inputs: [nodes[0].evaluate(inputs)] * inputs.length)


def _aggregate(name: str, compute: Callable[[Sequence[float]], float]) -> Callable[[Sequence[Node]], Node]:
    """A function that yields a number for a series, and a series for an array; missing values do not count."""

    def over(values: Series) -> Value:
        present = [value for value in values if value is not None]
        return compute(present) if present else None

    def build(nodes: Sequence[Node]) -> Node:
        _expect(name, nodes, Kind.SERIES, Kind.ARRAY)
        argument = nodes[0]
        if argument.kind is Kind.SERIES:
            return Node(Kind.SCALAR, lambda inputs: over(argument.evaluate(inputs)))
        return Node(
            Kind.SERIES, lambda inputs: [over(values) for values in zip(*argument.evaluate(inputs), strict=True)]
        )

    return build


FUNCTIONS: Mapping[str, tuple[range, Callable[[Sequence[Node]], Node]]] = {
    "AVG": (range(1, 2), _aggregate("AVG", lambda values: sum(values) / len(values))),
    "FILL": (range(2, 3), _fill),
    "IF": (range(2, 4), _if),
    "MAX": (range(1, 2), _aggregate("MAX", max)),
    "MIN": (range(1, 2), _aggregate("MIN", min)),
    "SUM": (range(1, 2), _aggregate("SUM", sum)),
    "TIME_SERIES": (range(1, 2), _time_series),
}
"""The functions that the sandbox evaluates, with the number of arguments that each takes."""


def call(name: str, nodes: Sequence[Node]) -> Node:
    """The function `name` of `nodes`."""
    if name not in FUNCTIONS:
        raise ExpressionError(f"the sandbox does not evaluate {name}(); it evaluates {', '.join(FUNCTIONS)}")
    counts, build = FUNCTIONS[name]
    if len(nodes) not in counts:
        raise ExpressionError(f"{name}() takes {' or '.join(map(str, counts))} arguments, not {len(nodes)}")
    return build(nodes)


def _expect(name: str, nodes: Sequence[Node], *kinds: Kind) -> None:
    for node in nodes:
        if node.kind not in kinds:
            raise ExpressionError(f"{name} takes {' or '.join(kind.value for kind in kinds)}, not {node.kind.value}")
