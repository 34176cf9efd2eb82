"""The HTTP server of the AWS endpoint, which also serves the sandbox's status.

It is up before the plans are made, since they are made against it, and is given another endpoint once they are read.
"""

import json
import socket
from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.aws.endpoint import AwsEndpoint
from sandbox.view import STATUS_PATH, Status

_GRACE_S = 2.0
"""Seconds that requests in flight have to finish; less than what `sandbox down` waits before it kills."""


class AwsServer:
    """Serves whichever endpoint it has at the moment.

    Attributes:
        endpoint: answers AWS requests.
        status: makes the status document; None until there is something to show.
    """

    def __init__(self, endpoint: AwsEndpoint) -> None:
        self.endpoint = endpoint
        self.status: Callable[[], Awaitable[Status]] | None = None
        self._runner = web.ServerRunner(
            web.Server(self._handle, auto_decompress=False),  # a signature is over what was sent
            shutdown_timeout=_GRACE_S,
        )

    async def start(self, bound: socket.socket) -> None:
        """Listen on a bound socket."""
        await self._runner.setup()
        await web.SockSite(self._runner, bound).start()

    async def stop(self) -> None:
        """Close every connection."""
        await self._runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path == STATUS_PATH and self.status is not None:
            return web.Response(text=json.dumps(await self.status()), content_type="application/json")
        return await self.endpoint.handle(request)
