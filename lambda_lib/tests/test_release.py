"""A contract is put to its API in two steps, and no deployment is made of anything but what the contract says."""

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session
from moto import mock_aws

from lambda_lib_release.cli import main
from lambda_lib_release.methods import ContractRefused
from lambda_lib_release.release import Target, add, find, settle

URI = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/dev-things:live/invocations"
TARGET = Target("api1", "live", "dev-things", URI)
POLICY = '{"Statement": []}'
VALIDATED = {"validateRequestBody": True, "validateRequestParameters": True}
DEFAULT = {"responseType": "THROTTLED", "defaultResponse": True}
OPTIONAL = {"brotli", "certifi"}  # botocore and urllib3 take them where they find them
RESPONSES = "x-amazon-apigateway-gateway-responses"


def an_operation(authorization: str = "NONE", **more: Any) -> dict[str, Any]:
    return {
        "responses": {},
        "x-amazon-apigateway-auth": {"type": authorization},
        "x-amazon-apigateway-integration": {"type": "aws_proxy", "httpMethod": "POST", "uri": "${integration_uri}"},
        **more,
    }


def a_contract(*routes: str, **more: Any) -> str:
    """A contract of some routes, for example `GET /things/{id}`; one that ends in `signed` takes signed requests."""
    paths: dict[str, Any] = {}
    for route in routes:
        verb, path, *signed = route.split()
        paths.setdefault(path, {})[verb.lower()] = an_operation("AWS_IAM" if signed else "NONE")
    return json.dumps(
        {
            "openapi": "3.0.1",
            "info": {"title": "things", "version": "1.2.0"},
            "x-amazon-apigateway-request-validators": {"all": VALIDATED},
            "x-amazon-apigateway-request-validator": "all",
            "paths": paths,
            **more,
        }
    )


class _Raw(io.BytesIO):
    def stream(self, **_: Any) -> Any:
        yield self.read()


def page(items: list[Any], start: int) -> dict[str, Any]:
    """One item, and where the next one is: lists are told in pages."""
    return {"item": items[start : start + 1], **({"position": str(start + 1)} if start + 1 < len(items) else {})}


