"""The routes of an example: orders, read by their buyer and written by whoever is named as a caller."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, Field

from lambda_lib import Bearer, Identity, Routes, Signed


class Order(BaseModel):
    """An order of one article."""

    article: Annotated[str, Field(min_length=1, max_length=80, examples=["A bicycle"])]
    buyer: Annotated[str, Field(pattern="^[A-Za-z0-9-]{1,36}$")]


@dataclass(frozen=True, slots=True)
class Resources:
    """What the routes work with; here a table that is only kept in memory."""

    orders: dict[str, Order]


OrderId = Annotated[str, Field(pattern="^[a-z0-9-]{1,36}$")]
routes = Routes(title="orders", version="1.0.0", resources=Resources)


@routes.put("/orders/{order_id}", access=Signed(), status=204)
def put_order(order_id: OrderId, order: Order, resources: Resources) -> None:
    """Store an order."""
    resources.orders[order_id] = order


@routes.get("/orders", access=Bearer())
def list_orders(identity: Identity, resources: Resources) -> list[Order]:
    """List the orders of the user who calls: a query of the index `by-buyer`."""
    return [order for order in resources.orders.values() if order.buyer == identity.user_id]
