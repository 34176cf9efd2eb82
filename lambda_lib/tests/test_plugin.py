"""The plugin gives a service's tests what they need, and nothing to those that ask for nothing."""

import re
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

README = Path(__file__).parents[1] / "README.md"
# The plugin is there already, by the pytest that runs this.
OF_THIS_PROCESS = ("-p", "no:cacheprovider", "-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning")
HEAVY = ("boto3", "botocore", "lambda_lib", "moto")
FIXTURES = (
    "authentication",
    "authentication_service",
    "aws",
    "fake_service",
    "frozen_clock",
    "lambda_context",
    "lambda_environment",
    "load_main",
    "logged",
    "metrics",
    "service_declaration",
    "signed_caller",
    "table",
    "table_declaration",
)
TFVARS = """
service = "greeting"
table = {
  hash_key       = { name = "name" }
  read_capacity  = 1
  write_capacity = 1
  ttl_attribute  = "expires_at"
}
"""
MAIN = """
import os
from dataclasses import dataclass

from botocore.session import Session
from pydantic import BaseModel

from lambda_lib import Authenticator, Bearer, Handler, Identity, Routes, ServiceClient, Settings


@dataclass(frozen=True)
class Resources:
    environment: str


class Greeting(BaseModel):
    text: str


routes = Routes(title="greeting", version="1.0.0", resources=Resources)


@routes.get("/greeting", access=Bearer())
def get_greeting(identity: Identity, resources: Resources) -> Greeting:
    return Greeting(text=f"Good morning, {identity.user_id}")


settings = Settings.read(os.environ)
services = ServiceClient(environment=settings.environment, region=settings.region, session=Session())
handler = Handler(routes, resources=Resources(settings.environment), authenticate=Authenticator(services))
"""


