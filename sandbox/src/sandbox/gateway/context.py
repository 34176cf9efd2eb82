"""The `$context` variables of a request, for gateway responses and access logs.

See https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html.
"""

import json

from sandbox.gateway.exchange import Exchange
from sandbox.gateway.messages import Response
from sandbox.gateway.proxy_event import caller_id, request_time, resource_id
from sandbox.gateway.variables import Variables


def request_variables(exchange: Exchange) -> dict[str, object]:
    """What is known of a request before it is answered; None stands for nothing."""
    caller, refusal, resource = exchange.caller, exchange.refusal, exchange.route.method.resource
    known = None if caller is None else caller_id(caller)
    return {
        "context.accountId": exchange.account_id,
        "context.apiId": exchange.api_id,
        "context.domainName": exchange.domain_name,
        "context.domainPrefix": exchange.domain_name.partition(".")[0],
        "context.error.message": refusal and refusal.message,
        "context.error.messageString": refusal and json.dumps(refusal.message),
        "context.error.responseType": refusal and refusal.type,
        "context.error.validationErrorString": refusal and refusal.validation,
        "context.extendedRequestId": exchange.extended_request_id,
        "context.httpMethod": exchange.request.method,
        "context.identity.accessKey": caller and caller.credentials.access_key_id,
        "context.identity.accountId": caller and caller.principal.account_id,
        "context.identity.caller": known,
        "context.identity.sourceIp": exchange.request.source_ip,
        "context.identity.user": known,
        "context.identity.userAgent": exchange.request.header("user-agent"),
        "context.identity.userArn": caller and caller.principal.arn,
        "context.path": exchange.request.path,
        "context.protocol": "HTTP/1.1",
        "context.requestId": exchange.request_id,
        "context.requestTime": request_time(exchange.at),
        "context.requestTimeEpoch": int(exchange.at * 1000),
        "context.resourceId": resource_id(resource) if resource else None,
        "context.resourcePath": resource or None,
        "context.stage": exchange.stage,
        "context.xrayTraceId": exchange.trace_id,
        **{f"stageVariables.{name}": value for name, value in exchange.stage_variables.items()},
    }


def response_variables(exchange: Exchange, response: Response, latency_ms: float) -> Variables:
    """What is known of a request that has been answered, for its access log."""
    integration_ms = exchange.integration_latency_ms
    latency = None if integration_ms is None else round(integration_ms)
    reason = exchange.refusal and exchange.refusal.integration
    return {
        **request_variables(exchange),
        "context.integration.error": reason,
        "context.integration.integrationStatus": exchange.integration_status,
        "context.integration.latency": latency,
        "context.integration.requestId": exchange.integration_request_id,
        "context.integration.status": exchange.integration_status,
        "context.integrationErrorMessage": reason,
        "context.integrationLatency": latency,
        "context.integrationStatus": exchange.integration_status,
        "context.responseLatency": round(latency_ms),
        "context.responseLength": len(response.body),
        "context.status": response.status,
    }
