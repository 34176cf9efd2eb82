"""The fixtures of lambda_lib for the tests of a service, found by pytest through the entry point `lambda_lib`.

Nothing is done unless a fixture is asked for. The module stands beside the package, as hypothesis' plugin does, because
pytest imports it in every run of every project: the package itself, and with it botocore, is imported by the fixtures.
"""

# ruff: noqa: PLC0415  see above

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

import pytest

if TYPE_CHECKING:
    from botocore.loaders import Loader
    from botocore.session import Session
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ssm import SSMClient

    from lambda_lib.testing import (
        Context,
        FakeAuthentication,
        FakeService,
        FrozenClock,
        Send,
        ServiceDeclaration,
        Table,
        TableDeclaration,
    )
    from lambda_lib.testing.output import Output

pytest.register_assert_rewrite("lambda_lib.testing")


def pytest_configure(config: pytest.Config) -> None:
    """Make a reply that is not of its declared type the failure that it is on Lambda.

    A `Handler` asks Python for it by a filter of warnings when it is made; pytest has filters of its own in each test.
    """
    config.addinivalue_line("filterwarnings", "error:Pydantic serializer warnings:UserWarning")


@pytest.fixture
def lambda_context() -> "Context":
    """The context object that Lambda's runtime passes to a handler."""
    from lambda_lib.testing import Context

    return Context()


@pytest.fixture
def signed_caller() -> "Send":
    """`send`, signed by another service's function unless a test says otherwise (`caller=None`)."""
    from lambda_lib.testing import CALLER, send

    return partial(send, caller=CALLER)


@pytest.fixture
def frozen_clock() -> "FrozenClock":
    """A clock that stands still until `tick`, for whatever takes a `clock=`."""
    from lambda_lib.testing import FrozenClock

    return FrozenClock()


@pytest.fixture
def authentication() -> "FakeAuthentication":
    """Knows who is signed in: what `Handler(authenticate=…)` takes, and what `authentication_service` answers from."""
    from lambda_lib.testing import FakeAuthentication

    return FakeAuthentication()


@pytest.fixture(scope="session")
def _botocore_data() -> "Loader":
    """The service models that botocore has read, which take longer to read than anything else of a client to make."""
    from botocore.loaders import Loader

    return Loader()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, _botocore_data: "Loader") -> "Iterator[Session]":
    """An empty account in moto, in us-east-1; a botocore session to make clients in.

    Credentials are made up, and no setting of the machine's own is left (`AWS_PROFILE`, `AWS_ENDPOINT_URL` …).
    """
    from botocore.session import Session
    from moto import mock_aws

    from lambda_lib.testing.callers import REGION

    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        session = Session()
        session.register_component("data_loader", _botocore_data)
        yield session


@pytest.fixture
def service_declaration(request: pytest.FixtureRequest) -> "ServiceDeclaration":
    """The service's `service.tfvars`: that of the nearest folder above the test."""
    from lambda_lib.testing import find_service_declaration

    return find_service_declaration(request.path)


@pytest.fixture
def table_declaration(service_declaration: "ServiceDeclaration") -> "TableDeclaration":
    """The service's table as Terraform makes it of `service.tfvars`.

    A project whose table comes from elsewhere defines this fixture anew, for example with `table_from_plan`.
    """
    return service_declaration.table_declaration()


@pytest.fixture
def table(aws: "Session", table_declaration: "TableDeclaration") -> "Table":
    """The service's table in moto, empty: its `name`, and a `client` to reach it with."""
    return table_declaration.create(cast("DynamoDBClient", aws.create_client("dynamodb")))


@pytest.fixture
def lambda_environment(
    monkeypatch: pytest.MonkeyPatch, aws: "Session", service_declaration: "ServiceDeclaration"
) -> dict[str, str]:
    """The environment variables of the service's function, which are set."""
    environment = service_declaration.function_environment()
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return environment | {"AWS_REGION": aws.get_config_variable("region")}


@pytest.fixture
def load_main(
    monkeypatch: pytest.MonkeyPatch,
    lambda_environment: dict[str, str],  # noqa: ARG001  it is set
) -> Callable[[str], ModuleType]:
    """Imports a module (`load_main("location_service.main")`) as a cold start does, in the function's environment."""

    def load(name: str) -> ModuleType:
        monkeypatch.setitem(sys.modules, name, ModuleType(name))  # what was there before, or nothing, will come back
        del sys.modules[name]
        return import_module(name)

    return load


@pytest.fixture
def fake_service(aws: "Session") -> "Iterator[Callable[[str], FakeService]]":
    """Starts the API of another service (`fake_service("location")`), found by its parameter as on AWS."""
    from lambda_lib.testing import FakeService
    from lambda_lib.testing.callers import ENVIRONMENT

    with ExitStack() as services:

        def start(name: str) -> FakeService:
            service = services.enter_context(FakeService())
            ssm = cast("SSMClient", aws.create_client("ssm"))
            ssm.put_parameter(Name=f"/{ENVIRONMENT}/{name}/url", Value=service.url, Type="String")
            return service

        yield start


@pytest.fixture
def authentication_service(
    fake_service: "Callable[[str], FakeService]", authentication: "FakeAuthentication"
) -> "FakeService":
    """The API of the authentication service, which answers from `authentication`."""
    service = fake_service("authentication")
    service.answers["POST /introspect"] = authentication.introspect
    return service


@pytest.fixture
def _output(capsys: pytest.CaptureFixture[str]) -> "Output":
    from lambda_lib.testing.output import Output

    return Output(lambda: capsys.readouterr().out)


@pytest.fixture
def logged(_output: "Output") -> Callable[[], list[dict[str, Any]]]:
    """Gives the log lines that the handler has written since it was last asked."""
    return _output.logged


@pytest.fixture
def metrics(_output: "Output") -> Callable[[], list[dict[str, Any]]]:
    """Gives the sets of metrics (EMF) that the handler has written since it was last asked."""
    return _output.metrics
