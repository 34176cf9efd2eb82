"""The AWS endpoint of the sandbox: every API that a plan, a function or a person calls, at one address.

A request must be signed, and a role's session needs its policies' leave. Then the sandbox answers what it runs itself
(DynamoDB within its capacity, sessions, and the operations that it is given), and moto the rest.
"""

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from sandbox.access.identity import Identities, Principal
from sandbox.access.policy import Keys, authorize_identity
from sandbox.access.signature import Request, SignatureRefused, authenticate, joined_headers
from sandbox.aws.dynamodb.governor import Governor
from sandbox.aws.dynamodb.outcome import NAMESPACE, measurements
from sandbox.aws.moto_backend import Moto
from sandbox.aws.permissions import Scope, permissions, table_names
from sandbox.aws.sts import assume_role, caller_identity
from sandbox.aws.wire import ApiError, Call, Response, error_response, read_call, result_response
from sandbox.monitoring.metrics import Metrics
from sandbox.request_body import ClientGoneError, read_body

_logger = logging.getLogger(__name__)
_OF_THE_CONNECTION = {"connection", "content-length", "date", "server", "transfer-encoding"}
MAX_BODY_BYTES = 64 * 1024 * 1024
"""More than any request that the sandbox answers itself may have; a bound on what an unsigned one can make us keep."""

_NOT_IN_MOTO = frozenset({"apigateway", "lambda"})
"""Services that the sandbox runs without showing them in their APIs; moto would answer that there is nothing."""

type Operation = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
"""Answers an operation: parameters in, the members of its output out, both in the types of botocore's model."""


class AwsEndpoint:
    """Answers requests to AWS APIs.

    Args:
        identities: Who may sign.
        moto: Answers what nothing else here does.
        governor: DynamoDB within its capacity; it runs on moto's thread.
        metrics: Takes DynamoDB's metrics.
        region: The region for which requests must be signed.
        operations: Operations answered by other parts of the sandbox, by botocore's names of service and operation.
            What such a service has beyond them is refused, since moto has nothing of that service's state.
        clock: Seconds since the epoch.
    """

    def __init__(
        self,
        *,
        identities: Identities,
        moto: Moto,
        governor: Governor,
        metrics: Metrics,
        region: str,
        operations: Mapping[tuple[str, str], Operation],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._identities = identities
        self._moto = moto
        self._governor = governor
        self._metrics = metrics
        self._scope = Scope(identities.account_id, region)
        self._operations = operations
        self._services = {service for service, _ in operations}
        self._clock = clock

    async def handle(self, request: web.BaseRequest) -> web.Response:
        """Answers an HTTP request; for `aiohttp.web.Server`."""
        try:
            body = await read_body(request, MAX_BODY_BYTES)
        except ClientGoneError:  # nobody reads the answer
            return web.Response(status=400)
        path, _, query = request.raw_path.partition("?")
        sent = Request(
            method=request.method,
            path=path,
            query=query,
            headers=joined_headers(request.headers.items()),
            body=body,
        )
        response = await self.answer(sent, source_ip=request.remote or "")
        headers = {name: value for name, value in response.headers.items() if name.lower() not in _OF_THE_CONNECTION}
        return web.Response(status=response.status, headers=headers, body=response.body)

    async def answer(self, request: Request, *, source_ip: str) -> Response:
        """Answers a request, apart from HTTP."""
        if len(request.body) > MAX_BODY_BYTES:
            too_large = f"the body has more than {MAX_BODY_BYTES} bytes"
            return error_response(ApiError("RequestEntityTooLargeException", too_large, status=413), request, None)
        service = None
        try:
            caller = authenticate(request, self._identities, now=self._clock(), region=self._scope.region)
            service = caller.service
            call = read_call(request, service)
            return await self._dispatch(call, request, caller.principal, self._context(source_ip))
        except SignatureRefused as refused:
            return error_response(ApiError(refused.code, refused.message), request, service)
        except ApiError as error:
            return error_response(error, request, service)
        except Exception:
            _logger.exception("%s %s of %s failed", request.method, request.path, service)
            failure = ApiError("InternalFailure", "the sandbox failed; its log says how", status=500)
            return error_response(failure, request, service)

    async def _dispatch(self, call: Call, request: Request, principal: Principal, context: Keys) -> Response:
        if call.service == "sts":
            return result_response(call, self._session_token(call, principal, context))
        self._authorize(call, principal, context)
        if call.service == "dynamodb":
            return await self._dynamodb(call)
        operation = self._operations.get((call.service, call.operation))
        if operation is not None:
            return result_response(call, await operation(call.parameters))
        if call.service in self._services | _NOT_IN_MOTO:
            raise ApiError("UnknownOperationException", f"{call.action} is not emulated in the sandbox", status=501)
        return await self._moto.request(request)

    def _session_token(self, call: Call, principal: Principal, context: Keys) -> Mapping[str, Any]:
        if call.operation == "GetCallerIdentity":
            return caller_identity(principal)
        if call.operation == "AssumeRole":
            return assume_role(
                call.parameters,
                identities=self._identities,
                principal=principal,
                context=context,
                now=self._clock(),
            )
        raise ApiError("NotImplemented", f"{call.action} is not emulated in the sandbox", status=501)

    def _authorize(self, call: Call, principal: Principal, context: Keys) -> None:
        if principal.role_arn is None:
            return
        role = self._identities.role(principal.role_arn)
        for needed in permissions(call, self._scope):
            decision = authorize_identity(
                role, action=needed.action, resource=needed.resource, principal=principal, context=context
            )
            if not decision.allowed:
                # https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
                kind = "permissions boundary" if decision.by_boundary else "identity-based policy"
                why = (
                    f"with an explicit deny in {'a' if decision.by_boundary else 'an'} {kind}"
                    if decision.explicit_deny
                    else f"because no {kind} allows the {needed.action} action"
                )
                raise ApiError(
                    "AccessDeniedException",
                    f"User: {principal.arn} is not authorized to perform: {needed.action} on resource: "
                    f"{needed.resource} {why}",
                )

    async def _dynamodb(self, call: Call) -> Response:
        started = time.perf_counter()
        now = self._clock()
        outcome = await self._moto.run(self._governor.handle, call.operation, call.parameters, now)
        latency_ms = (time.perf_counter() - started) * 1000
        for measured in measurements(call.operation, table_names(call), outcome, latency_ms):
            self._metrics.record(NAMESPACE, measured.name, measured.dimensions, measured.value, measured.unit, now)
        if isinstance(outcome.answer, ApiError):
            raise outcome.answer
        return result_response(call, outcome.answer)

    def _context(self, source_ip: str) -> Keys:
        # The sandbox stands for AWS's own endpoints, which speak TLS.
        return {
            "aws:RequestedRegion": self._scope.region,
            "aws:SecureTransport": "true",
            "aws:SourceIp": source_ip,
        }
