import asyncio
import json

import pytest

from sandbox.declaration import Stage, Throttle
from sandbox.errors import PlanError
from sandbox.gateway.throttle import StageThrottle, TokenBucket

NOW = 1_767_225_600.25
METHODS = [
    ("/", "GET"),
    ("/users", "GET"),
    ("/users", "POST"),
    ("/users/{user_id}", "GET"),
    ("/users/{user_id}", "PUT"),
]
FORMAT = (
    '{"id":"$context.requestId","method":"$context.httpMethod","resource":"$context.resourcePath",'
    '"path":"$context.path","status":"$context.status","length":"$context.responseLength",'
    '"error":"$context.error.responseType","message":$context.error.messageString,'
    '"integration":"$context.integrationStatus","why":"$context.integrationErrorMessage","ip":"$context.identity.sourceIp",'
    '"who":"$context.identity.userArn","unknown":"$context.nothing"}'
)


def test_a_bucket_holds_its_burst_and_refills_at_its_rate():
    bucket = TokenBucket(Throttle(rate_per_s=2, burst_limit=3))
    assert [bucket.take(0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(0.5), bucket.take(0.5)] == [True, False]
    assert [bucket.take(100) for _ in range(4)] == [True, True, True, False]


def test_a_clock_that_goes_back_refills_nothing():
    bucket = TokenBucket(Throttle(rate_per_s=1, burst_limit=1))
    assert [bucket.take(10), bucket.take(5), bucket.take(5.5)] == [True, False, False]


def test_the_limit_of_a_stage_holds_for_each_method_of_its_own():
    throttle = StageThrottle({"*/*": Throttle(0, 1)}, METHODS)
    assert [throttle.take("/users", "GET", 0), throttle.take("/users", "GET", 0)] == [True, False]
    assert throttle.take("/users", "POST", 0)
    assert throttle.take("/", "GET", 0)


@pytest.mark.parametrize("key", ["users/{user_id}/GET", "users~1{user_id}/GET", "~1users~1{user_id}/GET"])
def test_a_methods_own_limit_goes_before_the_stages(key):
    throttle = StageThrottle({"*/*": Throttle(0, 0), key: Throttle(0, 1)}, METHODS)
    assert throttle.take("/users/{user_id}", "GET", 0)
    assert not throttle.take("/users/{user_id}", "GET", 0)
    assert not throttle.take("/users/{user_id}", "PUT", 0)


def test_a_method_of_the_root_has_a_limit_of_its_own_too():
    throttle = StageThrottle({"*/*": Throttle(0, 1), "~1/GET": Throttle(0, 2)}, METHODS)
    assert [throttle.take("/", "GET", 0) for _ in range(3)] == [True, True, False]


def test_the_limit_of_a_method_that_the_api_has_not_is_refused(serve):
    stage = Stage(name="live", variables={}, method_throttles={"~1nothing/GET": Throttle(1, 1)})

    async def scenario():
        async with serve(stage=stage):
            pass

    with pytest.raises(PlanError, match=r"stage live of the API example: a throttle is of nothing/GET, which"):
        asyncio.run(scenario())


def test_a_request_beyond_the_limit_is_429_and_does_not_reach_the_function(serve):
    stage = Stage(name="live", variables={}, method_throttles={"*/*": Throttle(1, 1)})

    async def scenario():
        async with serve(stage=stage) as served:
            responses = [await served.request(now=NOW + offset) for offset in (0, 0.1, 1.2)]
            return responses, served.metric("4XXError"), served.metric("Count")

    responses, errors, count = asyncio.run(scenario())
    assert [response.status for response in responses] == [200, 429, 200]
    assert json.loads(responses[1].body) == {"message": "Too Many Requests"}
    assert ("x-amzn-ErrorType", "TooManyRequestsException") in responses[1].headers
    assert (errors, count) == (1, 3)


def test_every_request_is_counted_for_the_api_and_for_its_stage(serve):
    async def scenario():
        async with serve() as served:
            await served.request()
            await served.request(path="/live/absent")
            await served.request(headers={"X-Respond": "raise"})
            names = ("Count", "4XXError", "5XXError")
            sums = {name: (served.metric(name), served.metric(name, Stage="live")) for name in names}
            latencies = [served.metric(name, "SampleCount") for name in ("Latency", "IntegrationLatency")]
            return sums, latencies, served.metric("4XXError", "Average")

    sums, latencies, error_rate = asyncio.run(scenario())
    assert sums == {"Count": (3, 3), "4XXError": (1, 1), "5XXError": (1, 1)}
    assert latencies == [3, 2]
    assert error_rate == pytest.approx(1 / 3)


def test_the_access_log_has_the_declared_format(serve):
    stage = Stage("live", {}, {}, access_log_group="/aws/apigateway/example", access_log_format=FORMAT)

    async def scenario():
        async with serve(stage=stage) as served:
            await served.request()
            await served.request(path='/live/"absent"')
            await served.told("malformed")
            return [event.message for event in served.logs.groups["/aws/apigateway/example"].events]

    lines = asyncio.run(scenario())
    served = json.loads(lines[0].replace('"message":-', '"message":null'))
    length = served.pop("length")
    assert int(length) > 100
    assert served == {
        "id": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
        "method": "GET",
        "resource": "/users/{user_id}",
        "path": "/live/users/ada",
        "status": "200",
        "error": "-",
        "message": None,
        "integration": "200",
        "why": "-",
        "ip": "127.0.0.1",
        "who": "-",
        "unknown": "-",
    }
    assert '"status":"403"' in lines[1]
    assert '"error":"MISSING_AUTHENTICATION_TOKEN","message":"Missing Authentication Token"' in lines[1]
    assert '"resource":"-"' in lines[1]
    assert '"why":"Malformed Lambda proxy response: it is not an object"' in lines[2]


def test_no_access_log_is_written_where_none_is_declared(serve):
    async def scenario():
        async with serve() as served:
            await served.request(path="/live/absent")
            return served.logs.groups

    assert asyncio.run(scenario()) == {}
