"""What the package shows, and what importing it costs."""

import subprocess
import sys
from importlib.resources import files

import lambda_lib

PUBLIC = [
    "Access",
    "Authenticator",
    "Bearer",
    "Conflict",
    "FieldError",
    "Forbidden",
    "Handler",
    "Header",
    "Identity",
    "InvalidRequest",
    "LambdaContext",
    "MalformedBody",
    "MethodNotAllowed",
    "NotFound",
    "Problem",
    "ProblemField",
    "Public",
    "Query",
    "Reply",
    "Route",
    "RouteError",
    "Routes",
    "ServiceClient",
    "ServiceError",
    "ServiceUnavailable",
    "Settings",
    "Signed",
    "Throttled",
    "Unauthenticated",
    "UnexpectedReply",
    "UnknownRoute",
    "UnsupportedMediaType",
    "dynamodb_client",
]

NEVER_IN_A_HANDLER = [
    "argparse",
    "asyncio",
    "aws_lambda_powertools.event_handler",
    "aws_xray_sdk",
    "boto3",
    "lambda_lib.bundle",
    "lambda_lib.cli",
    "lambda_lib.contract",
    "lambda_lib.testing",
    "multiprocessing",
    "pydantic.v1",
    "tomllib",
]

COLD_START = """
import sys
from dataclasses import dataclass
from lambda_lib import *
from lambda_lib.testing import Context, an_event

del sys.modules["lambda_lib.testing"]

@dataclass(frozen=True)
class Resources:
    table: object

routes = Routes(title="cold", version="1", resources=Resources)

@routes.get("/things/{thing_id}", access=Bearer())
def get_thing(thing_id: str, identity: Identity, resources: Resources) -> Problem:
    raise NotFound("There is none.")

services = ServiceClient(environment="dev", region="us-east-1")
resources = Resources(dynamodb_client(region="us-east-1"))
handler = Handler(routes, resources=resources, authenticate=Authenticator(services))
assert handler(an_event("GET", "/things/a"), Context())["statusCode"] == 401
print([name for name in sys.argv[1:] if name in sys.modules], file=sys.stderr)
"""


def test_what_is_public_is_pinned() -> None:
    assert lambda_lib.__all__ == PUBLIC
    assert sorted(lambda_lib.__all__) == lambda_lib.__all__
    assert all(hasattr(lambda_lib, name) for name in PUBLIC)


def test_the_package_is_typed() -> None:
    assert files(lambda_lib).joinpath("py.typed").is_file()


def test_a_handler_imports_nothing_of_development_and_nothing_heavy() -> None:
    environment = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_EC2_METADATA_DISABLED": "true"}
    done = subprocess.run(
        [sys.executable, "-c", COLD_START, *NEVER_IN_A_HANDLER],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "[]\n")


def test_importing_reads_no_environment_and_writes_nothing() -> None:
    code = "import os; os.environ.clear(); os.environ['POWERTOOLS_LOG_LEVEL'] = 'NONSENSE'; import lambda_lib"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
