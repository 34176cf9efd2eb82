"""The calls to the location service, against a server that stands for it."""

from contextlib import nullcontext
from datetime import UTC, datetime
from inspect import signature
from time import time

import pytest
from botocore.session import Session
from urllib3 import HTTPResponse, PoolManager

from lambda_lib import (
    InvalidRequest,
    PreconditionFailed,
    ServiceClient,
    ServiceError,
    ServiceUnavailable,
    Unauthenticated,
    UnexpectedReply,
)
from lambda_lib.testing import FakeService, FrozenClock
from profile_service.locations import Locations
from profile_service.model import Location, NewLocation

PROBLEM = {"title": "As its status says", "detail": "What happened."}
GET, PUT, DELETE = (f"{method} /locations/alice" for method in ("GET", "PUT", "DELETE"))
CONSISTENT = f"{GET}?consistent=true"
NOT_FOUND = {"title": "Not Found", "status": 404, "detail": "The user alice has no location.", "code": "not_found"}
ZURICH = NewLocation(
    latitude=47.3769,
    longitude=8.5417,
    label="Zürich",
    accuracy_m=12.5,
    fixed_at=datetime(2026, 11, 24, 9, 0, 0, tzinfo=UTC),
)


@pytest.fixture
def locations(aws: Session, frozen_clock: FrozenClock) -> Locations:
    services = ServiceClient(environment="dev", region="us-east-1", session=aws, timeout_s=0.5, pause=lambda _: None)
    return Locations(services, ttl_s=5.0, max_entries=2, clock=frozen_clock)


def test_the_location_of_a_user_is_read(locations: Locations, location: FakeService) -> None:
    location.answers[GET] = (200, {"latitude": 47.3769, "longitude": 8.5417, "label": "Zürich", "altitude": 408})

    assert locations.get("alice") == Location(latitude=47.3769, longitude=8.5417, label="Zürich")


def test_a_user_whom_the_service_does_not_find_has_no_location(locations: Locations, location: FakeService) -> None:
    location.answers[GET] = (404, NOT_FOUND)

    assert locations.get("alice") is None


@pytest.mark.parametrize(
    "answer",
    [
        (200, {"latitude": 1}),
        (200, None),
        (200, []),
        (204, None),
        (400, {}),
        (403, {}),
        (404, {}),
        (404, NOT_FOUND | {"code": "unknown_route"}),
    ],
)
def test_a_reply_outside_the_contract_is_told_as_such(
    answer: tuple[int, object], locations: Locations, location: FakeService
) -> None:
    location.answers[GET] = answer

    with pytest.raises(UnexpectedReply):
        locations.get("alice")


@pytest.mark.parametrize("answer", [(500, {}), (502, {}), (503, {}), (504, {}), (429, {}), None])
def test_a_service_that_fails_or_hangs_is_asked_once_and_told_as_unavailable(
    answer: tuple[int, object] | None, locations: Locations, location: FakeService
) -> None:
    location.answers[GET] = answer

    with pytest.raises(ServiceUnavailable):
        locations.get("alice")

    assert len(location.requests) == 1


def test_a_service_that_cannot_be_reached_is_told_as_unavailable(locations: Locations, aws: Session) -> None:
    ssm = aws.create_client("ssm")
    ssm.put_parameter(Name="/dev/location/url", Value="http://127.0.0.1:1/live", Type="String")

    with pytest.raises(ServiceUnavailable):
        locations.get("alice")


def test_a_service_that_is_not_published_is_told_as_unavailable(locations: Locations) -> None:
    with pytest.raises(ServiceUnavailable):
        locations.get("alice")


def test_a_location_is_written_by_a_signed_call_that_carries_the_users_token(
    locations: Locations, location: FakeService
) -> None:
    location.answers[PUT] = (204, None)

    locations.put("alice", ZURICH, token="alices-token", conditions={})

    [(_, headers, body)] = location.requests
    assert headers["X-User-Token"] == "alices-token"
    assert headers["Authorization"].startswith("AWS4-HMAC-SHA256 ")
    assert "x-user-token" in headers["Authorization"]
    assert body == {
        "latitude": 47.3769,
        "longitude": 8.5417,
        "label": "Zürich",
        "accuracy_m": 12.5,
        "fixed_at": "2026-11-24T09:00:00Z",
    }


