"""The service in lambda_lib, for the contestants that differ in their telemetry."""

from dataclasses import dataclass

from benchmarks.lib.orders import Order, Receipt, receipt, user_of

from lambda_lib import Bearer, Identity, Routes, Unauthenticated


@dataclass(frozen=True, slots=True)
class Resources:
    """Nothing."""


routes = Routes(title="orders", version="1.0.0", resources=Resources)


@routes.post("/shops/{shop_id}/orders", access=Bearer(), status=201)
def post_order(shop_id: str, order: Order, identity: Identity) -> Receipt:
    """Order an article."""
    return receipt(shop_id, identity.user_id, order)


def authenticate(token: str) -> Identity:
    """The user of a token."""
    user_id = user_of(token)
    if user_id is None:
        raise Unauthenticated("The token is not valid.")
    return Identity(user_id, token)
