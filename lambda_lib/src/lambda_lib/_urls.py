"""Where the services are."""

import math
import re
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, cast

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from lambda_lib._connections import ADDRESSES
from lambda_lib._deadline import DeadlineExceeded, time_left_s
from lambda_lib._single_flight import SingleFlight
from lambda_lib.errors import ServiceUnavailable

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

_READ_EVERY_S = 5.0  # at most, however often it fails or the URL is doubted
_TIMEOUT_S = 1.0  # to connect to one of the addresses, and again to read
_TIMEOUTS = 5  # that fit into the time left: two attempts of two timeouts each, and botocore's pause between
_SHORTEST_S = 0.1  # a shorter timeout would say more of this invocation than of the parameter store

_URL = re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?")  # what is none is as good as not there


class _Found(NamedTuple):
    """What the parameter store said of a service.

    Attributes:
        url: The URL; None where it could not be read.
        read_at: When it was read.
        until: When it is to be read again.
    """

    url: str | None
    read_at: float
    until: float = math.inf


class ServiceUrls:
    """URLs of services, each read from the parameter store when first asked for, and kept.

    A URL that could not be read is not read again for five seconds, so that requests do not queue up behind a parameter
    store that is down; neither is one that is doubted. Threads that need a URL at the same time wait for one read.

    Args:
        environment: Name of the environment.
        region: AWS region.
        session: Session to make the client in, when the first URL is asked for.
        clock: Seconds on the clock of `time.monotonic`.
    """

    def __init__(self, *, environment: str, region: str, session: Session, clock: Callable[[], float]) -> None:
        self._environment = environment
        self._region = region
        self._session = session
        self._clock = clock
        self._found: dict[str, _Found] = {}
        self._reads = SingleFlight[str, _Found]()
        self._creating = Lock()

    def url(self, service: str) -> str:
        """The URL of a service, with its stage, without a slash at the end.

        Raises:
            ServiceUnavailable: The parameter is not there, is no URL or cannot be read, in the time that the invocation
                has left.
        """
        found = self._found.get(service)
        if found is None or self._clock() >= found.until:
            found = self._reads.do(service, lambda: self._read(service), time_left_s=self._time_left_s)
        if found.url is None:
            raise ServiceUnavailable(
                "A service this one depends on cannot be found.",
                retry_after_s=max(1, math.ceil(found.until - self._clock())),
            )
        return found.url

    def doubt(self, service: str) -> None:
        """Have a URL read again: an API that was made anew has another one. If it cannot be read, it is kept."""
        found = self._found[service]
        self._found[service] = found._replace(until=found.read_at + _READ_EVERY_S)

    def _read(self, service: str) -> _Found:
        known = self._found.get(service)
        if known is not None and self._clock() < known.until:  # another thread has read it meanwhile
            return known
        try:
            value = self._parameter(f"/{self._environment}/{service}/url")
        except (ClientError, BotoCoreError):
            value = ""
        now = self._clock()
        if _URL.fullmatch(value):
            found = _Found(value.rstrip("/"), now)
        else:
            found = _Found(known.url if known else None, now, now + _READ_EVERY_S)
        self._found[service] = found
        return found

    def _parameter(self, name: str) -> str:
        time_left_s = self._time_left_s()
        timeout_s = _TIMEOUT_S if time_left_s is None else min(_TIMEOUT_S, time_left_s / _TIMEOUTS)
        if timeout_s < _SHORTEST_S:
            raise DeadlineExceeded
        config = Config(
            connect_timeout=timeout_s / ADDRESSES,
            read_timeout=timeout_s,
            retries={"total_max_attempts": 2, "mode": "standard"},
        )
        # A client for each read, since its timeouts are its own; a session makes one in 2 ms after the first. Sessions
        # are not to be shared by threads, clients are (boto3's guide, "Multithreading or multiprocessing").
        with self._creating:
            client = cast("SSMClient", self._session.create_client("ssm", region_name=self._region, config=config))
        return client.get_parameter(Name=name)["Parameter"]["Value"]

    def _time_left_s(self) -> float | None:
        return time_left_s(self._clock)
