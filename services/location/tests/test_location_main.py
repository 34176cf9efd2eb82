"""The location service as Lambda runs it: composed from the environment, with AWS and authentication at its border."""

import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

ENVIRONMENT = {"ENVIRONMENT": "dev", "TABLE_NAME": "dev-location", "AWS_REGION": "us-east-1"}
ZURICH = {"latitude": 47.3769, "longitude": 8.5417, "label": None}


@pytest.fixture
def load_main(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Any]]:
    """Loads the module as a cold start does."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)

    def load() -> Any:
        sys.modules.pop("location_service.main", None)
        return importlib.import_module("location_service.main")

    yield load
    sys.modules.pop("location_service.main", None)


def test_the_composed_function_serves_a_user_whom_authentication_knows(
    send: Callable[..., dict[str, Any]], authentication: Any, load_main: Callable[[], Any]
) -> None:
    authentication.answers["POST /introspect"] = (
        200,
        {"active": True, "user_id": "alice", "expires_at": 4_000_000_000},
    )
    handler = load_main().handler

    put = send(
        handler,
        "PUT /locations/{user_id}",
        path={"user_id": "alice"},
        headers={"X-User-Token": "alices-token"},
        body=ZURICH,
    )
    got = send(handler, "GET /locations/{user_id}", path={"user_id": "alice"}, query={"consistent": "true"})

    assert put["statusCode"] == 204, put["body"]
    assert json.loads(got["body"]) == ZURICH
    (request, headers, body), *others = authentication.requests
    assert (request, body, others) == ("POST /introspect", {"token": "alices-token"}, [])
    assert headers["Authorization"].startswith("AWS4-HMAC-SHA256 ")


def test_the_composed_function_refuses_a_token_that_is_not_active(
    send: Callable[..., dict[str, Any]], authentication: Any, load_main: Callable[[], Any]
) -> None:
    authentication.answers["POST /introspect"] = (200, {"active": False})

    reply = send(
        load_main().handler,
        "PUT /locations/{user_id}",
        path={"user_id": "alice"},
        headers={"X-User-Token": "old-token"},
        body=ZURICH,
    )

    assert reply["statusCode"] == 401


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_a_missing_setting_ends_the_cold_start_with_its_name(
    name: str, monkeypatch: pytest.MonkeyPatch, load_main: Callable[[], Any]
) -> None:
    monkeypatch.delenv(name)

    with pytest.raises(KeyError, match=name):
        load_main()


def test_a_cold_start_imports_neither_boto3_nor_what_only_development_needs() -> None:
    found = subprocess.run(
        [sys.executable, "-c", "import sys; import location_service.main; print(*sys.modules)"],
        env=ENVIRONMENT | {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"},
        check=True,
        capture_output=True,
        text=True,
    )

    heavy = {"boto3", "s3transfer", "asyncio", "moto", "lambda_lib.cli", "lambda_lib.contract", "lambda_lib.bundle"}
    assert heavy.isdisjoint(found.stdout.split())
