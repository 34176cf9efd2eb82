"""moto in this process: the state behind every AWS API that the sandbox does not answer itself.

moto is not thread-safe, so that one thread does all of its work; whatever touches its state is given to `Moto.run`.
moto's state is global: there is one `Moto` in a process at a time, and it starts empty.
"""

import asyncio
import io
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_to_bytes

from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.test import run_wsgi_app

from sandbox.access.signature import Request
from sandbox.aws.wire import ApiError, Response

_HTML = "text/html"


class Moto:
    """moto's AWS APIs, for one account.

    Args:
        account_id: The account in which every request acts, whatever keys sign it.
    """

    def __init__(self, *, account_id: str) -> None:
        self._account_id = account_id
        self._application = DomainDispatcherApplication(create_backend_app)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="moto")
        self._thread.submit(moto_api_backend.reset).result()

    async def run[**P, T](self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs a function on moto's thread, after those that were given before."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: function(*args, **kwargs))

    async def request(self, request: Request) -> Response:
        """Has moto answer a request; moto finds the service in the request's signature, which it does not verify.

        Raises:
            ApiError: moto does not implement the operation (501) or fails at it (500).
        """
        return await self.run(self.answer, request)

    def answer(self, request: Request) -> Response:
        """As `request`; for functions that are already on moto's thread."""
        try:
            chunks, status, headers = run_wsgi_app(self._application, self._environ(request), buffered=True)
            body = b"".join(chunks)
        except NotImplementedError as error:
            raise ApiError("NotImplemented", f"moto, behind the sandbox, lacks it: {error}", status=501) from error
        except Exception as error:  # moto's own faults, whatever they are, must reach the caller as an AWS error
            raise ApiError("InternalFailure", f"moto, behind the sandbox, failed: {error!r}", status=500) from error
        code = int(status.split()[0])
        if code >= HTTPStatus.BAD_REQUEST and _HTML in headers.get("content-type", ""):
            raise ApiError("InternalFailure", f"moto, behind the sandbox, answered {status}", status=code)
        return Response(code, dict(headers.items(lower=True)), body)

    def call(self, service: str, region: str, headers: Mapping[str, str], body: str) -> Response:
        """Does an operation for the sandbox itself; on moto's thread.

        Args:
            service: The service's signing name.
            region: Where.
            headers: Content type and, in the JSON protocols, target.
            body: The parameters.

        Raises:
            ApiError: As `request`.
        """
        own = {
            "authorization": f"AWS4-HMAC-SHA256 Credential=sandbox/20260101/{region}/{service}/aws4_request",
            "host": f"{service}.{region}.amazonaws.com",
        }
        return self.answer(Request(method="POST", path="/", query="", headers={**own, **headers}, body=body.encode()))

    def close(self) -> None:
        """Ends the thread."""
        self._thread.shutdown(cancel_futures=True)

    def _environ(self, request: Request) -> dict[str, Any]:
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
            "RAW_URI": request.path,
            "QUERY_STRING": request.query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(request.body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in request.headers.items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        environ["CONTENT_TYPE"] = request.headers.get("content-type", "")
        environ["CONTENT_LENGTH"] = str(len(request.body))
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = self._account_id
        return environ
