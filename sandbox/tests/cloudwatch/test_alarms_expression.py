import pytest

from sandbox.declaration import Metric, MetricQuery
from sandbox.monitoring.alarms.queries import compile_queries
from sandbox.monitoring.alarms.series import ExpressionError

SERIES = {"a": [1.0, None, 3.0, None], "b": [4.0, 0.0, None, None], "empty": [None, None, None, None]}


def queries(expression: str) -> list[MetricQuery]:
    metrics = [MetricQuery(id_, Metric("Services", id_, ()), "Sum", None, return_data=False) for id_ in SERIES]
    return [*metrics, MetricQuery("e", None, None, expression, return_data=True)]


def value_of(expression):
    compiled = compile_queries(queries(expression))
    return compiled.evaluate(lambda metric, _: SERIES[metric.name], 4)["e"]


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("a", [1, None, 3, None]),
        ("a + 1", [2, None, 4, None]),
        ("-a * 2", [-2, None, -6, None]),
        ("1 + 2 * a", [3, None, 7, None]),
        ("(1 + 2) * a", [3, None, 9, None]),
        ("10 - a - 1", [8, None, 6, None]),
        ("a + b", [5, None, None, None]),
        ("a / b", [0.25, None, None, None]),
        ("4 / b", [1, None, None, None]),
        ("a > 2", [0, None, 1, None]),
        ("a >= b", [0, 1, 1, None]),
        ("a == 1 || b == 0", [1, 1, 0, None]),
        ("a AND b", [1, 0, 0, None]),
        ("FILL(a, 0)", [1, 0, 3, 0]),
        ("FILL(a, 1.5e1)", [1, 15, 3, 15]),
        ("FILL(a, REPEAT)", [1, 1, 3, 3]),
        ("FILL(b, REPEAT)", [4, 0, 0, 0]),
        ("FILL(a, LINEAR)", [1, 2, 3, None]),
        ("FILL(empty, 0)", [0, 0, 0, 0]),
        ("FILL(empty, REPEAT)", [None] * 4),
        ("FILL(empty, LINEAR)", [None] * 4),
        ("FILL(a, 0) + FILL(b, 0)", [5, 0, 3, 0]),
        ("IF(a > 2, a, 0)", [0, None, 3, None]),
        ("IF(FILL(b, 0) > 0, a / b)", [0.25, None, None, None]),
        ("IF(1 > 2, a, b)", [4, 0, None, None]),
        ("SUM([a, b])", [5, 0, 3, None]),
        ("MAX([a, b])", [4, 0, 3, None]),
        ("MIN([a, b])", [1, 0, 3, None]),
        ("AVG([a, b])", [2.5, 0, 3, None]),
        ("a / SUM(a)", [0.25, None, 0.75, None]),
        ("a + MAX(empty)", [None] * 4),
        ("TIME_SERIES(7)", [7] * 4),
        ("MAX([empty, TIME_SERIES(0)])", [0] * 4),
    ],
)
def test_an_expression_is_evaluated_period_by_period(expression, values):
    assert value_of(expression) == values


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("", "found the end"),
        ("a +", "found the end"),
        ("a b", "found b"),
        ("(a", "expected ), found the end"),
        ("a % 2", "'% 2' is not metric math"),
        ("RATE(a)", "does not evaluate RATE"),
        ("METRICS()", "does not evaluate METRICS"),
        ("SEARCH('{AWS/EC2} CPU', 'Average')", "is not metric math"),
        ("FILL(a)", "FILL() takes 2 arguments, not 1"),
        ("FILL(a, b)", "FILL takes a number or REPEAT or LINEAR, not a time series"),
        ("FILL(3, 0)", "FILL takes a time series, not a number"),
        ("a + LINEAR", "+ takes a number or a time series, not REPEAT or LINEAR"),
        ("[a, b]", "yields an array of time series, not a time series"),
        ("[a, b] + 1", "+ takes a number or a time series, not an array of time series"),
        ("SUM(a)", "yields a number, not a time series"),
        ("a + unknown", "refers to an id that is no query"),
        ("e + 1", "or to itself"),
    ],
)
def test_what_cannot_be_evaluated_is_refused_when_it_is_compiled(expression, message):
    with pytest.raises(ExpressionError) as refusal:
        compile_queries(queries(expression))

    assert str(refusal.value).startswith("e: ")
    assert message in str(refusal.value)


def test_expressions_may_refer_to_each_other_in_any_order():
    later = MetricQuery("doubled", None, None, "half * 4", return_data=True)
    sooner = MetricQuery("half", None, None, "a / 2", return_data=False)

    compiled = compile_queries([later, sooner, *queries("a")])

    assert compiled.evaluate(lambda metric, _: SERIES[metric.name], 4)["doubled"] == [2, None, 6, None]


def test_two_queries_with_one_id_are_refused():
    with pytest.raises(ExpressionError, match="two queries have this id"):
        compile_queries([*queries("a"), *queries("a")])


def test_a_statistic_that_is_not_computed_is_refused():
    query = MetricQuery("m", Metric("Services", "Found", ()), "IQM", None, return_data=True)

    with pytest.raises(ExpressionError, match="m: the sandbox does not compute the statistic IQM"):
        compile_queries([query])
