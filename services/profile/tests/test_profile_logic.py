"""The rules of profiles."""

import pytest

from lambda_lib import Forbidden, ServiceError, ServiceUnavailable, Throttled, UnexpectedReply
from profile_service.logic import page, require_owner
from profile_service.model import Location, Profile, ProfilePage, UserId

ALICE = Profile(display_name="Alice", bio="Draws maps.")
ZURICH = Location(latitude=47.3769, longitude=8.5417, label="Zürich")


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
        user_id="alice", display_name="Alice", bio="Draws maps.", location=ZURICH, location_status="available"
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
