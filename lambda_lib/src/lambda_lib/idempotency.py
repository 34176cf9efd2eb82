"""Writes that happen once however often they are sent: `Handler(…, idempotency=Idempotency(…))`.

A request that carries an `Idempotency-Key` (IETF draft-ietf-httpapi-idempotency-key-header) to a route with
`idempotent=True` is carried out once; whoever repeats it gets the reply that was given then. It stands on Powertools'
idempotency and a DynamoDB table: `pip install lambda-lib[idempotency]`. Importing that costs a cold start boto3
besides botocore, so that only services which import this module pay for it.

Environment variable (optional; the name is Powertools'):
    POWERTOOLS_IDEMPOTENCY_DISABLED: `true` to carry out every request; for development only, and Powertools warns.
"""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyInconsistentStateError,
    IdempotencyPersistenceLayerError,
    IdempotencyValidationError,
)

from lambda_lib._invocation import current_invocation
from lambda_lib.errors import IdempotencyKeyReused, RequestInProgress, ServiceUnavailable

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_dynamodb import DynamoDBClient

REPLAYED_HEADER = "Idempotency-Replayed"

type Reply = dict[str, Any]

_LOG = logging.getLogger(__name__)


class Idempotency:
    """Keeps, in a DynamoDB table, which requests have been carried out and what was replied.

    - The same key with the same request: the reply of the first time, with `Idempotency-Replayed: true`.
    - While the first one is being carried out: `RequestInProgress` (409 with `Retry-After`); no longer than its
      invocation may last, so that one that was cut off may be repeated.
    - The same key with another request: `IdempotencyKeyReused` (422).
    - A reply of 500 or more, or whatever is raised: nothing is kept, and the next request is a new attempt.
    - If the table refuses, no request is carried out: throttling is 503, as it is everywhere. If it refuses to keep the
      reply of a request that has been carried out, that reply is given, and the log says so: within `keep_s` a
      repetition would then be carried out again.

    Keys count for one route and one caller. Records are called `idempotency#` and a hash, so that the service's own
    table can hold them beside its items if its key is one text attribute; kept are a hash of key and request, and the
    reply as it was sent. **Do not make a route idempotent whose reply is secret** (a new token, for example) unless
    that table may hold it.

    Args:
        client: DynamoDB client; see `dynamodb_client`. The function needs `PutItem`, `UpdateItem`, `GetItem` and
            `DeleteItem`.
        table_name: The table.
        key_attribute: Its partition key, a text.
        expires_attribute: Its TTL attribute, in seconds since the epoch. A record counts until then, however late
            DynamoDB deletes it.
        keep_s: Seconds that a reply is kept.
    """

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        table_name: str,
        key_attribute: str = "id",
        expires_attribute: str = "expires_at",
        keep_s: int = 24 * 60 * 60,
    ) -> None:
        store = DynamoDBPersistenceLayer(
            table_name=table_name, key_attr=key_attribute, expiry_attr=expires_attribute, boto3_client=client
        )
        config = IdempotencyConfig(
            event_key_jmespath="key",
            payload_validation_jmespath="payload",
            raise_on_no_idempotency_key=True,
            expires_after_seconds=keep_s,
            hash_function="sha256",
            lambda_context=cast("LambdaContext", _InvocationContext()),
            response_hook=lambda reply, _record: _replayed(reply),
        )
        self._carry_out = idempotent_function(
            _carry_out,
            data_keyword_argument="request",
            persistence_store=store,
            config=config,
            key_prefix="idempotency",
        )

    def once(self, *, key: str, scope: str, payload: object, answer: Callable[[], Reply]) -> Reply:
        """The answer to a request; if it has been answered already, that answer.

        Args:
            key: The request's `Idempotency-Key`.
            scope: Route and caller, who may not use each other's keys.
            payload: The request, as JSON knows it: another one with the same key is refused.
            answer: Carries out the request.

        Raises:
            RequestInProgress: It is being carried out.
            IdempotencyKeyReused: The key belongs to another request.
            ServiceUnavailable: It cannot be told whether it has been carried out.
            botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: What the table refused with.
        """
        attempt = _Attempt(answer)
        try:
            reply: Reply = self._carry_out(request={"key": [scope, key], "payload": payload}, attempt=attempt)
        except _NotKept:
            return attempt.result()
        except IdempotencyAlreadyInProgressError as error:
            raise RequestInProgress from error
        except IdempotencyValidationError as error:
            raise IdempotencyKeyReused("The Idempotency-Key belongs to another request.") from error
        except IdempotencyInconsistentStateError as error:
            raise ServiceUnavailable from error
        except IdempotencyPersistenceLayerError as error:
            if not attempt.over:
                raise error.__cause__ or error from None
            _LOG.warning("how a request went that was carried out is not kept: %s", error)
            return attempt.result()
        return reply


class _NotKept(Exception):  # noqa: N818  an order, not an error
    """Makes Powertools forget the request."""


class _Attempt:
    """Carries out a request and remembers how it went, whatever becomes of the record."""

    def __init__(self, answer: Callable[[], Reply]) -> None:
        self._answer = answer
        self._reply: Reply | None = None
        self._error: Exception | None = None

    @property
    def over(self) -> bool:
        return self._reply is not None or self._error is not None

    def make(self) -> Reply:
        try:
            self._reply = self._answer()
        except Exception as error:
            self._error = error
            raise
        if self._reply["statusCode"] >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise _NotKept
        return self._reply

    def result(self) -> Reply:
        if self._reply is None:
            raise self._error or RuntimeError("the request has not been carried out")
        return self._reply


class _InvocationContext:
    """Tells Powertools how long a record that is in progress may be, as Lambda's context would."""

    def get_remaining_time_in_millis(self) -> int | None:
        remaining_s = current_invocation().remaining_s()
        return None if remaining_s is None else max(0, int(remaining_s * 1000))


def _carry_out(*, request: object, attempt: _Attempt) -> Reply:
    # Powertools makes key and hash of the first argument and hands both on.
    del request
    return attempt.make()


def _replayed(reply: Reply) -> Reply:
    return {**reply, "headers": {**reply["headers"], REPLAYED_HEADER: "true"}}
