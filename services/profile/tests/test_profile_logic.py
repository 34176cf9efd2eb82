"""The rules of profiles."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lambda_lib import Forbidden, ServiceError, ServiceUnavailable, Throttled, UnexpectedReply
from profile_service.logic import coarse, entity_tag, is_current, page, require_owner
from profile_service.model import Location, ProfilePage, StoredProfile, UserId

ALICE = StoredProfile(display_name="Alice", bio="Draws maps.", location_visibility="public", version="v1")
ZURICH = Location(
    latitude=47.3769,
    longitude=8.5417,
    label="Zürich",
    accuracy_m=12.5,
    fixed_at=datetime(2026, 11, 24, 9, 0, 0, tzinfo=UTC),
)


def test_users_own_their_profile_and_no_other() -> None:
    require_owner("alice", "alice")

    with pytest.raises(Forbidden):
        require_owner("alice", "bob")


def test_a_page_shows_the_location_of_its_user() -> None:
    asked: list[UserId] = []

    def find(user_id: UserId) -> Location:
        asked.append(user_id)
        return ZURICH

    assert page("alice", ALICE, find_location=find) == ProfilePage(
        user_id="alice",
        display_name="Alice",
        bio="Draws maps.",
        location=ZURICH,
        location_status="available",
        location_visibility="public",
    )
    assert asked == ["alice"]


def test_a_page_says_that_there_is_no_location() -> None:
    shown = page("alice", ALICE, find_location=lambda _: None)

    assert (shown.location, shown.location_status) == (None, "none")


@pytest.mark.parametrize("error", [ServiceUnavailable(), Throttled(), UnexpectedReply("?")], ids=repr)
def test_a_page_says_that_its_location_cannot_be_had_and_the_log_says_why(
    error: ServiceError, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: UserId) -> None:
        raise error

    shown = page("alice", ALICE, find_location=fail)

    assert (shown.display_name, shown.location, shown.location_status) == ("Alice", None, "unavailable")
    assert caplog.messages == [f"location unavailable: {error.code}: {error.detail}"]


def test_a_coarse_location_tells_the_town_and_nothing_more() -> None:
    shown = page("alice", replace(ALICE, location_visibility="coarse"), find_location=lambda _: ZURICH)

    assert shown.location == Location(latitude=47.4, longitude=8.5)
    assert (shown.location_status, shown.location_visibility) == ("available", "coarse")


@pytest.mark.parametrize(
    ("degrees", "shown"), [(47.3769, 47.4), (-0.04, 0.0), (0.05, 0.1), (89.97, 90.0), (-179.99, -180.0)]
)
def test_a_coarse_coordinate_is_rounded_to_a_tenth_of_a_degree(degrees: float, shown: float) -> None:
    location = coarse(Location(latitude=degrees, longitude=degrees))

    assert str(location.latitude) == str(location.longitude) == str(shown)


def test_a_hidden_location_is_not_even_asked_for() -> None:
    def fail(_: UserId) -> None:
        pytest.fail("asked for")

    shown = page("alice", replace(ALICE, location_visibility="hidden"), find_location=fail)

    assert (shown.location, shown.location_status, shown.location_visibility) == (None, "none", "hidden")


def test_a_tag_changes_with_all_that_a_reader_sees_and_with_the_version() -> None:
    here = page("alice", ALICE, find_location=lambda _: ZURICH)
    away = page("alice", ALICE, find_location=lambda _: None)

    tags = [
        entity_tag(here, version="v1", representation="a"),
        entity_tag(away, version="v1", representation="a"),
        entity_tag(here, version="v2", representation="a"),
        entity_tag(here, version="v1", representation="b"),
    ]

    assert len(set(tags)) == 4
    assert entity_tag(here, version="v1", representation="a") == tags[0]


@pytest.mark.parametrize(
    ("if_none_match", "current"),
    [('"a"', True), ('"b", "a"', True), ('W/"a"', True), ("*", True), ('"b"', False), ("a", False), ("", False)],
)
def test_a_reader_has_the_current_page_if_one_of_the_tags_is_its(if_none_match: str, current: bool) -> None:  # noqa: FBT001
    assert is_current(if_none_match, '"a"') is current
