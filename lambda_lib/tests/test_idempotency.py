"""A request with an `Idempotency-Key` is carried out once; whoever repeats it gets the same reply."""

import json
import logging
import time
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from moto import mock_aws
from pydantic import BaseModel

from lambda_lib import Handler, Public, Routes, dynamodb_client
from lambda_lib._invocation import Invocation, invocation
from lambda_lib.errors import IdempotencyKeyReused, NotFound, RequestInProgress, ServiceUnavailable, Throttled
from lambda_lib.idempotency import Idempotency
from lambda_lib.problems import as_service_error
from lambda_lib.testing import Context, an_event

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "dev-things"


class Order(BaseModel):
    """What is ordered."""

    thing: str


class Route:
    """What a request does: it counts, and replies what it is told to."""

    def __init__(self, *replies: dict[str, Any] | BaseException) -> None:
        self._replies = replies
        self.carried_out = 0

    def __call__(self) -> dict[str, Any]:
        reply = self._replies[min(self.carried_out, len(self._replies) - 1)]
        self.carried_out += 1
        if isinstance(reply, BaseException):
            raise reply
        return reply


def a_reply(status: int = 201, body: str = '{"name":"é"}') -> dict[str, Any]:
    headers = {"Content-Type": "application/json"}
    return {"statusCode": status, "headers": headers, "body": body, "isBase64Encoded": False}


