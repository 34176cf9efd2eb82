"""Where services are: the parameter store is read rarely, never for long, and never twice at the same time."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from typing import Any, cast

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectTimeoutError
from botocore.session import Session

from lambda_lib._deadline import DeadlineExceeded
from lambda_lib._invocation import Invocation, invocation
from lambda_lib._urls import ServiceUrls
from lambda_lib.errors import ServiceUnavailable

URL = "https://abc123.execute-api.us-east-1.amazonaws.com/live"
ANOTHER_URL = "https://def456.execute-api.us-east-1.amazonaws.com/live"


@dataclass
class ParameterStore:
    """Stands for SSM, and for the session that makes its client."""

    url: str | Exception = URL
    reads: int = 0
    configs: list[Config] = field(default_factory=list)

    def create_client(self, service: str, *, region_name: str, config: Config) -> "ParameterStore":
        assert (service, region_name) == ("ssm", "us-east-1")
        self.configs.append(config)
        return self

    def get_parameter(self, *, Name: str) -> Any:  # noqa: N803  SSM's own name
        assert Name == "/dev/location/url"
        self.reads += 1
        if isinstance(self.url, Exception):
            raise self.url
        return {"Parameter": {"Value": self.url}}


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


NOT_FOUND = ClientError({"Error": {"Code": "ParameterNotFound"}}, "GetParameter")


def urls_of(store: Any, clock: Clock | None = None) -> ServiceUrls:
    return ServiceUrls(environment="dev", region="us-east-1", session=cast("Session", store), clock=clock or Clock())


def test_a_url_is_read_once_and_only_when_it_is_needed() -> None:
    store = ParameterStore(f"{URL}/")
    urls = urls_of(store)
    assert store.configs == []
    assert [urls.url("location") for _ in range(2)] == [URL] * 2
    assert store.reads == 1


@pytest.mark.parametrize("failure", [NOT_FOUND, ConnectTimeoutError(endpoint_url="https://ssm")])
def test_a_failure_is_remembered_for_a_while(failure: Exception) -> None:
    store, clock = ParameterStore(failure), Clock()
    urls = urls_of(store, clock)
    retry_after_s = []
    for now in (100.0, 101.5, 104.9):
        clock.now = now
        with pytest.raises(ServiceUnavailable) as caught:
            urls.url("location")
        retry_after_s.append(caught.value.retry_after_s)
    assert store.reads == 1
    assert retry_after_s == [5, 4, 1]


@pytest.mark.parametrize(
    "value", ["", "not yet known", "abc123.execute-api.us-east-1.amazonaws.com", "https://", f"{URL}?a=1"]
)
def test_a_parameter_that_is_no_url_is_as_good_as_none(value: str) -> None:
    store, clock = ParameterStore(value), Clock()
    urls = urls_of(store, clock)
    with pytest.raises(ServiceUnavailable):
        urls.url("location")
    store.url = URL
    clock.now = 105.0
    assert urls.url("location") == URL


def test_a_service_is_found_once_its_parameter_is_there() -> None:
    store, clock = ParameterStore(NOT_FOUND), Clock()
    urls = urls_of(store, clock)
    with pytest.raises(ServiceUnavailable):
        urls.url("location")
    store.url = URL
    clock.now = 105.0
    assert urls.url("location") == URL


def test_a_url_that_is_doubted_is_read_again() -> None:
    store, clock = ParameterStore(), Clock()
    urls = urls_of(store, clock)
    urls.url("location")
    store.url = ANOTHER_URL
    clock.now = 200.0
    assert urls.url("location") == URL
    urls.doubt("location")
    assert [urls.url("location") for _ in range(2)] == [ANOTHER_URL] * 2
    assert store.reads == 2


def test_a_url_that_is_doubted_again_and_again_is_read_every_five_seconds() -> None:
    store, clock = ParameterStore(), Clock()
    urls = urls_of(store, clock)
    for tenth in range(101):
        clock.now = 100.0 + tenth / 10
        urls.url("location")
        urls.doubt("location")
    assert store.reads == 3


def test_a_url_that_is_doubted_and_cannot_be_read_is_kept() -> None:
    store, clock = ParameterStore(), Clock()
    urls = urls_of(store, clock)
    urls.url("location")
    store.url = NOT_FOUND
    clock.now = 200.0
    urls.doubt("location")
    assert [urls.url("location") for _ in range(2)] == [URL] * 2
    assert store.reads == 2
    store.url = ANOTHER_URL
    clock.now = 205.0
    assert urls.url("location") == ANOTHER_URL


@pytest.mark.parametrize(("remaining_s", "timeout_s"), [(None, 1.0), (30.0, 1.0), (2.7, 0.5)])
def test_the_timeouts_of_a_read_fit_into_the_time_that_is_left(remaining_s: float | None, timeout_s: float) -> None:
    store = ParameterStore()
    with invocation(Invocation("abc", deadline_s=None if remaining_s is None else 100.0 + remaining_s)):
        urls_of(store).url("location")
    (config,) = cast("list[Any]", store.configs)
    assert config.read_timeout == pytest.approx(timeout_s)
    assert config.connect_timeout == pytest.approx(timeout_s / 3)  # of each of three addresses


def test_with_too_little_time_left_nothing_is_read_and_nothing_is_held_against_the_parameter_store() -> None:
    store = ParameterStore()
    urls = urls_of(store)
    with invocation(Invocation("abc", deadline_s=100.5)), pytest.raises(DeadlineExceeded):
        urls.url("location")
    assert store.reads == 0
    assert urls.url("location") == URL


@pytest.fixture
def hanging_store(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A parameter store that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", f"http://127.0.0.1:{server.getsockname()[1]}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
        yield


@pytest.mark.usefixtures("hanging_store")
def test_a_parameter_store_that_hangs_costs_one_invocation_its_time_and_the_next_none() -> None:
    session = Session()
    session.create_client("ssm", region_name="us-east-1")  # what a first client takes is no matter of this test
    urls = ServiceUrls(environment="dev", region="us-east-1", session=session, clock=time.monotonic)
    took_s = []
    for _ in range(2):
        started = time.monotonic()
        with invocation(Invocation("abc", deadline_s=started + 1.7)), pytest.raises(ServiceUnavailable):
            urls.url("location")
        took_s.append(time.monotonic() - started)
    assert 0.5 < took_s[0] < 1.5
    assert took_s[1] < 0.1


def test_threads_that_need_a_url_at_the_same_time_wait_for_one_read() -> None:
    reading, may_end = Event(), Event()

    class SlowStore(ParameterStore):
        def get_parameter(self, *, Name: str) -> Any:  # noqa: N803  SSM's own name
            reading.set()
            assert may_end.wait(5)
            return super().get_parameter(Name=Name)

    store = SlowStore()
    urls = urls_of(store)
    with ThreadPoolExecutor(4) as threads:
        found = [threads.submit(urls.url, "location") for _ in range(4)]
        assert reading.wait(5)
        may_end.set()
        assert [future.result() for future in found] == [URL] * 4
    assert store.reads == 1
