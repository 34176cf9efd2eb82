"""The connections that calls are made on, kept from one invocation to the next."""

import time
from collections.abc import Callable

from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import TimeoutError as TimedOut
from urllib3.response import HTTPResponse

# Of a host: urllib3 tries one after another, each with the whole timeout for connecting, which therefore is a part of
# what a call may take. An interface endpoint has an address in each of its zones, two or three of them as a rule.
ADDRESSES = 3

_PER_HOST = 10  # kept open, for services that call from several threads
_IDLE_S = 60.0
_MOST_BYTES = 10 * 1024**2  # of a reply ("Quotas for configuring and running a REST API in API Gateway", payload size)
_CHUNK_BYTES = 64 * 1024


class _Connection(HTTPConnection):
    """A connection that counts as dropped after a time without use.

    Lambda freezes the execution environment between invocations. urllib3 opens a new connection where it sees that the
    other side has closed the old one, but the closing may be still to arrive, or a NAT on the way may have forgotten
    the connection: then the next request fails or hangs until its timeout, and a call that may not be repeated is lost.
    (On Lambda: https://github.com/aws/aws-lambda-web-adapter/issues/830 and
    https://github.com/DataDog/datadog-lambda-extension/pull/1248.)
    """

    _used_at = 0.0  # by the wall clock: the monotonic one may stand still while the environment is frozen

    @property
    def is_connected(self) -> bool:
        """Whether urllib3 may use it again."""
        return time.time() - self._used_at < _IDLE_S and super().is_connected

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 declares it
        """The response to the request that was sent."""
        self._used_at = time.time()
        return super().getresponse()


class _TlsConnection(_Connection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


def pool_manager() -> PoolManager:
    """Connections that are opened anew after a minute without use."""
    manager = PoolManager(retries=False, maxsize=_PER_HOST)
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
    return manager


def read_body(response: BaseHTTPResponse, *, until: float, clock: Callable[[], float]) -> bytes | None:
    """The body of a response; None if it is larger than API Gateway can send.

    urllib3's timeout bounds each silence, and a body may come in many pieces.

    Args:
        response: The response, of which only the headers have been read.
        until: When it has to be there, on the clock.
        clock: Seconds on a monotonic clock.

    Raises:
        urllib3.exceptions.HTTPError: It does not come, or not in time.
    """
    body = bytearray()
    try:
        while (left_s := until - clock()) > 0:
            # A connection that is not kept has handed its socket over: there the last silence may go beyond.
            if (socket := getattr(response.connection, "sock", None)) is not None:
                socket.settimeout(left_s)
            piece = response.read1(_CHUNK_BYTES)
            if not piece:
                return bytes(body)
            body += piece
            if len(body) > _MOST_BYTES:
                return None
        raise TimedOut("the body takes too long")
    finally:
        response.close()
