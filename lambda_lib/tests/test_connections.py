"""Connections that are kept between invocations, against servers that close them, forget them, or never answer."""

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import cast

import pytest
from botocore.credentials import Credentials
from botocore.session import Session

from lambda_lib import ServiceClient, ServiceUnavailable
from lambda_lib._connections import pool_manager
from lambda_lib._invocation import Invocation, invocation

REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@contextmanager
def server(serve: Callable[[int, socket.socket], None]) -> Iterator[tuple[str, list[socket.socket]]]:
    """A server that deals with each connection as told, by its number from 0."""
    accepted: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def run() -> None:
            while True:
                connection, _ = listening.accept()
                if closing:
                    connection.close()
                    return
                accepted.append(connection)
                serve(len(accepted) - 1, connection)

        closing: list[bool] = []
        thread = Thread(target=run)
        thread.start()
        address = listening.getsockname()
        yield f"http://127.0.0.1:{address[1]}/live", accepted
        closing.append(True)
        socket.create_connection(address).close()
        thread.join()
        for connection in accepted:
            connection.close()


@contextmanager
def dead_address() -> Iterator[int]:
    """A port of this machine at which nobody ever takes a connection: the queue of those that ask for one is full."""
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.settimeout(0)
            waiting.connect_ex(listening.getsockname())
        yield listening.getsockname()[1]


def a_client(url: str, monkeypatch: pytest.MonkeyPatch) -> ServiceClient:
    class AwsSession:
        """Stands for botocore's session and the parameter store."""

        def create_client(self, *_: object, **__: object) -> "AwsSession":
            return self

        def get_parameter(self, **_: object) -> object:
            return {"Parameter": {"Value": url}}

        def get_credentials(self) -> Credentials:
            return Credentials("AKIDEXAMPLE", "secret")

    monkeypatch.delenv("_X_AMZN_TRACE_ID", raising=False)
    return ServiceClient(environment="dev", region="us-east-1", session=cast("Session", AwsSession()), timeout_s=1.0)


def call_twice(client: ServiceClient, between: Callable[[], None]) -> list[tuple[int | str, int]]:
    current = Invocation("abc")
    with invocation(current):
        client.call("location", "POST", "/things")
        between()
        client.call("location", "POST", "/things")
    return [(call.outcome, call.attempts) for call in current.calls]


def test_a_connection_is_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def serve(_: int, connection: socket.socket) -> None:
        for _ in range(2):
            connection.recv(65536)
            connection.sendall(REPLY)

    with server(serve) as (url, accepted):
        assert call_twice(a_client(url, monkeypatch), lambda: None) == [(200, 1)] * 2
    assert len(accepted) == 1


def test_a_connection_that_the_server_closed_meanwhile_is_not_used_for_a_call_that_may_not_be_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def serve(_: int, connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(REPLY)
        connection.close()

    with server(serve) as (url, accepted):
        assert call_twice(a_client(url, monkeypatch), lambda: time.sleep(0.1)) == [(200, 1)] * 2
    assert len(accepted) == 2


def test_a_connection_that_was_forgotten_while_the_environment_was_frozen_is_not_used_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def serve(_: int, connection: socket.socket) -> None:  # answers once, then neither answers nor closes
        connection.recv(65536)
        connection.sendall(REPLY)

    def a_minute_passes() -> None:
        now = time.time
        monkeypatch.setattr(time, "time", lambda: now() + 60)

    with server(serve) as (url, accepted):
        assert call_twice(a_client(url, monkeypatch), a_minute_passes) == [(200, 1)] * 2
    assert len(accepted) == 2


def test_a_call_to_a_service_that_hangs_ends_before_the_invocation_does(monkeypatch: pytest.MonkeyPatch) -> None:
    started = time.monotonic()
    with server(lambda *_: None) as (url, accepted):
        client = a_client(url, monkeypatch)
        with invocation(Invocation("abc", deadline_s=started + 1.5)), pytest.raises(ServiceUnavailable):
            client.call("location", "GET", "/things")
    assert time.monotonic() - started < 1.5
    assert len(accepted) == 2  # a second of the 1.3 that there are, and what is left after the pause


@pytest.mark.parametrize(("version", "silence_s"), [(b"1.1", 0.1), (b"1.1", 0.55), (b"1.0", 0.1)])
def test_a_reply_that_drips_in_is_not_waited_for_beyond_the_invocation(
    monkeypatch: pytest.MonkeyPatch, version: bytes, silence_s: float
) -> None:
    def serve(_: int, connection: socket.socket) -> None:
        connection.recv(65536)
        with contextlib.suppress(OSError):
            connection.sendall(b"HTTP/%s 200 OK\r\nContent-Length: 20\r\n\r\n" % version)
            for _ in range(int(2 / silence_s)):
                connection.sendall(b" ")
                time.sleep(silence_s)

    started = time.monotonic()
    current = Invocation("abc", deadline_s=started + 1.0)
    with server(serve) as (url, _):
        with invocation(current), pytest.raises(ServiceUnavailable):
            a_client(url, monkeypatch).call("location", "POST", "/things")
        assert time.monotonic() - started < 1.0


def test_a_body_in_pieces_is_put_together_and_its_connection_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def serve(_: int, connection: socket.socket) -> None:
        for _ in range(2):
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for piece in (b"1\r\n{\r\n", b"1\r\n}\r\n", b"0\r\n\r\n"):
                connection.sendall(piece)
                time.sleep(0.02)

    with server(serve) as (url, accepted):
        client = a_client(url, monkeypatch)
        assert [client.call("location", "GET", "/things").body for _ in range(2)] == [b"{}"] * 2
    assert len(accepted) == 1


def test_a_body_that_breaks_off_is_no_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    def serve(_: int, connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}")
        connection.close()

    with server(serve) as (url, accepted), pytest.raises(ServiceUnavailable):
        a_client(url, monkeypatch).call("location", "GET", "/things")
    assert len(accepted) == 2


def test_a_service_none_of_whose_addresses_answers_costs_no_more_than_the_invocation_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolve = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _, *other, **more: resolve("127.0.0.1", *other, **more) * 3)
    with dead_address() as port:
        started = time.monotonic()
        with invocation(Invocation("abc", deadline_s=started + 1.0)), pytest.raises(ServiceUnavailable):
            a_client(f"http://three.example:{port}/live", monkeypatch).call("location", "GET", "/things")
    assert 0.5 < time.monotonic() - started < 1.0


def test_connections_over_tls_age_as_well() -> None:
    plain = pool_manager().connection_from_url("http://example.com")
    tls = pool_manager().connection_from_url("https://example.com")
    assert issubclass(tls.ConnectionCls, cast("type", plain.ConnectionCls))
