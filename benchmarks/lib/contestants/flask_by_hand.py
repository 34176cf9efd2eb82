"""flask behind apig-wsgi; log and metric by hand."""

from apig_wsgi import make_lambda_handler
from benchmarks.lib.contestants.observed_by_hand import observed
from benchmarks.lib.orders import Order, bearer_token, receipt, user_of
from flask import Flask, Response, request
from pydantic import ValidationError

app = Flask(__name__)


@app.post("/shops/<shop_id>/orders")
def post_order(shop_id: str) -> Response:
    """Order an article."""
    user_id = user_of(bearer_token(request.headers.get("Authorization")))
    if user_id is None:
        return Response("A bearer token is required.", status=401)
    if not request.is_json:
        return Response("The body has to be application/json.", status=415)
    try:
        order = Order.model_validate_json(request.get_data())
    except ValidationError as error:
        return Response(error.json(), status=400, mimetype="application/json")
    body = receipt(shop_id, user_id, order).model_dump_json()
    return Response(body, status=201, mimetype="application/json")


handler = observed(make_lambda_handler(app))
