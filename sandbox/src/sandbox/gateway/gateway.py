"""The gateway: a server for each REST API. The shell around `DeployedApi`."""

import asyncio
import logging
import socket
import time
import uuid
from collections.abc import Iterable, Mapping

from aiohttp import web
from multidict import CIMultiDict

from sandbox.access.identity import Identities
from sandbox.declaration import RestApi
from sandbox.functions import Functions
from sandbox.gateway.api import MAX_BODY_BYTES, DeployedApi
from sandbox.gateway.messages import Request, Response
from sandbox.monitoring.logs import Logs
from sandbox.monitoring.metrics import Metrics
from sandbox.request_body import ClientGoneError, read_body

_log = logging.getLogger(__name__)
_GRACE_S = 5.0


class Gateway:
    """The REST APIs that plans declare.

    Raises:
        PlanError: The body or the policy of an API is not valid or not emulated.
    """

    def __init__(
        self,
        apis: Iterable[RestApi],
        *,
        functions: Functions,
        identities: Identities,
        metrics: Metrics,
        logs: Logs,
        region: str,
        account_id: str,
    ) -> None:
        self._apis = {
            api.id: DeployedApi(
                api,
                functions=functions,
                identities=identities,
                metrics=metrics,
                logs=logs,
                region=region,
                account_id=account_id,
            )
            for api in apis
        }
        self._servers: list[tuple[asyncio.Server, web.Server]] = []

    async def start(self, sockets: Mapping[str, socket.socket]) -> None:
        """Serves each API on its socket, which is bound and whose key is the API's id."""
        loop = asyncio.get_running_loop()
        for api_id, api in self._apis.items():
            http = web.Server(_Shell(api).handle, access_log=None, auto_decompress=False)
            self._servers.append((await loop.create_server(http, sock=sockets[api_id]), http))

    async def stop(self) -> None:
        """Takes no more requests, and gives those in flight a moment to finish."""
        for server, http in self._servers:
            server.close()
            http.pre_shutdown()
        await asyncio.gather(*(http.shutdown(timeout=_GRACE_S) for _, http in self._servers))
        self._servers.clear()


class _Shell:
    """Between aiohttp's requests and an API's."""

    def __init__(self, api: DeployedApi) -> None:
        self._api = api

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            response = await self._api.handle(await _read(request), now=time.time(), request_id=str(uuid.uuid4()))
        except ClientGoneError:  # nobody reads the answer
            return web.Response(status=400)
        except Exception:  # noqa: BLE001  # the outermost handler: one request must not end the others
            _log.exception("%s: %s %s failed", self._api.declared.name, request.method, request.raw_path)
            return web.json_response({"message": "Internal server error"}, status=500)
        return _write(response)


async def _read(request: web.BaseRequest) -> Request:
    body = await read_body(request, MAX_BODY_BYTES)
    path, _, query = _text(request.raw_path.encode(errors="surrogateescape")).partition("?")
    headers = tuple((_text(name), _text(value)) for name, value in request.raw_headers)
    return Request(request.method, path, query, headers, body, request.remote or "")


def _text(raw: bytes) -> str:
    # A request may hold any bytes; what becomes of it, JSON and log lines, may not.
    return raw.decode(errors="replace")


def _write(response: Response) -> web.Response:
    return web.Response(status=response.status, headers=CIMultiDict(response.headers), body=response.body)
