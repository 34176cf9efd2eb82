"""Limits of attempts, counted in the service's table: how often a source, and all of them together, may guess.

Time is cut into windows of a minute. What is counted in one is an item with the window's number in its key, so that a
count starts anew by itself, a late TTL deletion does no harm, and nobody is refused for longer than a minute.

| item | `pk` | counts |
|---|---|---|
| attempts | `attempts#<window>#<source>` | all of a source in `total`, those on each account in a member |
| sign-ups | `sign-ups#<window>#<source>` | all of a source in `total` |
| failures | `failures#<window>#<user id>` | refusals on an account, by all sources together |
"""

import hashlib
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from authentication_service.model import TooManyAttempts

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

WINDOW_S = 60
"""Seconds in which attempts are counted, and the longest that anybody is refused for."""

MAX_OF_SOURCE = 60
"""Attempts of one source in a window, on whichever accounts; and sign-ups, apart from them."""

MAX_OF_SOURCE_ON_ACCOUNT = 5
"""Attempts of one source on one account in a window."""

MAX_FAILURES_OF_ACCOUNT = 50
"""Refusals on one account in a window, after which it takes attempts only from where its user has come before."""


class Attempts:
    """Admits attempts as long as there are not too many.

    An attempt is counted before it is looked at: any number of them at once are no more than as many in a row.

    Args:
        client: A botocore DynamoDB client.
        table_name: The table to use; its TTL attribute is `expires_at`.
    """

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def admit_sign_up(self, source: str, *, now: float) -> None:
        """Counts a sign-up. One write unit, also for one that is refused.

        Raises:
            TooManyAttempts: The source has signed up too many users.
        """
        with _limited(now):
            self._client.update_item(
                TableName=self._table_name,
                Key={"pk": {"S": f"sign-ups#{_window(now)}#{source}"}},
                UpdateExpression="ADD #total :one SET expires_at = :end",
                ConditionExpression="attribute_not_exists(#total) OR #total < :most",
                ExpressionAttributeNames={"#total": "total"},
                ExpressionAttributeValues={
                    ":one": {"N": "1"},
                    ":most": {"N": str(MAX_OF_SOURCE)},
                    ":end": {"N": str(_end(now))},
                },
            )

    def admit(self, source: str, user_id: str, *, now: float) -> None:
        """Counts an attempt on an account, whether or not it exists. One write unit, also for one that is refused.

        The item has a member for each account, named by a hash that keeps it below 1 KB for as many as are admitted.

        Raises:
            TooManyAttempts: The source has made too many, on this account or on all.
        """
        with _limited(now):
            self._client.update_item(
                TableName=self._table_name,
                Key={"pk": {"S": f"attempts#{_window(now)}#{source}"}},
                UpdateExpression="ADD #total :one, #account :one SET expires_at = :end",
                ConditionExpression=(
                    "(attribute_not_exists(#total) OR #total < :most)"
                    " AND (attribute_not_exists(#account) OR #account < :most_on_account)"
                ),
                ExpressionAttributeNames={
                    "#total": "total",
                    "#account": hashlib.sha256(user_id.encode()).hexdigest()[:8],
                },
                ExpressionAttributeValues={
                    ":one": {"N": "1"},
                    ":most": {"N": str(MAX_OF_SOURCE)},
                    ":most_on_account": {"N": str(MAX_OF_SOURCE_ON_ACCOUNT)},
                    ":end": {"N": str(_end(now))},
                },
            )

    def require_few_failures(self, user_id: str, *, is_familiar: bool, now: float) -> None:
        """Looks at how many refusals an account has seen. Half a read unit: some more or less do not matter.

        Args:
            user_id: Whose account it is, whether or not it exists.
            is_familiar: Whether its user has come from this source before, so that guesses from elsewhere are no reason
                to refuse this one.
            now: Seconds since the epoch.

        Raises:
            TooManyAttempts: They are too many.
        """
        response = self._client.get_item(TableName=self._table_name, Key={"pk": {"S": _failures(user_id, now)}})
        failures = int(response["Item"]["total"]["N"]) if "Item" in response else 0
        if failures >= MAX_FAILURES_OF_ACCOUNT and not is_familiar:
            raise TooManyAttempts(retry_after_s=_left(now))

    def add_failure(self, user_id: str, *, now: float) -> None:
        """Counts a refusal on an account. One write unit."""
        self._client.update_item(
            TableName=self._table_name,
            Key={"pk": {"S": _failures(user_id, now)}},
            UpdateExpression="ADD #total :one SET expires_at = :end",
            ExpressionAttributeNames={"#total": "total"},
            ExpressionAttributeValues={":one": {"N": "1"}, ":end": {"N": str(_end(now))}},
        )


def _failures(user_id: str, now: float) -> str:
    return f"failures#{_window(now)}#{user_id}"


def _window(now: float) -> int:
    return int(now // WINDOW_S)


def _end(now: float) -> int:
    return (_window(now) + 1) * WINDOW_S


def _left(now: float) -> int:
    return max(1, math.ceil(_end(now) - now))


@contextmanager
def _limited(now: float) -> Iterator[None]:
    """Raises `TooManyAttempts` where the condition of a write is not met."""
    try:
        yield
    except ClientError as refusal:
        if refusal.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise TooManyAttempts(retry_after_s=_left(now)) from refusal
        raise
