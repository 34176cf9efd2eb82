"""What the stores' docstrings say of capacity is what the sandbox, which charges as DynamoDB does, takes for it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from location_service.model import Location
from location_service.store import LocationStore
from profile_service.model import Profile
from profile_service.store import ProfileStore
from running_sandbox import RunningSandbox

pytestmark = pytest.mark.xdist_group("running sandbox")

LOCATION = Location(
    latitude=-12.3456789,
    longitude=-123.4567891,
    label="\U0001f3f0" * 100,
    accuracy_m=12_345_678.91,
    fixed_at=datetime(2026, 11, 24, 9, 0, 0, tzinfo=UTC),
)
SMALL = Profile(display_name="A").model_dump(exclude_none=True)
LARGE = Profile(display_name="\U0001f3f0" * 80, bio="\U0001f3f0" * 1000, location_visibility="public").model_dump()
STATED = re.compile(r"[0-9.]+(?= (?:read|write) units?)|[0-9.]+(?= to )|(?<=or )[0-9.]+")


@pytest.fixture
def consumed(sandbox: RunningSandbox) -> tuple[Any, list[float]]:
    """A client whose requests ask for the units they consume, and those units."""
    client = sandbox.aws("dynamodb")
    units: list[float] = []
    client.meta.events.register(
        "before-parameter-build.dynamodb", lambda params, **_: params.update(ReturnConsumedCapacity="TOTAL")
    )
    client.meta.events.register(
        "after-call.dynamodb", lambda parsed, **_: units.append(parsed["ConsumedCapacity"]["CapacityUnits"])
    )
    return client, units


def stated(method: Callable[..., Any]) -> list[float]:
    """The units in a method's docstring."""
    (sentence,) = re.findall(r"Capacity: ([^\n]*)", method.__doc__ or "")
    return [float(number) for number in STATED.findall(sentence)]


def test_locations_cost_what_is_stated(consumed: tuple[Any, list[float]]) -> None:
    client, units = consumed
    store = LocationStore(client, "dev-location")
    user_id = "a" * 32
    store.put(user_id, LOCATION, version="0123456789abcdef")
    store.get(user_id)
    store.get(user_id, consistent=True)
    store.delete(user_id)
    store.delete(user_id)
    put, read, consistent, delete, again = units
    assert [put] == stated(LocationStore.put)
    assert [read, consistent] == stated(LocationStore.get)
    assert [delete] == [again] == stated(LocationStore.delete)


def test_profiles_cost_what_is_stated_from_the_smallest_to_the_largest(consumed: tuple[Any, list[float]]) -> None:
    client, units = consumed
    store = ProfileStore(client, "dev-profile")
    for user_id, members in (("aaa", SMALL), ("b" * 32, LARGE)):
        store.put(user_id, members, version="0123456789abcdef")
        store.change(user_id, {}, version="0123456789abcdee")
        store.get(user_id)
        store.delete(user_id)
    methods = [ProfileStore.put, ProfileStore.change, ProfileStore.get, ProfileStore.delete]
    assert len(units) == 2 * len(methods)
    for method, least, most in zip(methods, units[:4], units[4:], strict=True):
        assert [least, most] == stated(method)
