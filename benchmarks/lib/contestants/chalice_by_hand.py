"""chalice; log and metric by hand."""

from urllib.parse import unquote

from benchmarks.lib.contestants.observed_by_hand import observed
from benchmarks.lib.orders import Order, bearer_token, receipt, user_of
from chalice.app import BadRequestError, Chalice, Response, UnauthorizedError
from pydantic import ValidationError

app = Chalice(app_name="orders")


@app.route("/shops/{shop_id}/orders", methods=["POST"])
def post_order(shop_id: str) -> Response:
    """Order an article."""
    request = app.current_request
    user_id = user_of(bearer_token(request.headers.get("authorization")))
    if user_id is None:
        raise UnauthorizedError("A bearer token is required.")
    try:
        order = Order.model_validate_json(request.raw_body)
    except ValidationError as error:
        raise BadRequestError(error.json()) from None
    body = receipt(unquote(shop_id), user_id, order).model_dump_json()
    return Response(body=body, status_code=201, headers={"Content-Type": "application/json"})


handler = observed(app)