@dataclass
class ApiGateway:
    """One API as API Gateway keeps it, behind botocore's own client.

    What an import does is what its documentation says of the mode `merge`: what the body defines takes the place of
    what is there, also the API's name, and all else stays.
    """

    api: dict[str, Any] = field(default_factory=lambda: {"id": "api1", "name": "dev-things", "policy": POLICY})
    methods: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    paths: set[str] = field(default_factory=lambda: {"/"})
    responses: set[str] = field(default_factory=set)
    deployments: list[dict[str, Any]] = field(default_factory=list)
    deployed_responses: dict[str, set[str]] = field(default_factory=dict)  # which no call tells
    live: str = ""
    calls: list[str] = field(default_factory=list)
    refused: str = "nothing"
    spoil: Callable[["ApiGateway"], None] = lambda _: None

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        url = urlsplit(request.url)
        call = f"{request.method} {unquote(url.path).removeprefix('/restapis/api1')}"
        self.calls.append(call)
        status, reply = 400, {"message": "Refused"}
        if not re.search(self.refused, call):
            status, reply = 200, self.answer(call, parse_qs(url.query), json.loads(request.body or "null"))
        raw = _Raw(json.dumps(reply).encode())
        headers = {} if status == 200 else {"x-amzn-ErrorType": "BadRequestException"}
        return AWSResponse(request.url, status, headers, raw)

    def answer(self, call: str, query: Mapping[str, list[str]], body: Any) -> Any:
        verb, _, path = call.partition(" ")
        parts = path.split("/")[1:]
        if verb == "GET":
            return self.read(parts, query)
        self.write(verb, parts, query, body)
        return self.deployments[-1] if parts == ["deployments"] else self.api

    def read(self, parts: list[str], query: Mapping[str, list[str]]) -> Any:
        replies: dict[str, Callable[[], Any]] = {
            "": lambda: self.api,
            "resources": lambda: {"item": [self.resource(path) for path in sorted(self.paths)]},
            "requestvalidators": lambda: {"item": [{"id": "all", **VALIDATED}]},
            "gatewayresponses": lambda: {"item": [DEFAULT, *({"responseType": name} for name in self.responses)]},
            "stages": lambda: {"stageName": "live", "deploymentId": self.live},
            "deployments": lambda: next(item for item in self.deployments if item["id"] == parts[1]),
        }
        what = parts[0] if parts else ""
        assert query.get("embed") == {"resources": ["methods"], "deployments": ["apisummary"]}.get(what)
        reply = replies[what]()
        return page(reply["item"], int(query.get("position", ["0"])[0])) if "item" in reply else reply

    def write(self, verb: str, parts: list[str], query: Mapping[str, list[str]], body: Any) -> None:
        match verb, parts:
            case "PUT", []:
                assert query["mode"] == ["merge"]
                self.merge(body)
            case "POST", ["deployments"]:
                self.deploy(body["description"])
            case "PATCH", ["stages", "live"]:
                (operation,) = body["patchOperations"]
                assert (operation["op"], operation["path"]) == ("replace", "/deploymentId")
                self.live = operation["value"]
            case "DELETE", ["resources", name, "methods", method]:
                del self.methods[name.removeprefix("id:").replace(":", "/"), method]
            case "DELETE", ["resources", name]:
                path = name.removeprefix("id:").replace(":", "/")
                assert not any(other.startswith(f"{path}/") for other in self.paths), "it would take others with it"
                self.paths.remove(path)
            case "DELETE", ["gatewayresponses", name]:
                self.responses.remove(name)
            case _:
                pytest.fail(f"{verb} {parts}")

    def merge(self, document: dict[str, Any]) -> None:
        self.api |= {name: document["info"][key] for key, name in (("title", "name"),) if key in document["info"]}
        for path, operations in document["paths"].items():
            self.paths |= {path[: end.start()] for end in re.finditer("/", path) if end.start()} | {path}
            for verb, operation in operations.items():
                validator = operation.get(key := "x-amazon-apigateway-request-validator", document.get(key))
                self.methods[path, verb.upper()] = {
                    "authorizationType": operation["x-amazon-apigateway-auth"]["type"],
                    "methodIntegration": {"uri": operation["x-amazon-apigateway-integration"]["uri"]},
                    **({"requestValidatorId": validator} if validator else {}),
                }
        self.responses |= document.get(RESPONSES, {}).keys()
        types = document.get("x-amazon-apigateway-binary-media-types", [])
        self.api["binaryMediaTypes"] = sorted({*self.api.get("binaryMediaTypes", []), *types})
        self.spoil(self)

    def resource(self, path: str) -> dict[str, Any]:
        methods = {verb: method for (place, verb), method in self.methods.items() if place == path}
        return {"id": f"id:{path.replace('/', ':')}", "path": path, "resourceMethods": methods}

    def deploy(self, description: str) -> str:
        summary: dict[str, Any] = {}
        for (path, verb), method in self.methods.items():
            summary.setdefault(path, {})[verb] = {"authorizationType": method["authorizationType"]}
        name = f"d{len(self.deployments)}"
        self.deployments.append({"id": name, "description": description, "apiSummary": summary})
        self.deployed_responses[name] = set(self.responses)
        return name

    def served(self) -> set[str]:
        """The routes that callers of the stage meet."""
        deployed = next(item for item in self.deployments if item["id"] == self.live)
        return {f"{verb} {path}" for path, verbs in deployed["apiSummary"].items() for verb in verbs}


@pytest.fixture(scope="module")
def session() -> Session:
    made = Session()
    made.set_credentials("none", "none")
    made.set_config_variable("region", "us-east-1")
    return made


@pytest.fixture(scope="module")
def botocores_client(session: Session) -> Any:
    return session.create_client("apigateway", config=Config(retries={"total_max_attempts": 1}))


@pytest.fixture
def client(botocores_client: Any, gateway: ApiGateway) -> Iterator[Any]:
    botocores_client.meta.events.register("before-send.apigateway", gateway)
    yield botocores_client
    botocores_client.meta.events.unregister("before-send.apigateway", gateway)


@pytest.fixture
def gateway() -> ApiGateway:
    return ApiGateway()


