"""The integration: the function behind a method, invoked with an event, and its answer made a response."""

import asyncio
import time

from sandbox.functions import Functions, Invocation
from sandbox.gateway.exchange import Exchange
from sandbox.gateway.messages import Response
from sandbox.gateway.proxy_event import proxy_event
from sandbox.gateway.proxy_response import MalformedError, proxy_response
from sandbox.gateway.refusal import INTERNAL, Refusal, ResponseType

_PRINCIPAL = "apigateway.amazonaws.com"


class LambdaProxy:
    """The Lambda proxy integrations of one API.

    Args:
        arn: The API's ARN for invocations.
        functions: The functions.
        binary_media_types: The API's binary media types.
    """

    def __init__(self, *, arn: str, functions: Functions, binary_media_types: frozenset[str]) -> None:
        self._arn = arn
        self._functions = functions
        self._binary_media_types = binary_media_types
        self._running: set[asyncio.Task[Invocation]] = set()

    async def respond(self, exchange: Exchange) -> Response:
        """Invokes the function, and notes in the exchange how that went.

        Raises:
            Refusal: The function may not be invoked, was not run, took too long, failed, or returned no proxy
                response.
        """
        method = exchange.route.method
        target = method.integration
        source_arn = f"{self._arn}/{exchange.stage}/{method.http_method}{method.resource}"
        if not self._functions.permits(
            target.function_name, target.qualifier, principal=_PRINCIPAL, source_arn=source_arn
        ):
            raise Refusal(
                ResponseType.API_CONFIGURATION_ERROR, INTERNAL, integration="Invalid permissions on Lambda function"
            )
        began = time.perf_counter()
        try:
            invocation = await self._invoke(exchange)
        finally:
            exchange.integration_latency_ms = (time.perf_counter() - began) * 1000
        exchange.integration_status = invocation.status
        exchange.integration_request_id = invocation.request_id
        _check(invocation)
        try:
            return proxy_response(invocation.payload, exchange.request, binary_media_types=self._binary_media_types)
        except MalformedError as error:
            raise _bad_gateway(f"Malformed Lambda proxy response: {error}") from None

    async def _invoke(self, exchange: Exchange) -> Invocation:
        target = exchange.route.method.integration
        event = proxy_event(exchange, binary_media_types=self._binary_media_types)
        # A function runs on when the gateway gives up on it.
        task = asyncio.Task(
            self._functions.invoke(target.function_name, target.qualifier, event, trace_id=exchange.trace_id),
            loop=asyncio.get_running_loop(),
            eager_start=True,
        )
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        done, _ = await asyncio.wait((task,), timeout=target.timeout_s)
        if not done:
            raise Refusal(ResponseType.INTEGRATION_TIMEOUT, "Endpoint request timed out", integration="Timed out")
        return task.result()


def _check(invocation: Invocation) -> None:
    match invocation.status:
        case 200 if invocation.function_error is not None:
            raise _bad_gateway("Lambda execution failed with status 200 due to customer function error")
        case 200:
            return
        case 413:
            raise Refusal(ResponseType.REQUEST_TOO_LARGE, "Request Too Long")
        case 429:
            # The caller of a throttled function gets 500, unless the API declares INTEGRATION_FAILURE otherwise:
            # https://repost.aws/questions/QUfI6bsdd0SOiPeyimzxSkfQ
            raise Refusal(ResponseType.INTEGRATION_FAILURE, INTERNAL, status=500, integration="Rate Exceeded.")
        case _:
            message = invocation.payload.decode(errors="replace")
            raise Refusal(ResponseType.API_CONFIGURATION_ERROR, INTERNAL, integration=message)


def _bad_gateway(reason: str) -> Refusal:
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/handle-errors-in-lambda-integration.html
    return Refusal(ResponseType.API_CONFIGURATION_ERROR, INTERNAL, status=502, integration=reason)