@pytest.fixture
def service(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A service's repository: `service.tfvars`, a module `greeting_main`, and whatever tests are added."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "_lambda_lib_pytest_plugin")
    (pytester.path / "service.tfvars").write_text(TFVARS, encoding="utf-8")
    pytester.makeini("[pytest]\nfilterwarnings = error\npythonpath = .\n")
    pytester.makepyfile(greeting_main=MAIN)
    return pytester


def passes(service: pytest.Pytester, tests: str, *, passed: int) -> None:
    service.makepyfile(test_greeting=tests)
    service.runpytest_inprocess(*OF_THIS_PROCESS).assert_outcomes(passed=passed)


def test_the_plugin_is_found_by_its_entry_point_and_imports_nothing_until_it_is_used(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        f"""
        import sys

        def test_nothing_is_imported(pytestconfig):
            assert pytestconfig.pluginmanager.has_plugin("lambda_lib")
            assert not set({HEAVY}) & set(sys.modules)
        """
    )

    pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:locust").assert_outcomes(passed=1)


def test_every_fixture_is_told_of_and_none_is_used_unasked(service: pytest.Pytester) -> None:
    shown = service.runpytest_inprocess(*OF_THIS_PROCESS, "--fixtures").stdout.str()

    for name in FIXTURES:
        assert re.search(rf"^{name}( \[.*\])? -- .*\n    \S", shown, re.MULTILINE), name
    passes(
        service,
        """
        import os

        def test_nothing_is_set(request):
            assert not set(request.fixturenames) - {"request"}
            assert "TABLE_NAME" not in os.environ
        """,
        passed=1,
    )


def test_an_account_is_empty_in_each_test_and_knows_nothing_of_the_machine(
    service: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "real")

    passes(
        service,
        """
        import os

        import boto3
        import pytest

        @pytest.mark.parametrize("time", range(2))
        def test_a_table_is_made(aws, time):
            assert "AWS_PROFILE" not in os.environ
            assert aws.get_credentials().access_key != "real"
            client = aws.create_client("dynamodb")
            assert client.list_tables()["TableNames"] == []
            client.create_table(
                TableName="things",
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                BillingMode="PAY_PER_REQUEST",
            )
            assert boto3.client("dynamodb").list_tables()["TableNames"] == ["things"]

        def test_the_machine_is_as_before():
            assert os.environ["AWS_PROFILE"] == "production"
            assert os.environ["AWS_ACCESS_KEY_ID"] == "real"
        """,
        passed=3,
    )


def test_the_table_is_the_one_that_the_service_declares_and_empty_in_each_test(service: pytest.Pytester) -> None:
    passes(
        service,
        """
        import pytest

        @pytest.mark.parametrize("time", range(2))
        def test_an_item_is_written(table, time):
            assert table.name == "dev-greeting"
            assert table.client.scan(TableName=table.name)["Count"] == 0
            table.client.put_item(TableName=table.name, Item={"name": {"S": "ada"}})
            ttl = table.client.describe_time_to_live(TableName=table.name)["TimeToLiveDescription"]
            assert ttl["AttributeName"] == "expires_at"
        """,
        passed=2,
    )


def test_a_table_may_come_from_a_plan_instead(service: pytest.Pytester) -> None:
    (service.path / "service.tfvars").unlink()

    passes(
        service,
        """
        import json

        import pytest

        from lambda_lib.testing import table_from_plan

        TABLE = {
            "name": "prod-parcels", "billing_mode": "PAY_PER_REQUEST", "hash_key": "id", "range_key": None,
            "read_capacity": None, "write_capacity": None, "attribute": [{"name": "id", "type": "S"}],
            "local_secondary_index": [], "global_secondary_index": [], "ttl": [],
        }

        @pytest.fixture
        def table_declaration(tmp_path):
            module = {"resources": [{"type": "aws_dynamodb_table", "values": TABLE}]}
            plan = tmp_path / "plan.json"
            plan.write_text(json.dumps({"planned_values": {"root_module": module}}))
            return table_from_plan(plan)

        def test_it_is_there(table, aws):
            assert aws.create_client("dynamodb").list_tables()["TableNames"] == [table.name] == ["prod-parcels"]
        """,
        passed=1,
    )


def test_a_test_outside_of_a_service_is_told_what_is_missing(service: pytest.Pytester) -> None:
    (service.path / "service.tfvars").unlink()
    service.makepyfile("def test_it(table): ...")

    result = service.runpytest_inprocess(*OF_THIS_PROCESS)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*FileNotFoundError: no service.tfvars above *"])


def test_the_main_module_is_loaded_anew_in_the_environment_of_its_function(service: pytest.Pytester) -> None:
    passes(
        service,
        """
        import os
        import sys

        import pytest

        def test_it_is_loaded(load_main, lambda_environment):
            first, second = load_main("greeting_main"), load_main("greeting_main")
            assert first is not second is sys.modules["greeting_main"]
            assert (first.settings.environment, first.settings.table_name) == ("dev", "dev-greeting")
            assert lambda_environment.items() <= os.environ.items()
            assert lambda_environment["AWS_REGION"] == first.settings.region == "us-east-1"

        def test_nothing_is_left_of_it():
            assert "greeting_main" not in sys.modules
            assert "TABLE_NAME" not in os.environ

        def test_a_missing_setting_is_found(load_main, monkeypatch):
            monkeypatch.delenv("TABLE_NAME")
            with pytest.raises(KeyError, match="TABLE_NAME"):
                load_main("greeting_main")
        """,
        passed=3,
    )


def test_a_function_asks_the_authentication_service_who_calls(service: pytest.Pytester) -> None:
    passes(
        service,
        """
        from lambda_lib.testing import assert_problem, body_of, send

        ROUTE = "GET /greeting"

        def bearer(token):
            return {"Authorization": f"Bearer {token}"}

        def test_a_token_that_is_valid_is_known(load_main, authentication, authentication_service):
            handler = load_main("greeting_main").handler
            token = authentication.sign_in("ada")
            assert body_of(send(handler, ROUTE, headers=bearer(token))) == {"text": "Good morning, ada"}
            [request] = authentication_service.requests
            assert request.route == "POST /introspect"
            assert request.headers["Authorization"].startswith("AWS4-HMAC-SHA256 ")

        def test_a_token_that_is_revoked_or_expired_is_refused(load_main, authentication, authentication_service):
            handler = load_main("greeting_main").handler
            revoked, expired = authentication.sign_in("ada"), authentication.sign_in("ada", ttl_s=-1)
            authentication.revoke(revoked)
            for token in (revoked, expired, "unknown"):
                assert_problem(send(handler, ROUTE, headers=bearer(token)), 401, "unauthenticated")

        def test_nobody_is_refused_while_the_service_is_down(load_main, authentication, authentication_service):
            authentication.available = False
            reply = send(load_main("greeting_main").handler, ROUTE, headers=bearer(authentication.sign_in("ada")))
            assert_problem(reply, 503, "service_unavailable")

        def test_the_same_is_known_without_a_service(load_main, authentication):
            main = load_main("greeting_main")
            handler = main.Handler(main.routes, resources=main.Resources("dev"), authenticate=authentication)
            token = authentication.sign_in("ada")
            assert body_of(send(handler, ROUTE, headers=bearer(token))) == {"text": "Good morning, ada"}
        """,
        passed=4,
    )


def test_another_service_is_found_by_its_parameter(service: pytest.Pytester) -> None:
    passes(
        service,
        """
        from lambda_lib import ServiceClient

        def test_it_is_called(aws, fake_service):
            weather, news = fake_service("weather"), fake_service("news")
            weather.answers["GET /today"] = (200, {"sky": "blue"})
            services = ServiceClient(environment="dev", region="us-east-1", session=aws)
            assert services.call("weather", "GET", "/today").status == 200
            assert services.call("news", "GET", "/today").status == 404
            assert [len(service.requests) for service in (weather, news)] == [1, 1]
        """,
        passed=1,
    )


def test_a_request_is_signed_in_every_kind_unless_a_test_says_otherwise(service: pytest.Pytester) -> None:
    passes(
        service,
        """
        import pytest

        from lambda_lib.testing import CALLER, KINDS

        @pytest.mark.parametrize("kind", KINDS)
        def test_it_is_signed(signed_caller, kind):
            seen = []
            for caller in ({}, {"caller": None}):
                signed_caller(lambda event, _: seen.append(str(event)), "GET /", kind=kind, **caller)
            assert [CALLER in event for event in seen] == [True, False]
        """,
        passed=5,
    )


def test_what_the_handler_writes_is_told_as_log_lines_and_metrics(service: pytest.Pytester) -> None:
    passes(
        service,
        """
        import pytest

        from lambda_lib.testing import an_event

        def test_it_is_told_once(load_main, authentication, lambda_context, logged, metrics):
            handler = load_main("greeting_main").handler
            handler(an_event(target="/nowhere"), lambda_context)
            [line], [counted] = logged(), metrics()
            assert (line["status"], line["request_id"]) == (404, lambda_context.aws_request_id)
            assert (counted["service"], counted["Requests"]) == ("greeting", [1.0])
            handler(an_event(target="/elsewhere"), lambda_context)
            assert (len(metrics()), len(logged()), len(logged())) == (1, 1, 0)

        @pytest.mark.parametrize("line", ["{} and more", "5", "null", "[]"])
        def test_what_is_no_json_object_is_a_defect(logged, line):
            print(line)
            with pytest.raises(ValueError) as caught:
                logged()
            assert str(caught.value) == f"not a JSON object: {line}"
        """,
        passed=5,
    )


def test_the_clock_stands_still(service: pytest.Pytester) -> None:
    passes(
        service,
        """
        def test_it_does(frozen_clock):
            before = frozen_clock()
            frozen_clock.tick(60)
            assert frozen_clock() - before == 60
        """,
        passed=1,
    )


def test_a_failed_assertion_of_the_library_shows_what_it_compared(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        from lambda_lib.testing import body_of

        def test_it(): body_of({"statusCode": 404, "body": "nowhere"})
        """
    )

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:locust")

    result.stdout.fnmatch_lines(["*AssertionError: nowhere", "*assert 404 == 200"])


def test_a_cold_start_tells_what_it_imports(service: pytest.Pytester) -> None:
    passes(
        service,
        """
        import os
        import sys

        import pytest

        from lambda_lib.testing import cold_start_modules

        def test_it_does(lambda_environment):
            environment = lambda_environment | {"PYTHONPATH": os.pathsep.join(sys.path)}
            modules = cold_start_modules("greeting_main", environment)
            assert {"greeting_main", "lambda_lib"} <= modules
            assert not {"boto3", "moto", "lambda_lib.testing"} & modules

        def test_a_failed_one_tells_why(lambda_environment):
            with pytest.raises(RuntimeError, match="No module named 'nothing_main'"):
                cold_start_modules("nothing_main", lambda_environment)
        """,
        passed=2,
    )


def test_the_test_in_the_readme_passes_and_tells_of_every_fixture(service: pytest.Pytester) -> None:
    text = README.read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)

    service.makepyfile(greeting=blocks[0])
    passes(service, next(block for block in blocks if "def test_" in block), passed=2)

    told = set(re.findall(r"`(\w+)`", text.partition("| fixture | is |")[2].partition("\n\n")[0]))
    assert set(FIXTURES) - {"service_declaration"} <= told


def test_a_reply_that_is_not_of_its_type_fails_here_as_it_does_on_lambda(service: pytest.Pytester) -> None:
    service.makepyfile(
        """
        from dataclasses import dataclass

        from pydantic import BaseModel

        from lambda_lib import Handler, Public, Routes
        from lambda_lib.testing import send


        @dataclass
        class Resources:
            pass


        class Greeting(BaseModel):
            text: str


        routes = Routes(title="greeting", version="1.0.0", resources=Resources)


        @routes.get("/greeting", access=Public())
        def get_greeting() -> Greeting:
            return Greeting.model_construct(text=1)


        handler = Handler(routes, resources=Resources())  # outside of the test, whose filters pytest takes back


        def test_one():
            assert send(handler, "GET /greeting")["statusCode"] == 500
        """
    )
    service.runpytest_subprocess("-q").assert_outcomes(passed=1)
