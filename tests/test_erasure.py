"""Deleting an account takes profile and location along, whatever fails on the way, if the client asks again."""

import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
import requests
from argon2 import PasswordHasher
from botocore.credentials import Credentials
from botocore.exceptions import ConnectTimeoutError
from botocore.session import Session

from authentication_service.attempts import Attempts
from authentication_service.handler import Resources as AuthenticationResources
from authentication_service.handler import authenticator
from authentication_service.handler import routes as authentication_routes
from authentication_service.profiles import Profiles
from authentication_service.store import AuthenticationStore
from lambda_lib import Authenticator, Handler, ServiceClient
from lambda_lib.testing import (
    Answer,
    FakeService,
    ReceivedRequest,
    Send,
    Table,
    body_of,
    caller_arn,
    find_service_declaration,
    send,
)
from location_service.handler import Resources as LocationResources
from location_service.handler import routes as location_routes
from location_service.model import Location
from location_service.store import LocationStore
from profile_service.handler import Resources as ProfileResources
from profile_service.handler import routes as profile_routes
from profile_service.locations import Locations
from profile_service.store import ProfileStore
from running_sandbox import ROOT, SERVICES, RunningSandbox, User, a_user

ALICE = {"username": "alice", "password": "correct horse battery"}
DELETE, CASCADE = "DELETE /users/{user_id}", {"cascade": "true"}
FAILURE: Answer = (429, {})  # after which no caller tries once more by itself
PAGE, PLACE = {"display_name": "Ada"}, {"latitude": 51.5072, "longitude": -0.1276}


class ThreeServices:
    """The services as they are, each before a table of its own, and HTTP between them.

    Attributes:
        tables: Their tables.
        authentication: Where Alice's requests go, who has a profile and a location.
        failing: A route that fails, as soon as it has been answered so often since.
        is_done: Whether it does what it is asked before it fails.
    """

    def __init__(self, aws: Session, fake_service: Callable[[str], FakeService]) -> None:
        self.failing: tuple[str, int] | None = None
        self.is_done = False
        self._answered: Counter[str] = Counter()
        self.tables = {name: self._table(name, aws) for name in SERVICES}
        client = partial(ServiceClient, environment="dev", region="us-east-1", session=aws, pause=lambda _: None)
        self.authentication = self._authentication(client())
        self._locations = LocationStore(self.tables["location"].client, self.tables["location"].name)
        location = Handler(
            location_routes, resources=LocationResources(self._locations), authenticate=Authenticator(client())
        )
        self._profiles = ProfileStore(self.tables["profile"].client, self.tables["profile"].name)
        resources = ProfileResources(self._profiles, Locations(client()))
        profile = Handler(profile_routes, resources=resources, authenticate=Authenticator(client()))
        for name, handler, route in (
            ("authentication", self.authentication, "POST /introspect"),
            ("location", location, "DELETE /locations/{user_id}"),
            ("profile", profile, "DELETE /profiles/{user_id}"),
        ):
            sent = route.format(user_id="alice")
            fake_service(name).answers[sent] = partial(self._answer, handler, route)

    @staticmethod
    def _table(name: str, aws: Session) -> Table:
        declared = find_service_declaration(ROOT / "services" / name / "tests").table_declaration()
        return declared.create(aws.create_client("dynamodb"))

    def _authentication(self, services: ServiceClient) -> Handler[AuthenticationResources]:
        table = self.tables["authentication"]
        resources = AuthenticationResources(
            store=AuthenticationStore(table.client, table.name),
            attempts=Attempts(table.client, table.name),
            profiles=Profiles(services),
            hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1),
            clock=lambda: 1_800_000_000.0,
            random=secrets.token_bytes,
        )
        return Handler(authentication_routes, resources=resources, authenticate=authenticator(resources))

    def _answer(self, handler: Any, route: str, request: ReceivedRequest) -> Answer:
        fails = self.failing is not None and self.failing[0] == route and self._answered[route] >= self.failing[1]
        if fails and not self.is_done:
            return FAILURE
        caller = caller_arn("profile") if "X-Amz-Date" in request.headers else None
        headers = dict(request.headers)
        reply = send(handler, route, path={"user_id": "alice"}, headers=headers, body=request.body, caller=caller)
        if fails:
            return FAILURE
        self._answered[route] += 1
        return reply["statusCode"], body_of(reply, reply["statusCode"]) if reply["body"] else None

    def fill(self) -> None:
        """Alice gets a profile and a location."""
        self._profiles.put("alice", PAGE, version="v1")
        self._locations.put("alice", Location(**PLACE), version="v1")

    def left(self) -> list[str]:
        """The keys of what is left of Alice's, but for her ended session and her name, which nobody gets."""
        items = [item for table in self.tables.values() for item in table.client.scan(TableName=table.name)["Items"]]
        keys = [item.get("pk", item.get("user_id", {}))["S"] for item in items if item != {"pk": {"S": "user#alice"}}]
        return [key for key in keys if not key.startswith(("session#", "attempts#", "sign-ups#", "guesses#"))]


@pytest.fixture
def services(aws: Session, fake_service: Callable[[str], FakeService]) -> ThreeServices:
    return ThreeServices(aws, fake_service)