REPLAYED = {**a_reply(), "headers": {"Content-Type": "application/json", "Idempotency-Replayed": "true"}}


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator["DynamoDBClient"]:
    """With a table such as a service has for items of its own."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "none")
    with mock_aws():
        client = dynamodb_client(region="eu-central-1")
        client.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "thing_id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "thing_id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


@pytest.fixture(autouse=True)
def _invocation() -> Iterator[None]:
    with invocation(Invocation("id", time.monotonic() + 10)):
        yield


def idempotency(client: "DynamoDBClient", *, keep_s: int = 60) -> Idempotency:
    return Idempotency(client, table_name=TABLE, key_attribute="thing_id", keep_s=keep_s)


def send(
    to: Idempotency, route: Route, *, key: str = "a-key", scope: str = "PUT /things alice", payload: object = "{}"
) -> dict[str, Any]:
    return to.once(key=key, scope=scope, payload=payload, answer=route)


def refuse(client: "DynamoDBClient", operation: str, code: str) -> None:
    """From now on, DynamoDB refuses an operation."""
    reasons = [{"reason": "TableWriteProvisionedThroughputExceeded", "resource": "arn"}]
    parsed = {"Error": {"Code": code, "Message": "refused"}, "ThrottlingReasons": reasons, "ResponseMetadata": {}}
    answer = AWSResponse("https://dynamodb.eu-central-1.amazonaws.com", 400, {}, BytesIO())
    client.meta.events.register(f"before-call.dynamodb.{operation}", lambda **_: (answer, parsed))


def records(client: "DynamoDBClient") -> list[dict[str, Any]]:
    return [dict(item) for item in client.scan(TableName=TABLE)["Items"]]


def test_a_repeated_request_gets_the_first_reply_and_is_not_carried_out(client: "DynamoDBClient") -> None:
    route = Route(a_reply())
    assert send(idempotency(client), route) == a_reply()
    assert send(idempotency(client), route) == REPLAYED
    assert send(idempotency(client), route) == REPLAYED
    assert route.carried_out == 1


@pytest.mark.parametrize("other", [{"key": "another-key"}, {"scope": "PUT /things bob"}])
def test_keys_count_for_one_route_and_one_caller(client: "DynamoDBClient", other: dict[str, str]) -> None:
    route = Route(a_reply())
    send(idempotency(client), route)
    assert send(idempotency(client), route, **other) == a_reply()
    assert route.carried_out == 2


def test_another_request_with_the_same_key_is_refused(client: "DynamoDBClient") -> None:
    route = Route(a_reply())
    send(idempotency(client), route, payload={"name": "a"})
    with pytest.raises(IdempotencyKeyReused):
        send(idempotency(client), route, payload={"name": "b"})
    assert route.carried_out == 1


def test_while_a_request_is_carried_out_its_repetition_is_told_to_wait(client: "DynamoDBClient") -> None:
    repetition = Route(a_reply())
    errors: list[RequestInProgress] = []

    class Slow(Route):
        def __call__(self) -> dict[str, Any]:
            with pytest.raises(RequestInProgress) as caught:
                send(idempotency(client), repetition)
            errors.append(caught.value)
            return super().__call__()

    assert send(idempotency(client), Slow(a_reply())) == a_reply()
    assert (errors[0].status, errors[0].headers, repetition.carried_out) == (409, {"Retry-After": "1"}, 0)


def test_a_request_whose_invocation_was_cut_off_can_be_repeated(client: "DynamoDBClient") -> None:
    class CutOffError(BaseException):
        """Lambda stops the process: nothing is tidied up."""

    route = Route(CutOffError(), a_reply())
    with invocation(Invocation("id", time.monotonic() + 0.05)), pytest.raises(CutOffError):
        send(idempotency(client), route)
    with pytest.raises(RequestInProgress):
        send(idempotency(client), route)
    time.sleep(0.06)
    assert send(idempotency(client), route) == a_reply()


def test_a_reply_is_kept_no_longer_than_it_should_be(client: "DynamoDBClient") -> None:
    route = Route(a_reply())
    send(idempotency(client, keep_s=-2), route)
    assert send(idempotency(client), route) == a_reply()
    assert route.carried_out == 2


@pytest.mark.parametrize("failure", [RuntimeError("failed"), NotFound("There is none.")])
def test_what_is_raised_is_not_kept(client: "DynamoDBClient", failure: Exception) -> None:
    route = Route(failure, a_reply())
    with pytest.raises(type(failure)) as caught:
        send(idempotency(client), route)
    assert caught.value is failure
    assert records(client) == []
    assert send(idempotency(client), route) == a_reply()


def test_a_reply_of_500_is_not_kept(client: "DynamoDBClient") -> None:
    route = Route(a_reply(500), a_reply())
    assert send(idempotency(client), route) == a_reply(500)
    assert records(client) == []
    assert send(idempotency(client), route) == a_reply()


def test_a_refusal_of_the_request_is_kept(client: "DynamoDBClient") -> None:
    route = Route(a_reply(404))
    send(idempotency(client), route)
    assert send(idempotency(client), route)["statusCode"] == 404
    assert route.carried_out == 1


def test_a_record_is_the_tables_own_kind_of_item_and_holds_neither_key_nor_request(client: "DynamoDBClient") -> None:
    send(idempotency(client), Route(a_reply()), key="the-clients-key", payload={"password": "correct-horse-battery"})
    (record,) = records(client)
    assert record["thing_id"]["S"].startswith("idempotency#")
    assert 50 < int(record["expires_at"]["N"]) - time.time() <= 60
    assert json.loads(record["data"]["S"]) == a_reply()
    assert "correct-horse-battery" not in str(record)
    assert "the-clients-key" not in str(record)


def test_if_the_table_throttles_nothing_is_carried_out(client: "DynamoDBClient") -> None:
    refuse(client, "PutItem", "ProvisionedThroughputExceededException")
    route = Route(a_reply())
    with pytest.raises(ClientError) as caught:
        send(idempotency(client), route)
    error = as_service_error(caught.value)
    assert isinstance(error, Throttled)
    assert error.causes == ("TableWriteProvisionedThroughputExceeded",)
    assert route.carried_out == 0


def test_if_the_reply_cannot_be_kept_it_is_given_all_the_same(
    client: "DynamoDBClient", caplog: pytest.LogCaptureFixture
) -> None:
    refuse(client, "UpdateItem", "ProvisionedThroughputExceededException")
    with caplog.at_level(logging.WARNING):
        assert send(idempotency(client), Route(a_reply())) == a_reply()
    assert "is not kept" in caplog.text


@pytest.mark.parametrize("answer", [a_reply(500), NotFound("There is none.")])
def test_if_a_failure_cannot_be_forgotten_it_is_told_all_the_same(
    client: "DynamoDBClient", answer: dict[str, Any] | Exception
) -> None:
    refuse(client, "DeleteItem", "ProvisionedThroughputExceededException")
    if isinstance(answer, dict):
        assert send(idempotency(client), Route(answer)) == answer
        return
    with pytest.raises(NotFound) as caught:
        send(idempotency(client), Route(answer))
    assert caught.value is answer


def test_if_a_record_is_gone_each_time_it_is_looked_up_the_caller_may_try_again(client: "DynamoDBClient") -> None:
    route = Route(a_reply())
    send(idempotency(client), route)
    refuse(client, "PutItem", "ConditionalCheckFailedException")  # without the item, which is then looked up
    (record,) = records(client)
    client.delete_item(TableName=TABLE, Key={"thing_id": record["thing_id"]})
    with pytest.raises(ServiceUnavailable):
        send(idempotency(client), route)
    assert route.carried_out == 1


def test_a_handler_replays_what_it_replied(client: "DynamoDBClient") -> None:
    orders: list[str] = []
    routes = Routes(title="orders", version="1", resources=list)

    @routes.post("/orders", access=Public(), status=201, idempotent=True)
    def post_order(body: Order, resources: list) -> Order:  # type: ignore[type-arg]
        resources.append(body.thing)
        return body

    handler = Handler(routes, resources=orders, idempotency=idempotency(client))

    def post(thing: str) -> dict[str, Any]:
        event = an_event("POST", "/orders", headers={"Idempotency-Key": "a-key"}, body={"thing": thing})
        return handler(event, Context())

    first, second, other = post("lamp"), post("lamp"), post("desk")
    assert (first["statusCode"], second["statusCode"], other["statusCode"]) == (201, 201, 422)
    assert second["body"] == first["body"]
    assert ("Idempotency-Replayed" in first["headers"], second["headers"]["Idempotency-Replayed"]) == (False, "true")
    assert orders == ["lamp"]
