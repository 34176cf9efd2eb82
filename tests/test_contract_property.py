"""API Gateway refuses nothing that the function behind it accepts, however its documentation is read.

Requests are made from each service's contract and sent through the sandbox's gateway, which reads the contract as
strictly as it may be read, to the service's handler in this process. What the gateway refuses is sent to the handler
once more, past the gateway, and has to be refused there too. Whoever refuses does so in one form, and no reply is other
than the contract says. A gateway that read the contract less strictly would leave more to the handler.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

import pytest
from argon2 import PasswordHasher
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.session import Session
from hypothesis import HealthCheck, Phase, given, settings
from moto import mock_aws
from openapi_schema_validator import OAS30ReadValidator

import authentication_service.handler as authentication
import every_kind_of_route as everything
import location_service.handler as location
import profile_service.handler as profile
from authentication_service.attempts import Attempts
from authentication_service.logic import new_session
from authentication_service.model import User
from authentication_service.passwords import hash_password
from authentication_service.profiles import Profiles
from authentication_service.store import AuthenticationStore
from contract_requests import HOST, ODD_VALUES, TOKEN, Made, requests
from lambda_lib import Handler, Identity, Problem, Routes, Unauthenticated
from lambda_lib.contract import contract
from lambda_lib.reply import Reply
from lambda_lib.testing import Context
from location_service.store import LocationStore
from profile_service.locations import Locations
from profile_service.store import ProfileStore
from sandbox.access.identity import Identities
from sandbox.declaration import RestApi, Role, Stage
from sandbox.functions import Invocation
from sandbox.gateway.api import DeployedApi
from sandbox.gateway.messages import Request, Response
from sandbox.monitoring.logs import Logs
from sandbox.monitoring.metrics import Metrics

REQUESTS = {"authentication": 800, "location": 800, "profile": 800, "everything": 2000}
REGION, ACCOUNT = "us-east-1", "123456789012"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:it"
INTEGRATION = {
    "type": "aws_proxy",
    "httpMethod": "POST",
    "uri": f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{FUNCTION}:live/invocations",
}
REQUEST_ID = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
PASSWORD = "correct horse battery staple"
INVOKE = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}}
CALLER = Role(name="caller", arn=f"arn:aws:iam::{ACCOUNT}:role/caller", trust_policy={}, policies=(INVOKE,))


class Unheard:
    """Writes no log."""

    def record(self, outcome: object) -> None:
        del outcome


class OnceEach:
    """Has seen no idempotency key before."""

    def once(self, *, key: str, scope: str, payload: object, answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        del key, scope, payload
        return answer()


class Neighbours:
    """Answers for the location service, which knows where everybody is, and for profile, which deletes anything."""

    def call(self, service: str, method: str, template: str, **request: Any) -> Reply:
        del service, template, request
        document = {"latitude": 1.5, "longitude": 2.5, "label": None}
        return Reply(204, b"") if method in {"PUT", "DELETE"} else Reply(200, json.dumps(document).encode())


def authenticate(token: str) -> Identity:
    if token != TOKEN:
        raise Unauthenticated("The token is not valid.")
    return Identity("ada", token)


@contextmanager
def a_table(key: str) -> Iterator[Any]:
    with mock_aws():
        client = Session().create_client("dynamodb", region_name=REGION)
        client.create_table(
            TableName="it",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


def with_ada(handler: Handler[Any], client: Any, resources: authentication.Resources) -> Any:
    """The handler, before which Ada has just signed up and in, and nobody has made an attempt, at each request."""
    ada = User("ada", hash_password(PASSWORD, salt=bytes(16), hasher=resources.hasher), "a generation")

    def handle(event: Any, context: Any) -> dict[str, Any]:
        for item in client.scan(TableName="it")["Items"]:
            client.delete_item(TableName="it", Key={"pk": item["pk"]})
        resources.store.add_user(ada)
        resources.store.add_session(new_session(TOKEN, ada, now=resources.clock()))
        return handler(event, context)

    return handle


@contextmanager
def a_service(name: str) -> Iterator[tuple[Handler[Any], Routes[Any]]]:
    make = partial(Handler, authenticate=authenticate, telemetry=Unheard())
    match name:
        case "authentication":
            with a_table("pk") as client:
                numbers = count(1)
                resources: Any = authentication.Resources(
                    store=AuthenticationStore(client, "it"),
                    attempts=Attempts(client, "it"),
                    profiles=Profiles(Neighbours()),
                    hasher=PasswordHasher(1, 8, 1),
                    clock=lambda: 1.8e9,
                    random=lambda size: next(numbers).to_bytes(size),
                )
                handler = make(authentication.routes, resources=resources)
                yield with_ada(handler, client, resources), authentication.routes
        case "location":
            with a_table("user_id") as client:
                resources = location.Resources(LocationStore(client, "it"))
                yield make(location.routes, resources=resources), location.routes
        case "profile":
            with a_table("user_id") as client:
                resources = profile.Resources(ProfileStore(client, "it"), Locations(Neighbours()))
                yield make(profile.routes, resources=resources), profile.routes
        case _:
            handler = make(everything.routes, resources=everything.Nothing(), idempotency=OnceEach())
            yield handler, everything.routes


class InProcess:
    """Stands for Lambda: calls a handler, and keeps the last event that it was sent."""

    def __init__(self, handler: Handler[Any]) -> None:
        self.handler = handler
        self.event: dict[str, Any] | None = None

    def permits(self, *_function: object, **_caller: object) -> bool:
        return True

    async def invoke(self, _name: str, _qualifier: str, event: bytes, *, trace_id: str) -> Invocation:
        del trace_id
        self.event = json.loads(event)
        reply = self.handler(self.event, Context())
        return Invocation(200, json.dumps(reply).encode(), None, "1", REQUEST_ID)


@dataclass
class Behind:
    """A service behind its gateway.

    Attributes:
        document: Its contract.
        outcomes: Requests, by who refused them or by that they were accepted.
        accepted: Operations that a request was accepted by.
    """

    handler: Handler[Any]
    routes: Routes[Any]
    outcomes: Counter[str] = field(default_factory=Counter)
    accepted: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.document = contract(self.routes)
        for item in self.document["paths"].values():
            for operation in item.values():
                operation["x-amazon-apigateway-integration"] = INTEGRATION
        self.schemas = {name: nullable(part) for name, part in self.document["components"]["schemas"].items()}
        self.functions = InProcess(self.handler)
        self.identities = Identities(account_id=ACCOUNT, roles=[CALLER])
        self.loop = asyncio.new_event_loop()
        without = "x-amazon-apigateway-request-validator"
        greedy = {"x-amazon-apigateway-any-method": {"x-amazon-apigateway-integration": INTEGRATION}}
        self.checked = self._api(self.document)
        self.unchecked = self._api({name: part for name, part in self.document.items() if name != without})
        self.wide_open = self._api({"paths": {"/": greedy, "/{path+}": greedy}})

    def _api(self, body: Mapping[str, Any]) -> DeployedApi:
        metrics = Metrics()
        stage = Stage(name="live", variables={}, method_throttles={})
        return DeployedApi(
            RestApi(id="a1b2c3d4e5", name="it", service="it", body=body, policy=None, stages=(stage,)),
            functions=self.functions,
            identities=self.identities,
            metrics=metrics,
            logs=Logs(metrics=metrics, account_id=ACCOUNT, region=REGION),
            region=REGION,
            account_id=ACCOUNT,
        )

    def send(self, api: DeployedApi, request: Request) -> tuple[Response, dict[str, Any] | None]:
        """The response, and the event that the handler got, if it got one."""
        self.functions.event = None
        response = self.loop.run_until_complete(api.handle(request, now=time.time(), request_id=REQUEST_ID))
        return response, self.functions.event

    def signed(self, request: Request) -> Request:
        session = self.identities.assume(CALLER.arn, "it", now=time.time())
        url = f"http://{HOST}{request.path}" + (f"?{request.query}" if request.query else "")
        headers = {name: value for name, value in request.headers if value.strip()}
        to_sign = AWSRequest(request.method, url, headers=headers, data=request.body)
        keys = Credentials(session.access_key_id, session.secret_access_key, session.session_token)
        SigV4Auth(keys, "execute-api", REGION).add_auth(to_sign)
        fields = tuple(to_sign.headers.items())
        return Request(request.method, request.path, request.query, fields, request.body, request.source_ip)

    @property
    def told(self) -> str:
        """How many requests went which way."""
        return ", ".join(f"{count} {outcome}" for outcome, count in sorted(self.outcomes.items()))

    def operation(self, event: Mapping[str, Any]) -> Mapping[str, Any]:
        """The operation that an event was sent for."""
        found: Mapping[str, Any] = self.document["paths"][event["resource"]][event["httpMethod"].lower()]
        return found

    def check(self, made: Made) -> None:
        request = self.signed(made.request) if made.signed else made.request
        response, event = self.send(self.checked, request)
        if event is None:
            self.outcomes["refused by the gateway"] += 1
            self.check_refusal(request, response)
            return
        self.assert_is_declared(self.operation(event), response)
        if response.status < 400:
            self.outcomes["accepted"] += 1
            self.accepted.add((event["httpMethod"], event["resource"]))
        else:
            self.outcomes["refused by the handler"] += 1
            assert_is_problem(response)

    def check_refusal(self, request: Request, response: Response) -> None:
        assert_is_problem(response)
        past, event = self.send(self.unchecked, request)
        if event is not None:
            assert json.loads(response.body)["code"] == "invalid_request"
            self.assert_is_declared(self.operation(event), response)
        else:  # it was refused before its parameters and its body were looked at
            past, event = self.send(self.wide_open, request)
            assert event is not None
        assert past.status >= 400, f"the handler accepts what the gateway refuses: {response.body!r}"

    def assert_is_declared(self, operation: Mapping[str, Any], response: Response) -> None:
        declared = operation["responses"].get(str(response.status))
        assert declared, f"{operation['operationId']} does not declare {response.status}: {response.body!r}"
        if "content" not in declared:
            assert not response.body
            return
        content = declared["content"][(header(response, "content-type") or "").partition(";")[0]]
        if (header(response, "content-type") or "").endswith("json"):
            document = json.loads(response.body)
            schema = {**content["schema"], "components": {"schemas": self.schemas}}
            OAS30ReadValidator(schema).validate(document)
            assert response.status < 400 or document["code"] in content["examples"]


def nullable(schema: Any) -> Any:
    """A schema whose `nullable` the validator heeds beside `allOf` and `anyOf`, too, as generators of clients do."""
    if isinstance(schema, list):
        return [nullable(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: nullable(part) for name, part in schema.items()}
    return {"anyOf": [made, {"enum": [None]}]} if made.get("nullable") and "type" not in made else made


def header(response: Response, name: str) -> str | None:
    return next((value for known, value in response.headers if known.lower() == name), None)


def assert_is_problem(response: Response) -> None:
    """One form, whoever refuses."""
    document = json.loads(response.body)
    problem = Problem.model_validate(document, extra="forbid", strict=True)
    assert list(document)[:5] == ["type", "title", "status", "detail", "code"]
    assert problem.status == response.status >= 400
    assert problem.correlation_id == REQUEST_ID
    assert problem.detail
    assert header(response, "content-type") == "application/problem+json"
    assert header(response, "cache-control") == "no-store"


@pytest.mark.parametrize("name", REQUESTS)
def test_the_gateway_refuses_nothing_that_the_handler_accepts(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    with a_service(name) as (handler, routes):
        behind = Behind(handler, routes)
        generated = settings(
            max_examples=REQUESTS[name],
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        try:
            generated(given(requests(behind.document))(behind.check))()
        finally:
            behind.loop.close()
    record_property("requests", f"{name}: {behind.told}")
    operations = {(verb.upper(), path) for path, item in behind.document["paths"].items() for verb in item}
    assert behind.accepted == operations
    assert len(behind.outcomes) == 3
    assert min(behind.outcomes.values()) >= REQUESTS[name] // 20, behind.told


def test_that_holds_for_each_member_of_a_body_and_each_odd_value(
    record_property: Callable[[str, object], None],
) -> None:
    with a_service("everything") as (handler, routes):
        behind = Behind(handler, routes)
        members = behind.document["components"]["schemas"]["Everything"]["properties"]
        headers = (("Host", HOST), ("Content-Type", "application/json"))
        for name in (*members, "number"):
            for value in ODD_VALUES:
                body = json.dumps({"name": "a", "code": "b", name: value}).encode()
                request = Request("PUT", "/live/everything/a", "", headers, body, "127.0.0.1")
                behind.check(Made(request, signed=False))
        behind.loop.close()
    record_property("requests", f"everything, each member with each odd value: {behind.told}")
    assert min(behind.outcomes.values()) > 100, behind.told


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        (b'{"latitude": 90, "longitude": 1}', False),
        (b'{"latitude": 90.00000000000000001, "longitude": 1}', True),
    ],
)
def test_a_number_that_only_rounding_brings_within_its_bounds_is_refused_by_the_gateway_alone(
    body: bytes, *, refused: bool
) -> None:
    with a_service("location") as (handler, routes):
        behind = Behind(handler, routes)
        headers = (("Host", HOST), ("Content-Type", "application/json"), ("X-User-Token", TOKEN))
        request = behind.signed(Request("PUT", "/live/locations/ada", "", headers, body, "127.0.0.1"))
        response, event = behind.send(behind.checked, request)
        past, _ = behind.send(behind.unchecked, request)
        behind.loop.close()
    assert (response.status, event is None) == ((400, True) if refused else (204, False))
    assert past.status == 204
