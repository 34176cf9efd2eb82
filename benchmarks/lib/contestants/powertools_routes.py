"""The service on Powertools' validating resolver, for the contestants that differ in their decorators."""

from urllib.parse import unquote

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from benchmarks.lib.contestants.powertools_observed import user_id_of
from benchmarks.lib.orders import Order, Receipt, receipt

app = APIGatewayRestResolver(enable_validation=True)


@app.post("/shops/<shop_id>/orders", status_code=201)
def post_order(shop_id: str, order: Order) -> Receipt:
    """Order an article."""
    return receipt(unquote(shop_id), user_id_of(app), order)