def test_a_location_without_a_label_is_sent_without_one(locations: Locations, location: FakeService) -> None:
    location.answers[PUT] = (204, None)

    locations.put("alice", NewLocation(latitude=1, longitude=2), token="alices-token", conditions={})

    assert location.requests[0][2] == {"latitude": 1.0, "longitude": 2.0}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((401, PROBLEM | {"status": 401, "code": "unauthenticated"}), Unauthenticated),
        ((412, PROBLEM | {"status": 412, "code": "precondition_failed"}), PreconditionFailed),
        ((401, {}), UnexpectedReply),
        ((400, PROBLEM | {"status": 400, "code": "malformed_body"}), UnexpectedReply),
        ((403, {}), UnexpectedReply),
        ((404, {}), UnexpectedReply),
        ((200, {}), UnexpectedReply),
        ((503, {}), ServiceUnavailable),
        (None, ServiceUnavailable),
    ],
)
def test_a_location_that_could_not_be_written_is_told_by_its_cause(
    answer: tuple[int, object] | None, error: type[ServiceError], locations: Locations, location: FakeService
) -> None:
    location.answers[PUT] = answer

    with pytest.raises(error):
        locations.put("alice", ZURICH, token="alices-token", conditions={})


def test_a_location_that_the_service_refuses_is_told_with_the_fields_at_fault(
    locations: Locations, location: FakeService
) -> None:
    location.answers[PUT] = (
        400,
        {
            "type": "about:blank",
            "title": "Bad Request",
            "status": 400,
            "detail": "The request is not valid.",
            "code": "invalid_request",
            "errors": [{"location": "body.label", "message": "too rude"}],
        },
    )

    with pytest.raises(InvalidRequest) as caught:
        locations.put("alice", ZURICH, token="alices-token", conditions={})

    assert [(error.location, error.message) for error in caught.value.errors] == [("body.label", "too rude")]


def test_the_conditions_of_a_write_are_passed_on(locations: Locations, location: FakeService) -> None:
    location.answers[PUT] = location.answers[DELETE] = (204, None)
    conditions = {"If-Match": '"v1"'}

    locations.put("alice", ZURICH, token="alices-token", conditions=conditions)
    locations.delete("alice", token="alices-token", conditions=conditions)

    assert [request.headers["If-Match"] for request in location.requests] == ['"v1"', '"v1"']


@pytest.mark.parametrize(("conditions", "attempts"), [({}, 2), ({"If-Match": '"v1"'}, 1)])
def test_a_write_is_tried_again_unless_it_depends_on_what_an_earlier_attempt_may_have_changed(
    conditions: dict[str, str], attempts: int, locations: Locations, location: FakeService
) -> None:
    location.answers[PUT] = (502, {})

    with pytest.raises(ServiceUnavailable):
        locations.put("alice", ZURICH, token="alices-token", conditions=conditions)

    assert len(location.requests) == attempts


def test_a_location_is_deleted_by_a_signed_call_that_carries_the_users_token(
    locations: Locations, location: FakeService
) -> None:
    location.answers[DELETE] = (204, None)

    locations.delete("alice", token="alices-token", conditions={})

    [(route, headers, body)] = location.requests
    assert (route, headers["X-User-Token"], body) == (DELETE, "alices-token", None)
    assert headers["Authorization"].startswith("AWS4-HMAC-SHA256 ")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((401, PROBLEM | {"status": 401, "code": "unauthenticated"}), Unauthenticated),
        ((412, PROBLEM | {"status": 412, "code": "precondition_failed"}), PreconditionFailed),
        ((403, {}), UnexpectedReply),
        ((404, {}), UnexpectedReply),
        ((503, {}), ServiceUnavailable),
        (None, ServiceUnavailable),
    ],
)
def test_a_location_that_could_not_be_deleted_is_told_by_its_cause(
    answer: tuple[int, object] | None, error: type[ServiceError], locations: Locations, location: FakeService
) -> None:
    location.answers[DELETE] = answer

    with pytest.raises(error):
        locations.delete("alice", token="alices-token", conditions={})


def there(degrees: float) -> tuple[int, object]:
    return 200, {"latitude": degrees, "longitude": degrees}


def test_a_location_is_asked_for_once_in_five_seconds(
    locations: Locations, location: FakeService, frozen_clock: FrozenClock
) -> None:
    seen = []
    for degrees in range(3):
        location.answers[GET] = there(degrees)
        seen.append(locations.get("alice"))
        frozen_clock.tick(2.5)

    assert [place.latitude for place in seen if place] == [0, 0, 2]
    assert len(location.requests) == 2


def test_a_clock_that_is_set_back_keeps_no_location_for_longer(
    locations: Locations, location: FakeService, frozen_clock: FrozenClock
) -> None:
    location.answers[GET] = there(1)
    locations.get("alice")
    location.answers[GET] = there(2)

    frozen_clock.tick(-3600)

    assert locations.get("alice") == Location(latitude=2, longitude=2)


def test_a_location_ages_while_lambda_suspends_the_execution_environment_as_the_time_of_day_does() -> None:
    assert signature(Locations).parameters["clock"].default is time


