"""A DynamoDB client that shows throttling instead of hiding it."""

from typing import TYPE_CHECKING, cast

from botocore.config import Config
from botocore.session import Session

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def dynamodb_client(
    *, region: str, session: Session | None = None, connect_timeout_s: float = 1.0, read_timeout_s: float = 2.0
) -> "DynamoDBClient":
    """Make a DynamoDB client that tries each request once.

    botocore's default is to try ten times with growing pauses, so that a table out of capacity shows as slow requests
    (botocore's `Config`, `retries`). Here the caller learns at once, as 503 with `Retry-After`, and the metrics and
    the log tell the cause.

    Args:
        region: AWS region.
        session: Session to make it in; a second client in one session is cheap.
        connect_timeout_s: Seconds to wait for a connection.
        read_timeout_s: Seconds to wait for data.
    """
    config = Config(
        connect_timeout=connect_timeout_s,
        read_timeout=read_timeout_s,
        retries={"total_max_attempts": 1, "mode": "standard"},
        tcp_keepalive=True,
    )
    client = (session or Session()).create_client("dynamodb", region_name=region, config=config)
    return cast("DynamoDBClient", client)
