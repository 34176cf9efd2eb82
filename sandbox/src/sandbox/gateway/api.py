"""A REST API: the core of the gateway, without sockets.

What happens to a request follows, in order, https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-data-transformations.html
and the pages that each part names: route, authorization, throttle, validation, integration.
"""

import logging
import time

from sandbox.access.identity import Identities
from sandbox.declaration import RestApi
from sandbox.functions import Functions
from sandbox.gateway.authorization import Authorization
from sandbox.gateway.context import request_variables
from sandbox.gateway.contract import methods
from sandbox.gateway.exchange import Exchange
from sandbox.gateway.gateway_responses import GatewayResponses, default_response
from sandbox.gateway.integration import LambdaProxy
from sandbox.gateway.messages import Request, Response
from sandbox.gateway.refusal import Refusal, ResponseType
from sandbox.gateway.routes import Routes
from sandbox.gateway.stage import DeployedStage
from sandbox.monitoring.logs import Logs
from sandbox.monitoring.metrics import Metrics

_log = logging.getLogger(__name__)
MAX_BODY_BYTES = 10 * 1024 * 1024
"""https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html"""


class DeployedApi:
    """A REST API that serves requests.

    Raises:
        PlanError: Its body or its policy is not valid or not emulated.
    """

    def __init__(
        self,
        declared: RestApi,
        *,
        functions: Functions,
        identities: Identities,
        metrics: Metrics,
        logs: Logs,
        region: str,
        account_id: str,
    ) -> None:
        body = declared.body
        arn = f"arn:aws:execute-api:{region}:{account_id}:{declared.id}"
        binary = declared.binary_media_types or body.get("x-amazon-apigateway-binary-media-types", ())
        self.declared = declared
        self._account_id = account_id
        served = methods(body)
        self._routes = Routes(served)
        self._responses = GatewayResponses(body.get("x-amazon-apigateway-gateway-responses", {}))
        self._authorization = Authorization(
            arn=arn,
            policy=declared.policy or body.get("x-amazon-apigateway-policy"),
            identities=identities,
            region=region,
        )
        self._integration = LambdaProxy(
            arn=arn, functions=functions, binary_media_types=frozenset(type_.lower() for type_ in binary)
        )
        self._stages = {
            stage.name: DeployedStage(stage, api_name=declared.name, methods=served, metrics=metrics, logs=logs)
            for stage in declared.stages
        }

    async def handle(self, request: Request, *, now: float, request_id: str) -> Response:
        """Answers a request.

        Args:
            request: The request; the first segment of its path is the stage.
            now: Seconds since the epoch.
            request_id: The request's id, a UUID.
        """
        began = time.perf_counter()
        stage_name, _, path = request.path.removeprefix("/").partition("/")
        stage = self._stages.get(stage_name)
        exchange = Exchange(
            request=request,
            at=now,
            request_id=request_id,
            api_id=self.declared.id,
            account_id=self._account_id,
            stage=stage_name,
            stage_variables={} if stage is None else stage.declared.variables,
            path=f"/{path}",
        )
        if stage is None:
            # There is no deployment whose responses this could be.
            exchange.refusal = Refusal(ResponseType.ACCESS_DENIED, "Forbidden", error="ForbiddenException")
            return _identified(exchange, default_response(exchange.refusal, request_variables(exchange)))
        try:
            response = await self._serve(exchange, stage)
        except Refusal as refusal:
            exchange.refusal = refusal
            if refusal.integration is not None:
                # On AWS the stage's execution log says so.
                _log.warning("%s %s: %s", request.method, request.path, refusal.integration)
            response = self._responses.render(refusal, request, request_variables(exchange))
        stage.record(exchange, response, latency_ms=(time.perf_counter() - began) * 1000)
        return _identified(exchange, response)

    async def _serve(self, exchange: Exchange, stage: DeployedStage) -> Response:
        request = exchange.request
        if len(request.body) > MAX_BODY_BYTES:
            raise Refusal(ResponseType.REQUEST_TOO_LARGE, f"HTTP content length exceeded {MAX_BODY_BYTES} bytes.")
        route = self._routes.match(request.method, exchange.path)
        if route is None:
            raise Refusal(ResponseType.MISSING_AUTHENTICATION_TOKEN, "Missing Authentication Token")
        exchange.route = route
        method = route.method
        # The slash at the end that routing overlooks must not lead past a policy either.
        asked = exchange.path.removesuffix("/") or "/"
        exchange.caller = self._authorization.check(
            request, f"{exchange.stage}/{request.method}{asked}", signed=method.signed, now=exchange.at
        )
        if not stage.throttle.take(method.resource, method.http_method, exchange.at):
            raise Refusal(ResponseType.THROTTLED, "Too Many Requests")
        method.validator.check(request)
        return await self._integration.respond(exchange)


def _identified(exchange: Exchange, response: Response) -> Response:
    headers = [
        ("x-amzn-RequestId", exchange.request_id),
        ("x-amz-apigw-id", exchange.extended_request_id),
        *response.headers,
    ]
    if exchange.integration_status is not None:
        headers.append(("X-Amzn-Trace-Id", exchange.trace_id))
    return Response(response.status, tuple(headers), response.body)
