"""What counts as a location."""

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from location_service.model import Location, UserId


@pytest.mark.parametrize(("latitude", "longitude"), [(-90, -180), (90, 180), (0, 0), (47.3769, 8.5417)])
def test_coordinates_on_earth_are_accepted(latitude: float, longitude: float) -> None:
    location = Location.model_validate({"latitude": latitude, "longitude": longitude})

    assert (location.latitude, location.longitude) == (latitude, longitude)


@pytest.mark.parametrize(
    "change",
    [
        {"latitude": 90.0000001},
        {"latitude": -90.0000001},
        {"longitude": 180.0000001},
        {"longitude": -180.0000001},
        {"latitude": float("nan")},
        {"longitude": float("inf")},
        {"latitude": 10**400},
        {"latitude": "47.3"},
        {"latitude": True},
        {"latitude": None},
        {"label": ""},
        {"label": "x" * 101},
        {"label": "\ud800"},
        {"label": 7},
        {"altitude": 408.0},
        {"accuracy_m": -0.1},
        {"accuracy_m": 20_037_510.0},
        {"accuracy_m": float("nan")},
        {"accuracy_m": "12"},
        {"fixed_at": datetime(2026, 11, 24, 9)},  # noqa: DTZ001  that is what is wrong with it
        {"fixed_at": datetime(1999, 12, 31, tzinfo=UTC)},
        {"fixed_at": 1_800_000_000},
    ],
    ids=repr,
)
def test_what_is_no_place_on_earth_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Location.model_validate({"latitude": 47.3769, "longitude": 8.5417} | change)


@pytest.mark.parametrize(
    "text",
    [
        "1700000000",
        "1700000000.5",
        "2026-11-24",
        "2026-11-24T09:00Z",
        "2026-11-24 09:00:00Z",
        "2026-11-24T09:00:00+01",
        "",
    ],
)
def test_a_time_in_another_form_than_the_contracts_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Location.model_validate_json(f'{{"latitude": 1, "longitude": 2, "fixed_at": "{text}"}}')


@pytest.mark.parametrize(
    "text",
    ["2026-11-24T09:00:00Z", "2026-11-24t09:00:00.25z", "2026-11-24T10:00:00+01:00", "2026-11-24T00:30:00-08:30"],
)
def test_a_time_in_the_contracts_form_is_accepted(text: str) -> None:
    location = Location.model_validate_json(f'{{"latitude": 1, "longitude": 2, "fixed_at": "{text}"}}')

    assert location.fixed_at is not None
    assert location.fixed_at.replace(microsecond=0) == datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_a_coordinate_keeps_seven_decimals() -> None:
    location = Location.model_validate({"latitude": 47.12345678, "longitude": 5e-324})

    assert (location.latitude, location.longitude) == (47.1234568, 0.0)


def test_an_accuracy_is_kept_to_the_centimetre() -> None:
    location = Location(latitude=0, longitude=0, accuracy_m=5e-324)

    assert str(location.accuracy_m) == "0.0"
    assert Location(latitude=0, longitude=0, accuracy_m=12.345678).accuracy_m == 12.35


def test_there_is_no_negative_zero() -> None:
    assert str(Location.model_validate({"latitude": -1e-9, "longitude": 0}).latitude) == "0.0"


@pytest.mark.parametrize("user_id", ["", "al", "Alice", "-alice", "alice\n", "alice/bob", "a" * 33, "älice"])
def test_a_user_id_that_authentication_would_not_give_is_refused(user_id: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(UserId).validate_python(user_id)
