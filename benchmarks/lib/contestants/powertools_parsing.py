"""Powertools' resolver without validation: the function parses the body; Logger and Metrics."""

from urllib.parse import unquote

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import BadRequestError
from benchmarks.lib.contestants.powertools_observed import Observed, user_id_of
from benchmarks.lib.orders import Order, receipt
from pydantic import ValidationError

app = APIGatewayRestResolver()


@app.post("/shops/<shop_id>/orders")
def post_order(shop_id: str) -> Response[str]:
    """Order an article."""
    user_id = user_id_of(app)
    event = app.current_event
    if not event.headers.get("Content-Type", "application/json").startswith("application/json"):
        raise BadRequestError("The body has to be application/json.")
    try:
        order = Order.model_validate_json(event.decoded_body or "")
    except ValidationError as error:
        raise BadRequestError(error.json()) from None
    body = receipt(unquote(shop_id), user_id, order).model_dump_json()
    return Response(status_code=201, content_type="application/json", body=body)


handler = Observed(app)
