"""Limits of attempts, counted in the service's table: how often a source, and all of them together, may guess.

Time is cut into windows of a minute. What is counted in one is an item with the window's number in its key, so that a
count starts anew by itself, a late TTL deletion does no harm, and nobody is refused for longer than a minute.

| item | `pk` | counts |
|---|---|---|
| attempts | `attempts#<window>#<source>` | all of a source in `total`, those on each account in a member |
| sign-ups | `sign-ups#<window>#<source>` | all of a source in `total` |
| guesses | `guesses#<window>#<user id>` | attempts on an account from new sources, and wrong ones from known sources |
"""

import hashlib
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from botocore.exceptions import ClientError

from authentication_service.model import TooManyAttempts
from lambda_lib.preconditions import WriteCondition

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

WINDOW_S = 60
"""Seconds in which attempts are counted, and the longest that anybody is refused for."""

MAX_OF_SOURCE = 60
"""Attempts of one source in a window, on whichever accounts; and sign-ups, apart from them."""

MAX_OF_SOURCE_ON_ACCOUNT = 5
"""Attempts of one source on one account in a window."""

MAX_GUESSES_ON_ACCOUNT = 50
"""Guesses at one account in a window, after which it takes attempts only from where its user has come before."""


class Attempts:
    """Admits attempts as long as there are not too many.

    An attempt is counted before it is looked at: any number of them at once are no more than as many in a row. Who was
    refused is remembered until the window ends, so that insisting costs the table nothing; each execution environment
    has a memory of its own.

    Args:
        client: A botocore DynamoDB client.
        table_name: The table to use; its TTL attribute is `expires_at`.
        max_remembered: Refusals to remember, some 100 bytes each; those beyond cost a write unit each time.
    """

    def __init__(self, client: "DynamoDBClient", table_name: str, *, max_remembered: int = 4096) -> None:
        self._client = client
        self._table_name = table_name
        self._max_remembered = max_remembered
        self._window = -1
        self._refused: set[str] = set()

    def admit_sign_up(self, source: str, *, now: float) -> None:
        """Counts a sign-up. One write unit, also for the first that is refused; none for the next ones.

        Raises:
            TooManyAttempts: The source has signed up too many users.
        """
        self._count("sign-ups", source, {"total": MAX_OF_SOURCE}, now=now)

    def admit(self, source: str, user_id: str, *, now: float) -> None:
        """Counts an attempt on an account, whether or not it exists.

        One write unit, also for the first that is refused; none for the next ones. The item has a member for each
        account, named by a hash that keeps it below 1 KB for as many as are admitted.

        Raises:
            TooManyAttempts: The source has made too many, on this account or on all.
        """
        account = hashlib.sha256(user_id.encode()).hexdigest()[:8]
        self._count("attempts", source, {"total": MAX_OF_SOURCE, account: MAX_OF_SOURCE_ON_ACCOUNT}, now=now)

    def admit_guess(self, user_id: str, *, now: float) -> None:
        """Counts an attempt on an account, whether or not it exists, from where its user has not come before.

        One write unit, also for the first that is refused; none for the next ones.

        Raises:
            TooManyAttempts: There have been too many, by all sources together.
        """
        self._count("guesses", user_id, {"total": MAX_GUESSES_ON_ACCOUNT}, now=now)

    def add_guess(self, user_id: str, *, now: float) -> None:
        """Counts a wrong attempt from where the user has come before, who is not refused for it. One write unit."""
        self._add("guesses", user_id, {"total": None}, now=now)

    def _count(self, kind: str, whose: str, limits: Mapping[str, int], *, now: float) -> None:
        """Adds one to each of the counts that `limits` names, unless one of them has reached its limit.

        Raises:
            TooManyAttempts: One has.
        """
        if (window := _window(now)) != self._window:
            self._window = window
            self._refused.clear()
        refusals = {name: f"{kind}#{whose}#{name}" for name in limits}
        if not self._refused.isdisjoint(refusals.values()):
            raise TooManyAttempts(retry_after_s=_left(now))
        try:
            self._add(kind, whose, limits, now=now)
        except ClientError as refusal:
            if refusal.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            counts = cast("Mapping[str, AttributeValueTypeDef]", refusal.response.get("Item", {}))
            full = {
                refusals[name] for name, most in limits.items() if name in counts and int(counts[name]["N"]) >= most
            }
            if len(self._refused) < self._max_remembered:
                self._refused |= full
            raise TooManyAttempts(retry_after_s=_left(now)) from refusal

    def _add(self, kind: str, whose: str, limits: Mapping[str, int | None], *, now: float) -> None:
        """Adds one to each count, on the condition that none has reached its limit, if it has one."""
        names = {f"#{index}": name for index, name in enumerate(limits)}
        values: dict[str, AttributeValueTypeDef] = {":one": {"N": "1"}, ":end": {"N": str(_end(now))}}
        conditions = []
        for name, most in zip(names, limits.values(), strict=True):
            if most is not None:
                values[f":most{name[1:]}"] = {"N": str(most)}
                conditions.append(f"(attribute_not_exists({name}) OR {name} < :most{name[1:]})")
        condition: WriteCondition = {"ExpressionAttributeValues": values}
        if conditions:
            condition["ConditionExpression"] = " AND ".join(conditions)
        self._client.update_item(
            TableName=self._table_name,
            Key={"pk": {"S": f"{kind}#{_window(now)}#{whose}"}},
            UpdateExpression=f"ADD {', '.join(f'{name} :one' for name in names)} SET expires_at = :end",
            ExpressionAttributeNames=names,
            ReturnValuesOnConditionCheckFailure="ALL_OLD" if conditions else "NONE",
            **condition,
        )


def _window(now: float) -> int:
    return int(now // WINDOW_S)


def _end(now: float) -> int:
    return (_window(now) + 1) * WINDOW_S


def _left(now: float) -> int:
    return max(1, math.ceil(_end(now) - now))
