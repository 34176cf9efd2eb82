"""What `If-Match` and `If-None-Match` ask for, and the condition of a write that they become."""

import pytest
from pydantic import TypeAdapter, ValidationError

from lambda_lib.preconditions import IfMatch, Precondition, entity_tag, read_precondition


@pytest.mark.parametrize(
    ("if_match", "if_none_match", "asked"),
    [
        (None, None, Precondition()),
        (None, "*", Precondition(absent=True)),
        ("*", None, Precondition(present=True)),
        ('"a"', None, Precondition(versions=("a",))),
        ('"a" , "b"', None, Precondition(versions=("a", "b"))),
        ('W/"a"', None, Precondition(versions=('W/"a',))),
        ('""', None, Precondition(versions=("",))),
    ],
)
def test_headers_say_what_is_asked_for(if_match: str | None, if_none_match: str | None, asked: Precondition) -> None:
    assert read_precondition(if_match, if_none_match) == asked


@pytest.mark.parametrize("text", ["a", '"a', '"a""b"', '"a,b"', "", ",".join(['"a"'] * 9)])
def test_what_is_no_list_of_eight_tags_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(IfMatch).validate_python(text)


def test_nothing_asked_for_is_no_condition() -> None:
    assert Precondition().write_condition("id") == {}


def test_all_that_is_asked_for_is_one_condition() -> None:
    asked = Precondition(absent=True, present=True, versions=("a", "b"))
    assert asked.write_condition("id") == {
        "ConditionExpression": (
            "(attribute_not_exists(id) AND attribute_exists(id) AND version IN (:version0, :version1))"
        ),
        "ExpressionAttributeValues": {":version0": {"S": "a"}, ":version1": {"S": "b"}},
    }


def test_a_version_is_the_tag_that_asks_for_it() -> None:
    assert read_precondition(entity_tag("a")) == Precondition(versions=("a",))
