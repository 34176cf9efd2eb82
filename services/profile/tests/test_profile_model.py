"""What counts as a profile, and as a location to set."""

import pytest
from pydantic import ValidationError

from profile_service.model import Location, NewLocation, Profile


@pytest.mark.parametrize(
    "profile",
    [
        {"display_name": "A"},
        {"display_name": "é" * 80, "bio": "ü" * 1000},
        {"display_name": "Alice", "bio": None},
    ],
    ids=["shortest", "longest", "no bio"],
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
        {"bio": ""},
        {"bio": "x" * 1001},
        {"email": "alice@example.org"},
    ],
    ids=repr,
)
def test_anything_else_makes_none(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Profile.model_validate({"display_name": "Alice"} | change)


@pytest.mark.parametrize(
    "change", [{"latitude": 90.1}, {"longitude": -180.1}, {"latitude": float("nan")}, {"label": ""}, {"altitude": 1}]
)
def test_what_is_no_place_on_earth_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        NewLocation.model_validate({"latitude": 1, "longitude": 2} | change)


def test_what_the_location_service_may_come_to_tell_is_ignored() -> None:
    told = {"latitude": 1, "longitude": 2, "label": None, "altitude": 408}

    assert Location.model_validate(told) == Location(latitude=1, longitude=2, label=None)
