"""The calls to the location service, against a server that stands for it."""

from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.session import Session

from lambda_lib import InvalidRequest, ServiceClient, ServiceError, ServiceUnavailable, Unauthenticated, UnexpectedReply
from profile_service.locations import Locations
from profile_service.model import Location, NewLocation

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ssm import SSMClient

GET, PUT = "GET /locations/alice", "PUT /locations/alice"
NOT_FOUND = {"title": "Not Found", "status": 404, "detail": "The user alice has no location.", "code": "not_found"}
ZURICH = NewLocation(latitude=47.3769, longitude=8.5417, label="Zürich")


@pytest.fixture
def locations(aws: Session, dynamodb: "DynamoDBClient") -> Locations:  # noqa: ARG001  within moto's account
    return Locations(
        ServiceClient(environment="dev", region="us-east-1", session=aws, timeout_s=0.5, pause=lambda _: None)
    )


def test_the_location_of_a_user_is_read(locations: Locations, location: Any) -> None:
    location.answers[GET] = (200, {"latitude": 47.3769, "longitude": 8.5417, "label": "Zürich", "altitude": 408})

    assert locations.get("alice") == Location(latitude=47.3769, longitude=8.5417, label="Zürich")


def test_a_user_whom_the_service_does_not_find_has_no_location(locations: Locations, location: Any) -> None:
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
    answer: tuple[int, object], locations: Locations, location: Any
) -> None:
    location.answers[GET] = answer

    with pytest.raises(UnexpectedReply):
        locations.get("alice")


@pytest.mark.parametrize("answer", [(500, {}), (502, {}), (503, {}), (504, {}), (429, {}), None])
def test_a_service_that_fails_or_hangs_is_asked_once_and_told_as_unavailable(
    answer: tuple[int, object] | None, locations: Locations, location: Any
) -> None:
    location.answers[GET] = answer

    with pytest.raises(ServiceUnavailable):
        locations.get("alice")

    assert len(location.requests) == 1


def test_a_service_that_cannot_be_reached_is_told_as_unavailable(locations: Locations, aws: Session) -> None:
    ssm = cast("SSMClient", aws.create_client("ssm", region_name="us-east-1"))
    ssm.put_parameter(Name="/dev/location/url", Value="http://127.0.0.1:1/live", Type="String")

    with pytest.raises(ServiceUnavailable):
        locations.get("alice")


def test_a_service_that_is_not_published_is_told_as_unavailable(locations: Locations) -> None:
    with pytest.raises(ServiceUnavailable):
        locations.get("alice")


def test_a_location_is_written_by_a_signed_call_that_carries_the_users_token(
    locations: Locations, location: Any
) -> None:
    location.answers[PUT] = (204, None)

    locations.put("alice", ZURICH, token="alices-token")

    [(_, headers, body)] = location.requests
    assert headers["X-User-Token"] == "alices-token"
    assert headers["Authorization"].startswith("AWS4-HMAC-SHA256 ")
    assert "x-user-token" in headers["Authorization"]
    assert body == {"latitude": 47.3769, "longitude": 8.5417, "label": "Zürich"}


def test_a_location_without_a_label_is_sent_without_one(locations: Locations, location: Any) -> None:
    location.answers[PUT] = (204, None)

    locations.put("alice", NewLocation(latitude=1, longitude=2), token="alices-token")

    assert location.requests[0][2] == {"latitude": 1.0, "longitude": 2.0}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((401, {}), Unauthenticated),
        ((403, {}), UnexpectedReply),
        ((404, {}), UnexpectedReply),
        ((200, {}), UnexpectedReply),
        ((503, {}), ServiceUnavailable),
        (None, ServiceUnavailable),
    ],
)
def test_a_location_that_could_not_be_written_is_told_by_its_cause(
    answer: tuple[int, object] | None, error: type[ServiceError], locations: Locations, location: Any
) -> None:
    location.answers[PUT] = answer

    with pytest.raises(error):
        locations.put("alice", ZURICH, token="alices-token")


def test_a_location_that_the_service_refuses_is_told_with_the_fields_at_fault(
    locations: Locations, location: Any
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
        locations.put("alice", ZURICH, token="alices-token")

    assert [(error.location, error.message) for error in caught.value.errors] == [("body.label", "too rude")]