@pytest.fixture
def delete(services: ThreeServices) -> Send:
    """Sends Alice's request to delete her account with all that is hers."""
    send(services.authentication, "POST /users", body=ALICE)
    token = body_of(send(services.authentication, "POST /sessions", body=ALICE), 201)["token"]
    services.fill()
    headers = {"Authorization": f"Bearer {token}"}
    return partial(send, services.authentication, DELETE, path={"user_id": "alice"}, query=CASCADE, headers=headers)


@contextmanager
def failing(services: ThreeServices, step: tuple[str, Any], *, is_done: bool) -> Iterator[None]:
    """A step of the deletion fails: a route of a service, or an operation on a service's table."""
    where, what = step
    if where == "route":
        services.failing, services.is_done = what, is_done
        yield
        services.failing = None
        return

    def fail(**_: object) -> None:
        raise ConnectTimeoutError(endpoint_url="https://dynamodb.us-east-1.amazonaws.com")

    events = services.tables[where].client.meta.events
    event = f"{'after' if is_done else 'before'}-call.dynamodb.{what}"
    events.register(event, fail)
    yield
    events.unregister(event, fail)


# In the order in which they are done.
STEPS: list[tuple[str, Any]] = [
    ("authentication", "GetItem"),
    ("route", ("DELETE /profiles/{user_id}", 0)),
    ("route", ("POST /introspect", 0)),  # by profile
    ("route", ("DELETE /locations/{user_id}", 0)),
    ("route", ("POST /introspect", 1)),  # by location
    ("location", "DeleteItem"),
    ("profile", "DeleteItem"),
    ("authentication", "PutItem"),
]


@pytest.mark.parametrize("is_done", [False, True], ids=["before it is done", "after it is done"])
@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step[0]} {step[1]}")
def test_who_asks_again_after_a_failed_step_leaves_nothing(
    step: tuple[str, Any],
    is_done: bool,  # noqa: FBT001
    services: ThreeServices,
    delete: Send,
) -> None:
    with failing(services, step, is_done=is_done):
        assert delete()["statusCode"] == 503
    is_over = step == STEPS[-1] and is_done  # only the answer was lost
    assert ("user#alice" in services.left()) != is_over

    assert delete()["statusCode"] == (401 if is_over else 204)
    assert services.left() == []


def test_nothing_fails_and_nothing_is_left(services: ThreeServices, delete: Send) -> None:
    assert sorted(services.left()) == ["alice", "alice", "user#alice"]

    assert delete()["statusCode"] == 204
    assert services.left() == []


def test_a_profile_is_in_the_way_of_a_deletion_without_cascade_and_a_location_alone_is_not(
    services: ThreeServices, delete: Send
) -> None:
    assert delete(query={})["statusCode"] == 409
    assert sorted(services.left()) == ["alice", "alice", "user#alice"]

    services.tables["profile"].client.delete_item(TableName="dev-profile", Key={"user_id": {"S": "alice"}})
    assert delete(query={})["statusCode"] == 204
    assert services.left() == []


def with_profile_and_location(sandbox: RunningSandbox) -> User:
    user = a_user(sandbox)
    path = f"/profiles/{user.user_id}"
    assert sandbox.call("PUT", "profile", path, body=PAGE, headers=user.bearer).status_code == 204
    assert sandbox.call("PUT", "profile", f"{path}/location", body=PLACE, headers=user.bearer).status_code == 204
    return user


def statuses_left(sandbox: RunningSandbox, user: User) -> list[int]:
    """What is answered of the user's profile, location, and session."""
    operator: Credentials = sandbox.assume("dev-load-operator")
    location = f"/locations/{user.user_id}?consistent=true"
    return [
        sandbox.call("GET", "profile", f"/profiles/{user.user_id}").status_code,
        sandbox.call("GET", "location", location, credentials=operator).status_code,
        sandbox.call("DELETE", "authentication", "/sessions/current", headers=user.bearer).status_code,
    ]


@pytest.mark.xdist_group("running sandbox")
def test_in_the_running_system_an_account_goes_with_profile_and_location(sandbox: RunningSandbox) -> None:
    user = with_profile_and_location(sandbox)
    path = f"/users/{user.user_id}"

    kept = sandbox.call("DELETE", "authentication", path, headers=user.bearer)
    assert (kept.status_code, kept.json()["code"]) == (409, "profile_exists")
    assert sandbox.call("GET", "profile", f"/profiles/{user.user_id}").json()["location_status"] == "available"

    gone = sandbox.call("DELETE", "authentication", f"{path}?cascade=true", headers=user.bearer)
    assert gone.status_code == 204, gone.text
    assert statuses_left(sandbox, user) == [404, 404, 401]
    again = {"username": user.user_id, "password": secrets.token_urlsafe(16)}
    assert sandbox.call("POST", "authentication", "/users", body=again).status_code == 409


@pytest.mark.xdist_group("running sandbox")
def test_in_the_running_system_who_never_hears_an_answer_and_asks_again_leaves_nothing(
    sandbox: RunningSandbox,
) -> None:
    user = with_profile_and_location(sandbox)
    url = sandbox.url("authentication", f"/users/{user.user_id}?cascade=true")
    for patience_s in (0.001, 0.01, 0.1):
        try:
            requests.delete(url, headers=user.bearer, timeout=patience_s)
        except requests.Timeout:
            continue

    last = requests.delete(url, headers=user.bearer, timeout=30).status_code
    assert last in {204, 401}
    assert statuses_left(sandbox, user) == [404, 404, 401]
