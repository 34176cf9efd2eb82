import asyncio
import threading

import pytest

from sandbox.aws.moto_backend import Moto
from sandbox.aws.wire import ApiError

JSON = {"content-type": "application/x-amz-json-1.1"}


@pytest.fixture
def moto():
    moto = Moto(account_id="111122223333")
    yield moto
    moto.close()


def put_parameter(moto):
    body = '{"Name": "/a", "Value": "b", "Type": "String"}'
    return moto.call("ssm", "us-east-1", {**JSON, "x-amz-target": "AmazonSSM.PutParameter"}, body)


def get_parameter(moto):
    return moto.call("ssm", "us-east-1", {**JSON, "x-amz-target": "AmazonSSM.GetParameter"}, '{"Name": "/a"}')


def test_everything_happens_in_the_account_of_the_sandbox(moto):
    put_parameter(moto)
    assert b"arn:aws:ssm:us-east-1:111122223333:parameter/a" in get_parameter(moto).body


def test_moto_starts_empty(moto):
    put_parameter(moto)
    other = Moto(account_id="111122223333")
    assert get_parameter(other).status == 400
    other.close()


def test_functions_run_on_one_thread_in_the_order_given(moto):
    ran = []

    async def run():
        await asyncio.gather(*(moto.run(lambda n: ran.append((n, threading.get_ident())), n) for n in range(20)))

    asyncio.run(run())
    assert [n for n, _ in ran] == list(range(20))
    assert len({thread for _, thread in ran}) == 1
    assert ran[0][1] != threading.get_ident()


def test_an_operation_that_moto_lacks_is_a_clear_error(moto):
    with pytest.raises(ApiError, match="get_inventory_schema") as caught:
        moto.call("ssm", "us-east-1", {**JSON, "x-amz-target": "AmazonSSM.GetInventorySchema"}, "{}")
    assert caught.value.status == 501


def test_a_fault_of_moto_is_a_clear_error(moto):
    with pytest.raises(ApiError, match="moto, behind the sandbox, failed") as caught:
        moto.call("dynamodb", "us-east-1", {**JSON, "x-amz-target": "DynamoDB_20120810.GetItem"}, "{}")
    assert caught.value.status == 500