def test_that_there_is_no_location_is_kept_as_a_location_is(
    locations: Locations, location: FakeService, frozen_clock: FrozenClock
) -> None:
    location.answers[GET] = (404, NOT_FOUND)
    assert [locations.get("alice") for _ in range(3)] == [None] * 3
    assert len(location.requests) == 1

    location.answers[GET] = there(1)
    frozen_clock.tick(5)
    assert locations.get("alice") == Location(latitude=1, longitude=1)


def test_a_first_location_shows_at_once_to_who_wrote_it_here(locations: Locations, location: FakeService) -> None:
    location.answers |= {GET: (404, NOT_FOUND), PUT: (204, None)}
    assert locations.get("alice") is None

    locations.put("alice", ZURICH, token="alices-token", conditions={})

    location.answers[CONSISTENT] = there(1)
    assert locations.get("alice") == Location(latitude=1, longitude=1)


@pytest.mark.parametrize("write", ["put", "delete"])
def test_a_location_is_read_consistently_as_long_as_another_read_may_not_see_a_write_of_here(
    write: str, locations: Locations, location: FakeService, frozen_clock: FrozenClock
) -> None:
    location.answers |= {PUT: (204, None), DELETE: (204, None), GET: there(1), CONSISTENT: there(2)}
    if write == "put":
        locations.put("alice", ZURICH, token="alices-token", conditions={})
    else:
        locations.delete("alice", token="alices-token", conditions={})
    frozen_clock.tick(4.9)
    assert locations.get("alice") == Location(latitude=2, longitude=2)

    frozen_clock.tick(5)
    assert locations.get("alice") == Location(latitude=1, longitude=1)


def test_no_more_writes_are_remembered_than_allowed(locations: Locations, location: FakeService) -> None:
    for user_id in ("alice", "bob", "carol"):
        location.answers |= {f"PUT /locations/{user_id}": (204, None), f"GET /locations/{user_id}": there(1)}
        location.answers[f"GET /locations/{user_id}?consistent=true"] = there(2)
        locations.put(user_id, ZURICH, token="token", conditions={})

    found = [locations.get(user_id) for user_id in ("alice", "bob", "carol")]

    assert [place.latitude for place in found if place] == [1, 2, 2]


def test_a_failure_is_not_kept(locations: Locations, location: FakeService) -> None:
    location.answers[GET] = (503, {})
    with pytest.raises(ServiceUnavailable):
        locations.get("alice")

    location.answers[GET] = there(1)
    assert locations.get("alice") == Location(latitude=1, longitude=1)


@pytest.mark.parametrize("answer", [(204, None), (503, {})], ids=["done", "unclear"])
@pytest.mark.parametrize("write", ["put", "delete"])
def test_who_writes_sees_what_was_written_at_once(
    write: str, answer: tuple[int, object], locations: Locations, location: FakeService
) -> None:
    location.answers[GET] = there(1)
    locations.get("alice")
    location.answers[PUT] = location.answers[DELETE] = answer
    location.answers[CONSISTENT] = there(2)

    with nullcontext() if answer[0] == 204 else pytest.raises(ServiceUnavailable):
        if write == "put":
            locations.put("alice", ZURICH, token="alices-token", conditions={})
        else:
            locations.delete("alice", token="alices-token", conditions={})

    assert locations.get("alice") == Location(latitude=2, longitude=2)


def test_no_more_locations_are_kept_than_allowed_and_the_one_used_longest_ago_goes(
    locations: Locations, location: FakeService
) -> None:
    for user_id in ("alice", "bob", "carol"):
        location.answers[f"GET /locations/{user_id}"] = there(1)

    for user_id in ("alice", "bob", "alice", "carol", "alice", "bob"):
        locations.get(user_id)

    asked = [request.route.rpartition("/")[2] for request in location.requests]
    assert asked == ["alice", "bob", "carol", "bob"]


@pytest.mark.parametrize("headers", [{"etag": '"v2"'}, {"ETag": '"v2"'}, {}], ids=repr)
def test_the_version_of_a_location_that_was_set_is_told_if_the_service_tells_it(
    headers: dict[str, str], aws: Session
) -> None:
    class Pool(PoolManager):
        def request(self, *_: object, **__: object) -> HTTPResponse:
            return HTTPResponse(status=204, headers=headers)

    ssm = aws.create_client("ssm")
    ssm.put_parameter(Name="/dev/location/url", Value="https://location.example/live", Type="String")
    locations = Locations(ServiceClient(environment="dev", region="us-east-1", session=aws, pool=Pool()))

    told = locations.put("alice", ZURICH, token="alices-token", conditions={})

    assert told == ({"ETag": '"v2"'} if headers else {})
