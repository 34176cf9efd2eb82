"""fastapi behind mangum; log and metric by hand."""

from typing import Annotated

from benchmarks.lib.contestants.observed_by_hand import observed
from benchmarks.lib.orders import Order, Receipt, bearer_token, receipt, user_of
from fastapi import FastAPI, Header, HTTPException
from mangum import Mangum

app = FastAPI()


@app.post("/shops/{shop_id}/orders", status_code=201)
async def post_order(shop_id: str, order: Order, authorization: Annotated[str | None, Header()] = None) -> Receipt:
    """Order an article; on the event loop, since it waits for nothing."""
    user_id = user_of(bearer_token(authorization))
    if user_id is None:
        raise HTTPException(401)
    return receipt(shop_id, user_id, order)


handler = observed(Mangum(app, lifespan="off"))
