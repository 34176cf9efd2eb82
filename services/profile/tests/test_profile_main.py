"""The profile service as Lambda runs it: composed from the environment, with AWS and other services at its border."""

from collections.abc import Callable
from typing import Any

import pytest

from lambda_lib.testing import FakeAuthentication, FakeService, assert_problem, body_of, cold_start_modules, send

type LoadMain = Callable[[str], Any]

MAIN = "profile_service.main"
PUT, GET = "PUT /profiles/{user_id}", "GET /profiles/{user_id}"
ALICE = {"user_id": "alice"}
ZURICH = {"latitude": 47.3769, "longitude": 8.5417, "label": "Zürich"}


@pytest.mark.usefixtures("table")
def test_the_composed_function_serves_a_user_whom_authentication_knows(
    authentication: FakeAuthentication, authentication_service: FakeService, location: FakeService, load_main: LoadMain
) -> None:
    location.answers["PUT /locations/alice"] = (204, None)
    location.answers["GET /locations/alice?consistent=true"] = (200, ZURICH)
    handler = load_main(MAIN).handler
    bearer = {"Authorization": f"Bearer {authentication.sign_in('alice')}"}

    put = send(handler, PUT, path=ALICE, headers=bearer, body={"display_name": "Alice"})
    moved = send(handler, "PUT /profiles/{user_id}/location", path=ALICE, headers=bearer, body=ZURICH)
    got = send(handler, GET, path=ALICE)

    assert (put["statusCode"], moved["statusCode"]) == (204, 204)
    assert body_of(got) == {
        "user_id": "alice",
        "display_name": "Alice",
        "bio": None,
        "location": ZURICH | {"accuracy_m": None, "fixed_at": None},
        "location_status": "available",
        "location_visibility": "public",
    }
    assert [request.route for request in authentication_service.requests] == ["POST /introspect"]
    put_location, get_location = (request.route for request in location.requests)
    assert (put_location, get_location) == ("PUT /locations/alice", "GET /locations/alice?consistent=true")


@pytest.mark.usefixtures("table", "authentication_service")
def test_the_composed_function_refuses_a_token_that_is_not_active(
    authentication: FakeAuthentication, load_main: LoadMain
) -> None:
    token = authentication.sign_in("alice")
    authentication.revoke(token)

    bearer = {"Authorization": f"Bearer {token}"}
    reply = send(load_main(MAIN).handler, PUT, path=ALICE, headers=bearer, body={"display_name": "Alice"})

    assert_problem(reply, 401, "unauthenticated")


@pytest.mark.parametrize("name", ["ENVIRONMENT", "TABLE_NAME", "AWS_REGION"])
def test_a_missing_setting_ends_the_cold_start_with_its_name(
    name: str, monkeypatch: pytest.MonkeyPatch, load_main: LoadMain
) -> None:
    monkeypatch.delenv(name)

    with pytest.raises(KeyError, match=name):
        load_main(MAIN)


def test_a_cold_start_imports_neither_boto3_nor_what_only_development_needs(lambda_environment: dict[str, str]) -> None:
    heavy = {"boto3", "s3transfer", "asyncio", "moto", "lambda_lib.cli", "lambda_lib.contract", "lambda_lib.bundle"}
    assert heavy.isdisjoint(cold_start_modules(MAIN, lambda_environment))
