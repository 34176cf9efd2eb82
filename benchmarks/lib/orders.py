"""The service that every contestant is: it takes an order of a shop's article from a signed-in user."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

ROUTE = "POST /shops/{shop_id}/orders"
TOKEN = "dGhpcy1pcy1hLXRva2VuLW9mLXRoaXJ0eS10d28tYnl0ZXM"  # noqa: S105  of nobody
_USERS = {TOKEN: "ada"}


class Order(BaseModel):
    """What a user orders: the body of a request."""

    article: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    quantity: Annotated[int, Field(ge=1, le=1000)]
    price: Annotated[float, Field(ge=0)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class Receipt(BaseModel):
    """What was ordered: the body of a reply."""

    shop_id: str
    user_id: str
    article: str
    total: float
    currency: str


def user_of(token: str) -> str | None:
    """The user whose token it is, if it is anybody's."""
    return _USERS.get(token)


def bearer_token(authorization: str | None) -> str:
    """The token in the value of an `Authorization` header, or nothing."""
    scheme, _, token = (authorization or "").partition(" ")
    return token if scheme.lower() == "bearer" else ""


def receipt(shop_id: str, user_id: str, order: Order) -> Receipt:
    """The receipt of an order."""
    return Receipt(
        shop_id=shop_id,
        user_id=user_id,
        article=order.article,
        total=order.quantity * order.price,
        currency=order.currency,
    )
