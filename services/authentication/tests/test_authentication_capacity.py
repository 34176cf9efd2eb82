"""What each route costs, as the docstrings and the README say: capacity units, operations, sizes of items."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hcl2
import pytest

from authentication_service.attempts import MAX_OF_SOURCE, Attempts
from authentication_service.handler import Resources, routes
from authentication_service.model import Session, User
from authentication_service.store import AuthenticationStore
from lambda_lib import Handler, Public
from lambda_lib.testing import Send, Table

type SignIn = Callable[..., dict[str, str]]

TFVARS = Path(__file__).parents[1] / "service.tfvars"
ALICE = {"username": "alice", "password": "correct horse battery"}
WRONG = ALICE | {"password": "wrong password"}
CHANGE = {"current_password": ALICE["password"], "new_password": "another horse entirely"}
TOKEN = "<the token>"

# Route, body, read units, write units; Alice has signed up and in, from this source.
COSTS: list[tuple[str, Any, float, float]] = [
    ("POST /users", ALICE | {"username": "bob"}, 0, 2),
    ("POST /users", ALICE, 0, 2),
    ("POST /users", ALICE | {"username": "admin"}, 0, 0),
    ("POST /users", ALICE | {"password": "1q2w3e4r5t6y"}, 0, 0),
    ("POST /sessions", ALICE, 1, 2),
    ("POST /sessions", WRONG, 1, 2),
    ("POST /sessions", WRONG | {"username": "bob"}, 1, 2),
    ("DELETE /sessions/current", None, 2, 1),
    ("DELETE /sessions", None, 3, 1),
    ("PUT /users/{user_id}/password", CHANGE, 4, 3),
    ("PUT /users/{user_id}/password", CHANGE | {"current_password": "wrong password"}, 3, 2),
    ("DELETE /users/{user_id}", None, 3, 1),
    ("POST /introspect", {"token": TOKEN}, 2, 0),
    ("POST /introspect", {"token": "A" * 43}, 1, 0),
    ("POST /introspect", {"token": "nobodys-token"}, 0, 0),
]


@pytest.mark.usefixtures("profile")
@pytest.mark.parametrize(("route", "body", "read", "written"), COSTS, ids=repr)
def test_a_route_costs_what_is_said_of_it(  # noqa: PLR0913, PLR0917  a row and fixtures
    route: str,
    body: Any,
    read: float,
    written: float,
    send: Send,
    handler: Handler[Resources],
    sign_in: SignIn,
    meter: Any,
) -> None:
    bearer = sign_in()
    if body == {"token": TOKEN}:
        body = {"token": bearer["Authorization"].removeprefix("Bearer ")}
    meter.reset()

    reply = send(handler, route, path={"user_id": "alice"}, headers=bearer, body=body)

    assert reply["statusCode"] < 500
    assert (meter.read, meter.written) == (read, written)


def test_every_route_is_in_the_table_above() -> None:
    assert {route.name for route in routes.all} == {route for route, *_ in COSTS}


def test_a_sign_in_from_somewhere_new_costs_two_writes_more(
    send: Send, handler: Handler[Resources], from_source: Callable[[str], Any], meter: Any
) -> None:
    send(handler, "POST /users", body=ALICE)
    meter.reset()

    assert send(from_source("198.51.100.7"), "POST /sessions", body=ALICE)["statusCode"] == 201

    assert (meter.read, meter.written) == (1, 4)


def test_of_attempts_that_are_not_admitted_the_first_costs_one_write_unit_and_the_next_nothing(
    send: Send, handler: Handler[Resources], hasher: Any, meter: Any
) -> None:
    for _ in range(5):
        send(handler, "POST /sessions", body=WRONG)
    verified = hasher.verified
    costs = []

    for _ in range(3):
        meter.reset()
        assert send(handler, "POST /sessions", body=WRONG)["statusCode"] == 429
        costs.append((meter.read, meter.written))

    assert costs == [(0, 1), (0, 0), (0, 0)]
    assert hasher.verified == verified


def test_one_source_takes_no_more_than_is_said_in_a_minute_however_many_requests_it_sends(
    send: Send, handler: Handler[Resources], meter: Any
) -> None:
    for number in range(63):
        send(handler, "POST /sessions", body=WRONG | {"username": f"user-{number}"})
        send(handler, "POST /users", body=ALICE)

    # 60 attempts of one read and two writes, 60 sign-ups of two writes, and the first refusal of either.
    assert (meter.read, meter.written) == (60, 60 * 2 + 60 * 2 + 2)


def test_a_flood_of_made_up_tokens_leaves_read_units_to_sign_ins() -> None:
    declared = hcl2.loads(TFVARS.read_text(encoding="utf-8"))
    throttles = {route.strip('"'): throttle for route, throttle in declared["method_throttles"].items()}
    costs_of_made_up_token = {route.name: 1 for route in routes.all if not isinstance(route.access, Public)}

    assert throttles.keys() == costs_of_made_up_token.keys()
    taken = sum(throttles[route]["rate_per_s"] * cost for route, cost in costs_of_made_up_token.items())
    assert taken < declared["table"]["read_capacity"]


def test_the_largest_items_are_below_one_write_unit(table: Table, meter: Any) -> None:
    store, attempts = AuthenticationStore(table.client, table.name), Attempts(table.client, table.name)
    now = 9_999_999_999
    hashed = "$argon2id$v=19$m=19456,t=2,p=1$" + "A" * 22 + "$" + "A" * 43
    user = User("a" * 32, hashed, "f" * 32, tuple(str(number) * 16 for number in range(5)))
    store.add_user(user)
    store.add_session(Session("f" * 64, user.user_id, user.generation, signed_in_at=now, expires_at=now + 43200))
    for number in range(MAX_OF_SOURCE):
        attempts.admit("f" * 16, f"user-{number}", now=now)
    attempts.admit_guess(user.user_id, now=now)
    attempts.admit_sign_up("f" * 16, now=now)

    assert meter.written == 64  # writes, each of one unit
    assert meter.largest_bytes < 1024


@pytest.mark.usefixtures("profile")
def test_the_operations_of_all_routes_are_those_that_the_function_may_do(
    send: Send, handler: Handler[Resources], sign_in: SignIn, meter: Any
) -> None:
    for number, (route, body, _read, _written) in enumerate(COSTS):
        user = ALICE | {"username": f"user-{number}"}
        send(handler, route, path={"user_id": user["username"]}, headers=sign_in(user), body=body)

    declared = re.search(r"actions += \[(.*)\]", TFVARS.read_text(encoding="utf-8"))
    assert declared is not None
    assert sorted(set(meter.operations)) == json.loads(f"[{declared[1]}]")