@pytest.fixture
def released(gateway: ApiGateway) -> ApiGateway:
    """The API with a contract released: one route that is signed, one that is not."""
    document = json.loads(a_contract("GET /things/{id} signed", "PUT /things/{id}").replace("${integration_uri}", URI))
    gateway.merge(document)
    gateway.api |= {"name": "dev-things"}
    gateway.live = gateway.deploy("First apply")
    return gateway


GET, PUT = "GET /things/{id} signed", "PUT /things/{id}"


def test_what_is_new_is_added_before_the_code_and_what_is_gone_stays_until_after_it(client, released):
    contract = a_contract(GET, "POST /things")
    done = add(client, TARGET, contract)
    assert done[0] == "added POST /things"
    assert released.served() == {"GET /things/{id}", "PUT /things/{id}", "POST /things"}

    done = settle(client, TARGET, contract)
    assert done[0] == "removed PUT /things/{id}"
    assert released.served() == {"GET /things/{id}", "POST /things"}
    assert [item["description"] for item in released.deployments] == [
        "First apply",
        "Contract 1.2.0 added",
        "Contract 1.2.0 settled",
    ]


def test_what_is_set_for_the_api_stays_as_it_was_its_name_too(client, released):
    before = dict(released.api)
    add(client, TARGET, a_contract(GET, PUT))
    assert released.api == before


def test_paths_and_own_replies_that_nothing_needs_any_more_go_too_and_the_paths_above_stay(client, released):
    add(client, TARGET, a_contract(GET, PUT, "GET /a/b/c", "GET /a", **{RESPONSES: {"ACCESS_DENIED": {}}}))
    assert {"/a/b", "/a/b/c"} <= released.paths
    contract = a_contract(GET, PUT, "GET /a")
    add(client, TARGET, contract)
    done = settle(client, TARGET, contract)
    assert done[:-1] == ["removed GET /a/b/c", "removed /a/b/c", "removed /a/b", "removed ACCESS_DENIED"]
    assert released.paths == {"/", "/a", "/things", "/things/{id}"}
    assert released.responses == set()


def test_each_step_may_run_again(client, released):
    contract = a_contract(GET)
    for _ in range(2):
        add(client, TARGET, contract)
        assert released.served() == {"GET /things/{id}", "PUT /things/{id}"}
    for _ in range(2):
        settle(client, TARGET, contract)
        assert released.served() == {"GET /things/{id}"}


@pytest.mark.parametrize(
    "refused", ["DELETE /resources", "DELETE /gatewayresponses", "POST /deployments", "PATCH /stages"]
)
@pytest.mark.parametrize("routes", [(GET, PUT), (GET,)])
def test_a_step_that_is_cut_short_leaves_the_stage_and_can_be_run_again(client, released, refused, routes):
    add(client, TARGET, a_contract(GET, PUT, "GET /a/b", **{RESPONSES: {"ACCESS_DENIED": {}}}))
    contract = a_contract(*routes)
    add(client, TARGET, contract)
    live = released.live
    released.refused = refused
    with pytest.raises(ClientError, match="Refused"):
        settle(client, TARGET, contract)
    assert released.live == live
    released.refused = "nothing"
    settle(client, TARGET, contract)
    assert released.served() == {route.removesuffix(" signed") for route in routes}
    assert released.deployed_responses[released.live] == set()


def test_own_replies_that_were_removed_and_not_deployed_are_gone_after_the_next_run(client, released):
    add(client, TARGET, a_contract(GET, PUT, **{RESPONSES: {"ACCESS_DENIED": {}}}))
    contract = a_contract(GET, PUT)
    add(client, TARGET, contract)
    released.refused = "POST /deployments"
    with pytest.raises(ClientError, match="Refused"):
        settle(client, TARGET, contract)
    released.refused = "nothing"
    settle(client, TARGET, contract)
    assert released.deployed_responses[released.live] == set()


def test_what_a_release_added_whose_code_was_rolled_back_goes_with_the_next(client, released):
    add(client, TARGET, a_contract(GET, "POST /things"))
    assert released.served() == {"GET /things/{id}", "PUT /things/{id}", "POST /things"}
    mended = a_contract(GET, PUT, "GET /others")
    add(client, TARGET, mended)
    settle(client, TARGET, mended)
    assert released.served() == {"GET /things/{id}", "PUT /things/{id}", "GET /others"}


