"""A profile is served while location is down: here the service is not deployed at all."""

import time
from collections.abc import Callable

import pytest

from lambda_lib.testing import Answer, FakeService, ReceivedRequest
from running_sandbox import RunningSandbox, a_user

pytestmark = pytest.mark.xdist_group("location down")

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


def test_an_account_is_deleted_by_who_asks_again_after_each_step_has_failed(without_location: RunningSandbox) -> None:
    ada = a_user(without_location)
    path, token = f"/profiles/{ada.user_id}", ada.bearer["Authorization"]
    assert without_location.call("PUT", "profile", path, body=PAGE, headers=ada.bearer).status_code == 204
    left = {"profile", "location"}
    # Each fails once before it is done, and once after. No caller tries once more by itself after a 429.
    failures = {"profile": ["before", "after"], "location": ["before", "after"]}

    def delete_location(request: ReceivedRequest) -> Answer:
        assert request.headers["X-User-Token"] == token.removeprefix("Bearer ")
        return answer("location", lambda: 204)

    def delete_profile(request: ReceivedRequest) -> Answer:
        assert request.headers["Authorization"] == token
        return answer(
            "profile", lambda: without_location.call("DELETE", "profile", path, headers=ada.bearer).status_code
        )

    def answer(service: str, delete: Callable[[], int]) -> Answer:
        if failures[service][:1] == ["before"]:
            failures[service].pop(0)
            return 429, {}
        status = delete()
        if status != 204:
            return status, {}
        left.discard(service)
        return (429, {}) if failures[service] and failures[service].pop(0) else (204, None)

    def ask() -> int:
        reply = without_location.call(
            "DELETE", "authentication", f"/users/{ada.user_id}?cascade=true", headers=ada.bearer
        )
        return reply.status_code

    ssm = without_location.aws("ssm")
    with FakeService() as profile, FakeService() as location:
        profile.answers[f"DELETE {path}"] = delete_profile
        location.answers[f"DELETE /locations/{ada.user_id}"] = delete_location
        ssm.put_parameter(Name="/dev/profile/url", Value=profile.url, Type="String", Overwrite=True)
        assert [ask(), ask()] == [503, 503]  # profile is not reached; then there is no location service
        assert left == {"profile", "location"}
        ssm.put_parameter(Name="/dev/location/url", Value=location.url, Type="String", Overwrite=True)
        statuses = []
        for _ in range(30):
            statuses.append(ask())
            if statuses[-1] != 503:
                break
            time.sleep(1)  # as long as `Retry-After` says

    assert statuses[-1] == 204
    assert (failures, left) == ({"profile": [], "location": []}, set())
    assert without_location.call("GET", "profile", path).status_code == 404
    assert without_location.call("DELETE", "authentication", "/sessions/current", headers=ada.bearer).status_code == 401
