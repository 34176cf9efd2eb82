"""The requests: events of a REST API with Lambda proxy integration, as API Gateway sends them.

The shape and the headers are those of API Gateway's developer guide, "Input format of a Lambda function for proxy
integration", for a browser's request to an edge-optimised API.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.lib.orders import ROUTE, TOKEN

_HEADERS = {
    "Accept": "application/json, text/plain, */*",
    "Accept-Encoding": "gzip, deflate, br",
    "Accept-Language": "en-GB,en;q=0.8,de;q=0.6",
    "Authorization": f"Bearer {TOKEN}",
    "CloudFront-Forwarded-Proto": "https",
    "CloudFront-Is-Desktop-Viewer": "true",
    "CloudFront-Is-Mobile-Viewer": "false",
    "CloudFront-Viewer-Country": "CH",
    "Content-Type": "application/json",
    "Host": "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Via": "2.0 0123456789abcdef0123456789abcdef.cloudfront.net (CloudFront)",
    "X-Amz-Cf-Id": "0aZ1bY2cX3dW4eV5fU6gT7hS8iR9jQ0kP1lO2mN3nM4oL5pK6qJ7rI==",
    "X-Amzn-Trace-Id": "Root=1-67891233-abcdef012345678912345678",
    "X-Forwarded-For": "192.0.2.7, 198.51.100.178",
    "X-Forwarded-Port": "443",
    "X-Forwarded-Proto": "https",
}
_ORDER = {"article": "Notebook, squared", "quantity": 3, "price": 4.5, "currency": "CHF"}
_BODY = json.dumps(_ORDER)


@dataclass(frozen=True, slots=True)
class Context:
    """The context of an invocation: what of it the contestants read."""

    aws_request_id: str = "11111111-2222-3333-4444-555555555555"
    function_name: str = "orders"
    function_version: str = "7"
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:orders:live"
    log_group_name: str = "/aws/lambda/orders"
    log_stream_name: str = "2026/11/24/[7]0123456789abcdef"
    memory_limit_in_mb: int = 512

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the invocation."""
        return 10_000


def rest_event(
    method: str,
    resource: str,
    path_parameters: Mapping[str, str],
    body: str,
    *,
    headers: Mapping[str, str] = _HEADERS,
    base64: bool = False,
) -> dict[str, Any]:
    """The event of a request with a body to a REST API."""
    path = resource.format_map(path_parameters)
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": dict(headers),
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": dict(path_parameters),
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "domainName": "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com",
            "domainPrefix": "a1b2c3d4e5",
            "extendedRequestId": "A1b2C3d4E5f6G7h=",
            "httpMethod": method,
            "identity": {
                "accessKey": None,
                "accountId": None,
                "apiKey": None,
                "apiKeyId": None,
                "caller": None,
                "cognitoAuthenticationProvider": None,
                "cognitoAuthenticationType": None,
                "cognitoIdentityId": None,
                "cognitoIdentityPoolId": None,
                "principalOrgId": None,
                "sourceIp": "192.0.2.7",
                "user": None,
                "userAgent": _HEADERS["User-Agent"],
                "userArn": None,
            },
            "path": f"/live{path}",
            "protocol": "HTTP/1.1",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "requestTime": "24/Nov/2026:08:00:00 +0000",
            "requestTimeEpoch": 1_795_507_200_000,
            "resourceId": "r1s2t3",
            "resourcePath": resource,
            "stage": "live",
        },
        "body": body,
        "isBase64Encoded": base64,
    }


def _order(
    *, shop: str = "old-town", headers: Mapping[str, str] = _HEADERS, body: str = _BODY, base64: bool = False
) -> dict[str, Any]:
    method, _, resource = ROUTE.partition(" ")
    return rest_event(method, resource, {"shop_id": shop}, body, headers=headers, base64=base64)


def _without(name: str) -> dict[str, str]:
    return {other: value for other, value in _HEADERS.items() if other != name}


TIMED = _order()
"""What is timed."""

ACCEPTED = {
    "as a browser sends it": TIMED,
    "header names in lower case": _order(headers={name.lower(): value for name, value in _HEADERS.items()}),
    "a path parameter that is percent-encoded": _order(shop="old%20town"),
    "a body in base64": _order(body=b64encode(_BODY.encode()).decode(), base64=True),
}
"""What every contestant answers alike."""

REFUSED = {
    "a wrong field": _order(body=json.dumps(_ORDER | {"quantity": 0})),
    "a missing field": _order(body=json.dumps({"article": "Notebook"})),
    "a body that is not JSON": _order(body="{"),
    "a body of another media type": _order(headers=_HEADERS | {"Content-Type": "text/plain"}),
    "no token": _order(headers=_without("Authorization")),
    "an unknown token": _order(headers=_HEADERS | {"Authorization": "Bearer unknown"}),
}
"""What every contestant refuses, each in its own words."""