def test_a_method_that_would_no_longer_be_signed_is_refused_before_anything_is_put(client, released):
    with pytest.raises(ContractRefused, match=r"GET /things/\{id\}: authorization would be NONE, and is AWS_IAM"):
        add(client, TARGET, a_contract("GET /things/{id}", PUT))
    assert not [call for call in released.calls if not call.startswith("GET")]


def test_what_was_changed_by_hand_and_not_deployed_is_not_what_a_contract_is_held_to(client, released):
    released.methods["/things/{id}", "GET"]["authorizationType"] = "NONE"
    with pytest.raises(ContractRefused, match="authorization would be NONE, and is AWS_IAM"):
        add(client, TARGET, a_contract("GET /things/{id}", PUT))


def test_a_method_that_would_lose_its_validator_is_refused_before_anything_is_put(client, released):
    bare = json.loads(a_contract(GET, PUT))
    del bare["x-amazon-apigateway-request-validator"]
    with pytest.raises(ContractRefused) as refused:
        add(client, TARGET, json.dumps(bare))
    assert str(refused.value).splitlines() == [
        "GET /things/{id}: its body and parameters would no longer be validated",
        "PUT /things/{id}: its body and parameters would no longer be validated",
    ]
    assert not [call for call in released.calls if not call.startswith("GET")]


def unsigned(gateway: ApiGateway) -> None:
    gateway.methods["/things/{id}", "GET"]["authorizationType"] = "NONE"


def unvalidated(gateway: ApiGateway) -> None:
    gateway.methods["/things/{id}", "PUT"].pop("requestValidatorId", None)


def elsewhere(gateway: ApiGateway) -> None:
    gateway.methods["/things/{id}", "PUT"]["methodIntegration"]["uri"] = "arn:other"


def lost(gateway: ApiGateway) -> None:
    del gateway.methods["/things/{id}", "PUT"]


def open_to_all(gateway: ApiGateway) -> None:
    gateway.api["policy"] = None


def renamed(gateway: ApiGateway) -> None:
    gateway.api["name"] = "things"


def text_only(gateway: ApiGateway) -> None:
    gateway.api["binaryMediaTypes"] = []


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (unsigned, "GET /things/{id} is NONE, validates body and parameters"),
        (unvalidated, "PUT /things/{id} is NONE, validates nothing"),
        (elsewhere, "invokes arn:other, and was to be"),
        (lost, "PUT /things/{id} is missing"),
        (open_to_all, "policy of the API changed with the import"),
        (renamed, "name of the API changed with the import"),
        (text_only, "image/png was to be a binary media type"),
    ],
)
def test_an_import_that_leaves_the_api_otherwise_than_it_was_to_is_never_deployed(client, released, spoil, reason):
    released.spoil = spoil
    live = released.live
    with pytest.raises(ContractRefused, match=re.escape(reason)):
        add(client, TARGET, a_contract(GET, PUT, **{"x-amazon-apigateway-binary-media-types": ["image/png"]}))
    assert (released.live, len(released.deployments)) == (live, 1)


def test_a_contract_that_was_not_added_is_not_settled(client, released):
    with pytest.raises(ContractRefused, match="POST /things is missing"):
        settle(client, TARGET, a_contract("POST /things"))
    assert not [call for call in released.calls if not call.startswith("GET")]


def test_a_variable_of_a_path_keeps_its_name(client, released):
    reason = r"/things/\{key\}/parts: \{key\} is \{id\} in the API, which has one name for a place; keep it"
    with pytest.raises(ContractRefused, match=reason):
        add(client, TARGET, a_contract(GET, PUT, "GET /things/{key}/parts"))
    assert not [call for call in released.calls if not call.startswith("GET")]


def test_another_api_than_the_services_own_is_refused(client, released):
    released.api["name"] = "dev-others"
    for step in (add, settle):
        with pytest.raises(ContractRefused, match="API api1 is dev-others, not dev-things"):
            step(client, TARGET, a_contract(GET))


