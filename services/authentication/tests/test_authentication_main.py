"""The authentication service as Lambda runs it: composed from the environment, with AWS at its border."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from lambda_lib.testing import Send, body_of, cold_start_modules

type LoadMain = Callable[[str], Any]

MAIN = "authentication_service.main"
ALICE = {"username": "alice", "password": "correct horse battery"}


@pytest.mark.usefixtures("table")
def test_the_composed_function_signs_a_user_up_and_in(signed_caller: Send, load_main: LoadMain) -> None:
    handler = load_main(MAIN).handler

    body_of(signed_caller(handler, "POST /users", body=ALICE), 201)
    signed_in = body_of(signed_caller(handler, "POST /sessions", body=ALICE), 201)
    known = body_of(signed_caller(handler, "POST /introspect", body={"token": signed_in["token"]}))

    assert known == {"active": True, "user_id": "alice", "expires_at": signed_in["expires_at"]}
    assert signed_in["expires_at"] > time.time()


@pytest.mark.usefixtures("table")
def test_two_tokens_of_the_composed_function_differ(signed_caller: Send, load_main: LoadMain) -> None:
    handler = load_main(MAIN).handler
    signed_caller(handler, "POST /users", body=ALICE)

    first, second = (body_of(signed_caller(handler, "POST /sessions", body=ALICE), 201)["token"] for _ in range(2))

    assert first != second


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
