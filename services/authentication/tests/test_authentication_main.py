"""The authentication service as Lambda runs it: composed from the environment, with AWS at its border."""

import importlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

ENVIRONMENT = {"ENVIRONMENT": "dev", "TABLE_NAME": "dev-authentication", "AWS_REGION": "us-east-1"}
ALICE = {"username": "alice", "password": "correct horse battery"}


@pytest.fixture
def load_main(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Any]]:
    """Loads the module as a cold start does."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)

    def load() -> Any:
        sys.modules.pop("authentication_service.main", None)
        return importlib.import_module("authentication_service.main")

    yield load
    sys.modules.pop("authentication_service.main", None)


@pytest.mark.usefixtures("dynamodb")
def test_the_composed_function_signs_a_user_up_and_in(
    send: Callable[..., dict[str, Any]], load_main: Callable[[], Any]
) -> None:
    handler = load_main().handler

    signed_up = send(handler, "POST /users", body=ALICE)
    signed_in = json.loads(send(handler, "POST /sessions", body=ALICE)["body"])
    known = json.loads(send(handler, "POST /introspect", body={"token": signed_in["token"]})["body"])

    assert signed_up["statusCode"] == 201, signed_up["body"]
    assert known == {"active": True, "user_id": "alice", "expires_at": signed_in["expires_at"]}
    assert signed_in["expires_at"] > time.time()


@pytest.mark.usefixtures("dynamodb")
def test_two_tokens_of_the_composed_function_differ(
    send: Callable[..., dict[str, Any]], load_main: Callable[[], Any]
) -> None:
    handler = load_main().handler
    send(handler, "POST /users", body=ALICE)

    first, second = (json.loads(send(handler, "POST /sessions", body=ALICE)["body"])["token"] for _ in range(2))

    assert first != second


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_a_missing_setting_ends_the_cold_start_with_its_name(
    name: str, monkeypatch: pytest.MonkeyPatch, load_main: Callable[[], Any]
) -> None:
    monkeypatch.delenv(name)

    with pytest.raises(KeyError, match=name):
        load_main()


def test_a_cold_start_imports_neither_boto3_nor_what_only_development_needs() -> None:
    found = subprocess.run(
        [sys.executable, "-c", "import sys; import authentication_service.main; print(*sys.modules)"],
        env=ENVIRONMENT | {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"},
        check=True,
        capture_output=True,
        text=True,
    )

    heavy = {"boto3", "s3transfer", "asyncio", "moto", "lambda_lib.cli", "lambda_lib.contract", "lambda_lib.bundle"}
    assert heavy.isdisjoint(found.stdout.split())
