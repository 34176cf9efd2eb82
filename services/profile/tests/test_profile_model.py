"""What counts as a profile, and as a location to set."""

from datetime import datetime

import pytest
from pydantic import ValidationError

from profile_service.model import Location, NewLocation, Profile, ProfileChange


@pytest.mark.parametrize(
    "profile",
    [
        {"display_name": "A"},
        {"display_name": "é" * 80, "bio": "ü" * 1000},
        {"display_name": "Alice", "bio": None},
        {"display_name": "Alice", "location_visibility": "coarse"},
        {"display_name": "\N{WOMAN}\u200d\N{PERSONAL COMPUTER}\ufe0f"},
        {"display_name": "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"},
        {"display_name": "Ada \u3000 King"},
    ],
    ids=["shortest", "longest", "no bio", "coarse", "joined emoji", "Persian", "spaces"],
)
def test_a_name_and_maybe_a_bio_make_a_profile(profile: dict[str, object]) -> None:
    assert Profile.model_validate(profile).model_dump(exclude_unset=True) == profile


@pytest.mark.parametrize(
    "change",
    [
        {"display_name": ""},
        {"display_name": "x" * 81},
        {"display_name": None},
        {"display_name": 7},
        {"display_name": "\ud800"},
        {"display_name": "Al\u200bice"},
        {"display_name": "Al\u00adice"},
        {"display_name": "\ufeffAlice"},
        {"display_name": "Alice \u202egnp.exe"},
        {"display_name": "\u2066Alice"},
        {"display_name": "Alice\n"},
        {"display_name": "Alice\u2028"},
        {"display_name": "Alice\U000e0041"},
        {"display_name": "\u0000"},
        {"display_name": " \u3000"},
        {"display_name": "\u200d\u200c"},
        {"display_name": "\u3164\u2800"},
        {"display_name": "\u0301\ufe0f"},
        {"bio": ""},
        {"bio": "x" * 1001},
        {"location_visibility": "friends"},
        {"email": "alice@example.org"},
    ],
    ids=repr,
)
def test_anything_else_makes_none(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Profile.model_validate({"display_name": "Alice"} | change)


@pytest.mark.parametrize(
    "change",
    [
        {"latitude": 90.1},
        {"longitude": -180.1},
        {"latitude": float("nan")},
        {"label": ""},
        {"altitude": 1},
        {"accuracy_m": -1.0},
        {"accuracy_m": float("inf")},
        {"fixed_at": datetime(2026, 11, 24, 9)},  # noqa: DTZ001  that is what is wrong with it
        {"fixed_at": 1_700_000_000},
        {"fixed_at": "1700000000"},
        {"fixed_at": "2026-11-24"},
    ],
)
def test_what_is_no_place_on_earth_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        NewLocation.model_validate({"latitude": 1, "longitude": 2} | change)


def test_what_the_location_service_may_come_to_tell_is_ignored() -> None:
    told = {"latitude": 1, "longitude": 2, "label": None, "altitude": 408}

    assert Location.model_validate(told) == Location(latitude=1, longitude=2, label=None)


@pytest.mark.parametrize(
    "change", [{}, {"bio": None}, {"display_name": "A."}, {"location_visibility": "hidden"}], ids=repr
)
def test_a_change_holds_what_was_given_and_nothing_else(change: dict[str, object]) -> None:
    assert ProfileChange.model_validate(change).model_dump(exclude_unset=True) == change


@pytest.mark.parametrize(
    "change",
    [{"display_name": None}, {"display_name": ""}, {"location_visibility": None}, {"bio": ""}, {"user_id": "bob"}],
    ids=repr,
)
def test_a_change_to_what_no_profile_has_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ProfileChange.model_validate(change)