@pytest.mark.parametrize(
    ("contract", "reason"),
    [
        ("${integration_uri}", "it is not JSON"),
        ('["${integration_uri}"]', "it is no contract"),
        ('{"title": "${integration_uri}"}', "it has no paths"),
        ("{}", "it has no ${integration_uri}"),
    ],
)
@pytest.mark.usefixtures("released")
def test_what_is_no_contract_is_refused(client, contract, reason):
    with pytest.raises(ContractRefused, match=re.escape(reason)):
        add(client, TARGET, contract)


@pytest.fixture
def moto_api(monkeypatch: pytest.MonkeyPatch) -> Any:
    """An API in moto that answers one route, with its URL in a parameter."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    with mock_aws():
        session = Session()
        client = session.create_client("apigateway")
        made = client.create_rest_api(name="dev-things")
        first = json.dumps(json.loads(a_contract("GET /first").replace("${integration_uri}", URI))).encode()
        client.put_rest_api(restApiId=made["id"], mode="merge", body=first)
        client.create_deployment(restApiId=made["id"], stageName="live")
        url = f"https://{made['id']}.execute-api.us-east-1.amazonaws.com/live"
        session.create_client("ssm").put_parameter(Name="/dev/things/url", Type="String", Value=url)
        client.api_id = made["id"]
        yield client


def run(step: str, contract: str, folder: Path) -> int:
    file = folder / "openapi.json"
    file.write_text(contract)
    return main(
        [
            step,
            *("--contract", str(file), "--api", "dev-things", "--integration-uri", URI),
            *("--url-parameter", "/dev/things/url"),
        ]
    )


def test_the_command_finds_the_api_by_its_parameter_and_does_both_steps(moto_api, tmp_path, capsys):
    # moto's import knows neither authorization nor validators, so here is a contract that has none.
    contract = json.loads(a_contract("GET /second/{id}"))
    del contract["x-amazon-apigateway-request-validator"]
    for step in ("add", "settle"):
        assert run(step, json.dumps(contract), tmp_path) == 0
    paths = {item["path"] for item in moto_api.get_resources(restApiId=moto_api.api_id)["items"]}
    assert paths == {"/", "/second", "/second/{id}"}
    live = moto_api.get_stage(restApiId=moto_api.api_id, stageName="live")["deploymentId"]
    assert moto_api.get_deployment(restApiId=moto_api.api_id, deploymentId=live)["description"] == (
        "Contract 1.2.0 settled"
    )
    assert "removed GET /first" in capsys.readouterr().out


def test_the_command_deploys_nothing_where_the_import_lost_a_signature(moto_api, tmp_path, capsys):
    stage = moto_api.get_stage(restApiId=moto_api.api_id, stageName="live")["deploymentId"]
    assert run("add", a_contract("GET /second signed"), tmp_path) == 1
    error = capsys.readouterr().err.splitlines()
    assert error[0].startswith("release: GET /second is NONE, validates nothing")
    assert error[-1] == "release: the stage keeps its deployment"
    assert moto_api.get_stage(restApiId=moto_api.api_id, stageName="live")["deploymentId"] == stage


@pytest.mark.usefixtures("moto_api")
def test_the_command_says_in_a_line_what_is_missing(tmp_path, capsys):
    absent = str(tmp_path / "absent.json")
    assert main(["add", "--contract", absent, "--api", "a", "--integration-uri", "b", "--url-parameter", "c"]) == 1
    assert "absent.json" in capsys.readouterr().err.splitlines()[0]


@pytest.mark.usefixtures("moto_api")
def test_a_parameter_that_holds_no_url_of_an_api_is_refused():
    ssm = Session().create_client("ssm")
    ssm.put_parameter(Name="/dev/other/url", Type="String", Value="https://example.com/live")
    with pytest.raises(ContractRefused, match="not the URL of a REST API's stage"):
        find(ssm, parameter="/dev/other/url", name="dev-other", integration_uri=URI)


def test_a_release_runs_with_botocore_and_what_that_needs_and_nothing_else():
    # `-I`: a release works beside files that a service's build wrote, which must not be imported in place of these.
    code = "import sys, lambda_lib_release.cli; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    packages = set(done.stdout.split()) - sys.stdlib_module_names
    assert {"botocore", "lambda_lib_release"} <= packages
    found = {name for name in packages if not name.startswith("_")}
    assert found <= {"botocore", "dateutil", "jmespath", "lambda_lib_release", "six", "urllib3", *OPTIONAL}
