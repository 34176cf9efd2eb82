"""The location service as Lambda runs it: composed from the environment, with AWS and authentication at its border."""

from collections.abc import Callable
from typing import Any

import pytest

from lambda_lib.testing import FakeAuthentication, FakeService, Send, assert_problem, body_of, cold_start_modules

type LoadMain = Callable[[str], Any]

MAIN = "location_service.main"
PUT, GET = "PUT /locations/{user_id}", "GET /locations/{user_id}"
ALICE = {"user_id": "alice"}
ZURICH = {"latitude": 47.3769, "longitude": 8.5417, "label": None, "accuracy_m": None, "fixed_at": None}


@pytest.mark.usefixtures("table")
def test_the_composed_function_serves_a_user_whom_authentication_knows(
    signed_caller: Send, authentication: FakeAuthentication, authentication_service: FakeService, load_main: LoadMain
) -> None:
    token = authentication.sign_in("alice")
    handler = load_main(MAIN).handler

    put = signed_caller(handler, PUT, path=ALICE, headers={"X-User-Token": token}, body=ZURICH)
    got = signed_caller(handler, GET, path=ALICE, query={"consistent": "true"})

    assert put["statusCode"] == 204, put["body"]
    assert body_of(got) == ZURICH
    (request, headers, body), *others = authentication_service.requests
    assert (request, body, others) == ("POST /introspect", {"token": token}, [])
    assert headers["Authorization"].startswith("AWS4-HMAC-SHA256 ")


@pytest.mark.usefixtures("table", "authentication_service")
def test_the_composed_function_refuses_a_token_that_is_not_active(
    signed_caller: Send, authentication: FakeAuthentication, load_main: LoadMain
) -> None:
    token = authentication.sign_in("alice")
    authentication.revoke(token)

    reply = signed_caller(load_main(MAIN).handler, PUT, path=ALICE, headers={"X-User-Token": token}, body=ZURICH)

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
