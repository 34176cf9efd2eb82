import asyncio
import io
import json
import socket
from contextlib import asynccontextmanager

import aiohttp
import pytest

from sandbox.gateway import Gateway


@pytest.fixture
def listen(serve, openapi, operation):
    """A listening gateway with one API: its URL and the API."""

    @asynccontextmanager
    async def listening(**rest):
        body = openapi({"/things": {"get": operation(), "post": operation(), "head": operation()}})
        async with serve(body, **rest) as served:
            gateway = Gateway(
                [served.declared],
                functions=served.functions,
                identities=served.identities,
                metrics=served.metrics,
                logs=served.logs,
                region="us-east-1",
                account_id="123456789012",
            )
            listener = socket.create_server(("127.0.0.1", 0))
            await gateway.start({served.declared.id: listener})
            try:
                yield f"http://127.0.0.1:{listener.getsockname()[1]}", served
            finally:
                await gateway.stop()

    return listening


def test_a_request_over_http_arrives_as_it_was_sent(listen):
    async def scenario():
        async with listen() as (url, _), aiohttp.ClientSession() as session:
            path = aiohttp.client.URL(f"{url}/live/things?q=a%2Fb", encoded=True)
            async with session.post(path, data=b'{"a": 1}', headers={"x-CUSTOM": "value"}) as response:
                return response.status, response.headers["Content-Type"], await response.json(), url

    status, content_type, event, url = asyncio.run(scenario())
    assert (status, content_type) == (200, "application/json")
    assert (event["httpMethod"], event["path"], event["body"]) == ("POST", "/things", '{"a": 1}')
    assert event["queryStringParameters"] == {"q": "a/b"}
    assert event["headers"]["x-CUSTOM"] == "value"
    assert event["headers"]["Host"] == url.removeprefix("http://")
    assert event["requestContext"]["identity"]["sourceIp"] == "127.0.0.1"


def test_bytes_that_are_no_text_arrive_replaced(listen):
    async def scenario():
        async with listen() as (url, _):
            reader, writer = await asyncio.open_connection(*url.removeprefix("http://").split(":"))
            writer.write(b"GET /live/things HTTP/1.1\r\nHost: localhost\r\nX-Raw: a\xffb\r\nConnection: close\r\n\r\n")
            answer = await reader.read()
            writer.close()
            return json.loads(answer.partition(b"\r\n\r\n")[2])

    assert asyncio.run(scenario())["headers"]["X-Raw"] == "a\ufffdb"


def test_a_connection_serves_request_after_request(listen):
    async def scenario():
        async with listen() as (url, _):
            reader, writer = await asyncio.open_connection(*url.removeprefix("http://").split(":"))
            statuses = []
            for path in ("/live/things", "/live/absent", "/live/things"):
                writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                head = await reader.readuntil(b"\r\n\r\n")
                statuses.append(int(head.split(b" ")[1]))
                length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
                await reader.readexactly(int(length.partition(b":")[2]))
            writer.close()
            return statuses

    assert asyncio.run(scenario()) == [200, 403, 200]


def test_a_client_that_goes_away_breaks_nothing(listen, until, tmp_path):
    async def scenario():
        async with listen() as (url, served), aiohttp.ClientSession() as session:
            host, port = url.removeprefix("http://").split(":")
            _, writer = await asyncio.open_connection(host, port)
            writer.write(
                f"GET /live/things HTTP/1.1\r\nHost: localhost\r\nX-Respond: wait:{tmp_path / 'go'}\r\n\r\n".encode()
            )
            await until(lambda: any(message.startswith("START") for message in served.output))
            writer.close()
            await writer.wait_closed()
            (tmp_path / "go").touch()
            async with session.get(f"{url}/live/things") as response:
                status = response.status
            await until(lambda: sum(message.startswith("REPORT") for message in served.output) == 2)
            return status

    assert asyncio.run(scenario()) == 200


def test_a_large_body_is_taken_after_100_continue_and_a_too_large_one_is_refused(listen):
    async def scenario(size):
        async with listen() as (url, _), aiohttp.ClientSession() as session:
            body = io.BytesIO(b"x" * size)
            response = await session.post(f"{url}/live/things", data=body, expect100=True)
            return response.status, await response.read()

    status, body = asyncio.run(scenario(1_500_000))
    assert status == 200
    assert len(json.loads(body)["body"]) == 1_500_000
    status, body = asyncio.run(scenario(11_000_000))
    assert (status, json.loads(body)) == (413, {"message": "HTTP content length exceeded 10485760 bytes."})


def test_a_response_to_head_has_no_body(listen):
    async def scenario():
        async with (
            listen() as (url, _),
            aiohttp.ClientSession() as session,
            session.head(f"{url}/live/things") as response,
        ):
            return response.status, int(response.headers["Content-Length"]), await response.read()

    status, length, body = asyncio.run(scenario())
    assert status == 200
    assert length > 0
    assert body == b""


def test_stopping_lets_requests_in_flight_finish(listen, until, tmp_path):
    async def scenario():
        async with aiohttp.ClientSession() as session:
            async with listen() as (url, served):
                headers = {"X-Respond": f"wait:{tmp_path / 'go'}"}
                request = asyncio.create_task(session.get(f"{url}/live/things", headers=headers))
                await until(lambda: any(message.startswith("START") for message in served.output))
                asyncio.get_running_loop().call_later(0.05, (tmp_path / "go").touch)
            return (await request).status

    assert asyncio.run(scenario()) == 204


def test_a_client_that_goes_away_within_its_body_is_no_fault_of_the_sandbox(listen, caplog):
    async def scenario():
        async with listen() as (url, _):
            reader, writer = await asyncio.open_connection(*url.removeprefix("http://").split(":"))
            writer.write(
                b"POST /live/things HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n"
            )
            await reader.readuntil(b"100 Continue\r\n\r\n")  # by now the body is being read
            writer.write(b"half")
            writer.close()
            await writer.wait_closed()

    asyncio.run(scenario())
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
