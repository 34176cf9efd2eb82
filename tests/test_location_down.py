"""A profile is served while location is down: here the service is not deployed at all."""

from collections.abc import Callable

import pytest

from running_sandbox import RunningSandbox, a_user

PAGE = {"display_name": "Ada", "bio": "Enchantress of numbers"}


@pytest.fixture(scope="module")
def without_location(start_sandbox: Callable[..., RunningSandbox]) -> RunningSandbox:
    return start_sandbox("--services", "authentication,profile")


def test_a_profile_is_served_and_says_that_the_location_is_unavailable(without_location: RunningSandbox) -> None:
    ada = a_user(without_location)
    path = f"/profiles/{ada.user_id}"
    assert without_location.call("PUT", "profile", path, body=PAGE, headers=ada.bearer).status_code == 204
    served = without_location.call("GET", "profile", path)
    assert served.status_code == 200
    expected = {"location": None, "location_status": "unavailable", "location_visibility": "public"}
    assert served.json() == PAGE | {"user_id": ada.user_id} | expected


def test_a_location_cannot_be_written_and_the_caller_is_told_to_try_again(without_location: RunningSandbox) -> None:
    ada = a_user(without_location)
    place = {"latitude": 51.5072, "longitude": -0.1276}
    refused = without_location.call(
        "PUT", "profile", f"/profiles/{ada.user_id}/location", body=place, headers=ada.bearer
    )
    assert refused.status_code == 503
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "service_unavailable"
