"""A function with pydantic and nothing else; log and metric by hand."""

import time
from base64 import b64decode
from typing import Any
from urllib.parse import unquote

from benchmarks.lib.by_hand import Writer
from benchmarks.lib.events import Context
from benchmarks.lib.orders import ROUTE, Order, bearer_token, receipt, user_of
from pydantic import ValidationError

writer = Writer()


def handler(event: dict[str, Any], context: Context) -> dict[str, Any]:
    """Answer one event."""
    started = time.monotonic()
    correlation_id = event["requestContext"]["requestId"]
    status, content_type, body = _answer(event)
    writer.write(
        route=ROUTE,
        status=status,
        duration_ms=(time.monotonic() - started) * 1000,
        correlation_id=correlation_id,
        request_id=context.aws_request_id,
    )
    return {
        "statusCode": status,
        "headers": {"Content-Type": content_type, "Cache-Control": "no-store", "X-Correlation-Id": correlation_id},
        "body": body,
        "isBase64Encoded": False,
    }


def _answer(event: dict[str, Any]) -> tuple[int, str, str]:
    # Names of headers come as the client spells them, path parameters percent-encoded.
    headers = {name.lower(): value for name, value in event["headers"].items()}
    user_id = user_of(bearer_token(headers.get("authorization")))
    if user_id is None:
        return 401, "text/plain", "A bearer token is required."
    if headers.get("content-type", "application/json").partition(";")[0].strip().lower() != "application/json":
        return 415, "text/plain", "The body has to be application/json."
    body = b64decode(event["body"]) if event["isBase64Encoded"] else event["body"]
    try:
        order = Order.model_validate_json(body)
    except ValidationError as error:
        return 400, "application/json", error.json()
    shop_id = unquote(event["pathParameters"]["shop_id"])
    return 201, "application/json", receipt(shop_id, user_id, order).model_dump_json()
