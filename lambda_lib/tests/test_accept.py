"""Of several media types, the one is chosen that the caller likes best."""

import pytest

from lambda_lib._accept import choose

OFFERED = ["application/json", "text/csv", "image/png"]


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("application/json", "application/json"),
        ("text/csv", "text/csv"),
        ("TEXT/CSV", "text/csv"),
        ("*/*", "application/json"),
        ("text/*", "text/csv"),
        ("text/html, text/csv", "text/csv"),
        ("text/csv;q=0.5, image/png;q=0.8", "image/png"),
        ("text/csv; q=0.5 , */*; q=0.1", "text/csv"),
        ("application/json;q=0.2, text/*;q=0.3", "text/csv"),
        ("*/*, application/json;q=0", "text/csv"),
        ("text/*;q=0.9, text/csv;q=0.1, image/png;q=0.5", "image/png"),
        ("text/csv;header=present;q=0.7, image/png;q=0.6", "text/csv"),
        ("application/json;q=0.5, text/csv;q=0.5", "application/json"),
        ("text/html", None),
        ("image/*;q=0", None),
        ("text/csv;q=nonsense", None),
        ("text/csv;q=", None),
        ("text/csv;q=nan", None),
        ("text/csv;q=-1", None),
        ("application/json;q=nan, text/csv", "text/csv"),
        ("application/json;q=0.5, image/png;q=inf, text/csv;q=5", "application/json"),
        ("csv", None),
        (";;,,;q", None),
    ],
)
def test_the_most_wanted_of_what_is_offered_is_chosen(accept: str, chosen: str | None) -> None:
    assert choose(accept, OFFERED) == chosen


def test_parameters_of_what_is_offered_are_not_compared() -> None:
    assert choose("text/csv", ["application/json", "text/csv; charset=utf-8"]) == "text/csv; charset=utf-8"


def test_what_is_offered_may_be_written_in_capitals() -> None:
    assert choose("text/csv", ["application/json", "Text/CSV"]) == "Text/CSV"
