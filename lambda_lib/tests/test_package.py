"""What the package shows, and what importing it costs."""

import json
import pkgutil
import subprocess
import sys
from importlib.resources import files

import pytest

import lambda_lib
from lambda_lib.testing import an_event

PUBLIC = [
    "Access",
    "Authenticator",
    "Bearer",
    "Body",
    "Conflict",
    "Cors",
    "FieldError",
    "Forbidden",
    "Handler",
    "Header",
    "IdempotencyKeyReused",
    "Identity",
    "InvalidRequest",
    "LambdaContext",
    "MalformedBody",
    "MalformedEvent",
    "MethodNotAllowed",
    "NotAcceptable",
    "NotFound",
    "PreconditionFailed",
    "PreconditionRequired",
    "Problem",
    "ProblemField",
    "Public",
    "Query",
    "Reply",
    "RequestInProgress",
    "RequestTooLarge",
    "Response",
    "Route",
    "RouteError",
    "Routes",
    "ServiceClient",
    "ServiceError",
    "ServiceUnavailable",
    "Settings",
    "Signed",
    "SourceIp",
    "Telemetry",
    "Throttled",
    "Unauthenticated",
    "UnexpectedReply",
    "UnknownRoute",
    "UnsupportedMediaType",
    "annotate",
    "count",
    "dynamodb_client",
    "measure",
]

# What a handler stands on. botocore and urllib3 take brotli where they find it, as here among the development tools.
PACKAGES_OF_A_HANDLER = {
    "annotated_types",
    "botocore",
    "brotli",
    "certifi",
    "dateutil",
    "jmespath",
    "lambda_lib",
    "pydantic",
    "pydantic_core",
    "six",
    "typing_extensions",
    "typing_inspection",
    "urllib3",
}

# Each costs a cold start milliseconds that no request needs.
NEVER_IN_A_HANDLER = {
    "argparse",
    "asyncio",
    "aws_lambda_powertools",
    "aws_xray_sdk",
    "boto3",
    "multiprocessing",
    "pydantic.dataclasses",
    "pydantic.deprecated",
    "pydantic.networks",
    "pydantic.v1",
    "s3transfer",
    "tomllib",
    "unittest",
}

# Our own modules that no handler imports: for development, and those that a service asks for by their names.
NOT_OF_A_HANDLER = {
    "lambda_lib._archive",
    "lambda_lib._botocore_data",
    "lambda_lib._components",
    "lambda_lib._examples",
    "lambda_lib._gateway_responses",
    "lambda_lib._project",
    "lambda_lib._reach",
    "lambda_lib._request_schema",
    "lambda_lib._schema",
    "lambda_lib._schema_comparison",
    "lambda_lib._tree",
    "lambda_lib._wheels",
    "lambda_lib.bundle",
    "lambda_lib.cli",
    "lambda_lib.compatibility",
    "lambda_lib.contract",
    "lambda_lib.idempotency",
    "lambda_lib.preconditions",
    "lambda_lib.testing",
    "lambda_lib.tracing",
}

COLD_START = """
import json, sys
from dataclasses import dataclass
from lambda_lib import *
from pydantic import BaseModel

@dataclass(frozen=True)
class Resources:
    table: object

class Context:
    aws_request_id = "id"
    def get_remaining_time_in_millis(self): return 10_000

class Thing(BaseModel):
    name: str

routes = Routes(title="cold", version="1", resources=Resources)

@routes.put("/things/{thing_id}", access=Bearer())
def put_thing(thing_id: str, body: Thing, identity: Identity, resources: Resources) -> Thing:
    raise NotFound("There is none.")

services = ServiceClient(environment="dev", region="us-east-1")
resources = Resources(dynamodb_client(region="us-east-1"))
handler = Handler(routes, resources=resources, authenticate=Authenticator(services))
assert handler(json.loads(sys.argv[1]), Context())["statusCode"] == 401
print(*sys.modules, file=sys.stderr)
"""


@pytest.fixture(scope="module")
def imported() -> set[str]:
    """The modules that a complete service has imported when it has answered its first request."""
    environment = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_EC2_METADATA_DISABLED": "true"}
    done = subprocess.run(
        [sys.executable, "-c", COLD_START, json.dumps(an_event("PUT", "/things/a"))],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


def test_what_is_public_is_pinned() -> None:
    assert lambda_lib.__all__ == PUBLIC
    assert sorted(lambda_lib.__all__) == lambda_lib.__all__
    assert all(hasattr(lambda_lib, name) for name in PUBLIC)


def test_the_package_is_typed() -> None:
    assert files(lambda_lib).joinpath("py.typed").is_file()


def test_a_handler_imports_no_package_but_those_it_stands_on(imported: set[str]) -> None:
    packages = {name.partition(".")[0] for name in imported} - sys.stdlib_module_names - {"__main__"}
    assert {name for name in packages if not name.startswith("_")} <= PACKAGES_OF_A_HANDLER


def test_a_handler_imports_nothing_heavy(imported: set[str]) -> None:
    assert NEVER_IN_A_HANDLER & imported == set()


def test_each_of_our_modules_is_known_to_be_of_a_handler_or_not(imported: set[str]) -> None:
    ours = {module.name for module in pkgutil.iter_modules(lambda_lib.__path__, "lambda_lib.")}
    assert ours - imported == NOT_OF_A_HANDLER


def test_importing_reads_no_environment_and_writes_nothing() -> None:
    code = "import os; os.environ.clear(); os.environ['POWERTOOLS_LOG_LEVEL'] = 'NONSENSE'; import lambda_lib"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_calls_other_services_is_imported_when_it_is_asked_for() -> None:
    code = (
        "import sys, lambda_lib; calls = {'lambda_lib.authentication', 'lambda_lib.reply', 'lambda_lib.services'};"
        "before = calls & sys.modules.keys(); lambda_lib.Authenticator;"
        "assert (before, calls - sys.modules.keys()) == (set(), set())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_the_package_does_not_have_is_told_by_name() -> None:
    with pytest.raises(AttributeError, match="module 'lambda_lib' has no attribute 'Nothing'"):
        lambda_lib.Nothing  # noqa: B018
