import itertools

import pytest

from sandbox.monitoring.alarms.reasons import reason
from sandbox.monitoring.alarms.state import Point, State, evaluate, evaluation_range

VALUES = {"0": 0.0, "X": 1.0, "-": None}
OK, ALARM, INSUFFICIENT, RETAIN = "OK", "ALARM", "INSUFFICIENT_DATA", None
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")

# The tables of "How alarm state is evaluated when data is missing" (the columns are in the order of TREATMENTS):
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
THREE_OF_THREE = [
    ("0 - X - X", (OK, OK, OK, OK)),
    ("0 - - - -", (OK, OK, OK, OK)),
    ("- - - - -", (INSUFFICIENT, RETAIN, ALARM, OK)),
    ("0 X X - X", (ALARM, ALARM, ALARM, ALARM)),
    ("- - X - -", (ALARM, RETAIN, ALARM, OK)),
]
TWO_OF_THREE = [
    ("0 - X - X", (ALARM, ALARM, ALARM, ALARM)),
    ("0 0 X 0 X", (ALARM, ALARM, ALARM, ALARM)),
    ("0 - X - -", (OK, OK, ALARM, OK)),
    ("- - - - 0", (OK, OK, ALARM, OK)),
    ("- - - X -", (ALARM, RETAIN, ALARM, OK)),
]
ROWS = [
    (needed, row, treatment, state)
    for needed, table in ((3, THREE_OF_THREE), (2, TWO_OF_THREE))
    for row, states in table
    for treatment, state in zip(TREATMENTS, states, strict=True)
]


def points(row: str) -> list[Point]:
    return [Point(index * 60.0, VALUES[mark]) for index, mark in enumerate(row.split())]


def state_of(alarm, row, reading="configured"):
    verdict = evaluate(alarm, points(row), reading)
    return None if verdict is None else verdict.state


@pytest.mark.parametrize(("needed", "row", "treatment", "state"), ROWS)
def test_the_state_is_that_of_the_tables_of_aws(an_alarm, needed, row, treatment, state):
    alarm = an_alarm(evaluation_periods=3, datapoints_to_alarm=needed, treat_missing_data=treatment)

    assert state_of(alarm, row) == state


@pytest.mark.parametrize("row", ["- - - - X", "- - - X -"])
def test_young_breaching_data_alone_does_not_alarm_yet(an_alarm, row):
    alarm = an_alarm(evaluation_periods=3, datapoints_to_alarm=3, treat_missing_data="missing")

    assert state_of(alarm, row) == State.INSUFFICIENT_DATA


def test_the_range_of_an_alarm_of_three_periods_is_five(an_alarm):
    assert evaluation_range(an_alarm(evaluation_periods=3)) == 5


@pytest.mark.parametrize(
    ("comparison", "below", "equal", "above"),
    [
        ("GreaterThanOrEqualToThreshold", OK, ALARM, ALARM),
        ("GreaterThanThreshold", OK, OK, ALARM),
        ("LessThanThreshold", ALARM, OK, OK),
        ("LessThanOrEqualToThreshold", ALARM, ALARM, OK),
    ],
)
def test_values_are_compared_with_the_threshold(an_alarm, comparison, below, equal, above):
    alarm = an_alarm(comparison=comparison, threshold=5)

    states = [
        evaluate(alarm, [Point(0.0, None), Point(0.0, None), Point(0.0, value)]).state for value in (4.0, 5.0, 6.0)
    ]

    assert states == [below, equal, above]


def every_alarm_and_row(an_alarm):
    for periods, treatment in itertools.product((1, 2, 3), TREATMENTS):
        for needed in range(1, periods + 1):
            alarm = an_alarm(evaluation_periods=periods, datapoints_to_alarm=needed, treat_missing_data=treatment)
            for marks in itertools.product("0X-", repeat=evaluation_range(alarm)):
                yield alarm, " ".join(marks)


def test_without_missing_data_the_treatment_does_not_matter(an_alarm):
    for alarm, row in every_alarm_and_row(an_alarm):
        if "-" not in row:
            recent = row.split()[-alarm.evaluation_periods :]
            alarming = recent.count("X") >= alarm.datapoints_to_alarm

            assert state_of(alarm, row) == (ALARM if alarming else OK), (alarm.treat_missing_data, row)


def test_enough_real_data_anywhere_in_the_range_makes_the_treatment_irrelevant(an_alarm):
    for alarm, row in every_alarm_and_row(an_alarm):
        real = row.replace("-", "").split()
        if len(real) >= alarm.evaluation_periods:
            alarming = real[-alarm.evaluation_periods :].count("X") >= alarm.datapoints_to_alarm

            assert state_of(alarm, row) == (ALARM if alarming else OK), (alarm.treat_missing_data, row)


def test_only_ignore_retains_a_state_and_only_missing_is_insufficient(an_alarm):
    for alarm, row in every_alarm_and_row(an_alarm):
        state = state_of(alarm, row)

        assert state is not None or alarm.treat_missing_data == "ignore"
        assert state != INSUFFICIENT or alarm.treat_missing_data == "missing"


def test_an_alarm_on_dynamodb_ignores_missing_data_in_that_reading_only(an_alarm):
    alarm = an_alarm(namespace="AWS/DynamoDB", treat_missing_data="notBreaching")

    assert state_of(alarm, "- - -", "configured") == OK
    assert state_of(alarm, "- - -", "dynamodb-ignored") is RETAIN
    assert state_of(an_alarm(treat_missing_data="notBreaching"), "- - -", "dynamodb-ignored") == OK


CROSSED = "Threshold Crossed: {} greater than or equal to the threshold (1.0) (minimum {} transition)."


@pytest.mark.parametrize(
    ("treatment", "current", "row", "words"),
    [
        (
            "notBreaching",
            State.OK,
            "0 0 X X",
            CROSSED.format(
                "2 out of the last 2 datapoints [1.0 (01/01/70 00:03:00), 1.0 (01/01/70 00:02:00)] were",
                "2 datapoints for OK -> ALARM",
            ),
        ),
        (
            "notBreaching",
            State.ALARM,
            "X X X 0",
            CROSSED.format(
                "1 out of the last 2 datapoints [0.0 (01/01/70 00:03:00)] was not", "1 datapoint for ALARM -> OK"
            ),
        ),
        (
            "notBreaching",
            State.ALARM,
            "- - - -",
            "Threshold Crossed: no datapoints were received for 2 periods and {}.".format(
                "2 missing datapoints were treated as [NonBreaching]"
            ),
        ),
        ("missing", State.OK, "- - - -", "Insufficient Data: 2 datapoints were unknown."),
    ],
)
def test_the_reason_is_told_in_the_words_of_aws(an_alarm, treatment, current, row, words):
    alarm = an_alarm(evaluation_periods=2, datapoints_to_alarm=2, treat_missing_data=treatment)

    assert reason(alarm, current, evaluate(alarm, points(row))) == words


def test_missing_data_that_decides_is_told_beside_the_real_data(an_alarm):
    alarm = an_alarm(evaluation_periods=3, datapoints_to_alarm=2, treat_missing_data="breaching")

    words = reason(alarm, State.OK, evaluate(alarm, points("- - - - 0")))

    assert words.startswith(
        "Threshold Crossed: 1 out of the last 3 datapoints [0.0 (01/01/70 00:04:00)] was not greater"
    )
    assert "and 2 missing datapoints were treated as [Breaching]" in words
