import asyncio
import json
import re

import pytest

from sandbox.errors import PlanError

ECHO = """
    import os, time

    def handler(event, context):
        return {
            "event": event,
            "pid": os.getpid(),
            "name": context.function_name,
            "version": context.function_version,
            "arn": context.invoked_function_arn,
            "memory": context.memory_limit_in_mb,
            "request_id": context.aws_request_id,
            "remaining_ms": context.get_remaining_time_in_millis(),
            "trace": os.environ["_X_AMZN_TRACE_ID"],
        }
"""


def test_a_handler_gets_its_event_and_lambdas_context(deploy):
    async def scenario():
        async with deploy(ECHO, timeout_s=30) as example:
            return await example.invoke(b'{"key": "value"}')

    invocation = asyncio.run(scenario())
    answer = json.loads(invocation.payload)
    assert (invocation.status, invocation.function_error, invocation.executed_version) == (200, None, "1")
    assert answer["event"] == {"key": "value"}
    assert (answer["name"], answer["version"], answer["memory"]) == ("example", "1", "128")
    assert answer["arn"] == "arn:aws:lambda:us-east-1:123456789012:function:example:live"
    assert answer["request_id"] == invocation.request_id
    assert 0 < answer["remaining_ms"] <= 30_000
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0", answer["trace"])


def test_events_one_after_another_are_served_by_one_warm_worker(deploy):
    async def scenario():
        async with deploy(ECHO) as example:
            return [json.loads((await example.invoke()).payload)["pid"] for _ in range(5)]

    assert len(set(asyncio.run(scenario()))) == 1


def test_an_unqualified_invocation_runs_latest(deploy):
    async def scenario():
        async with deploy(ECHO) as example:
            return await example.invoke(qualifier=None)

    invocation = asyncio.run(scenario())
    assert invocation.executed_version == "$LATEST"
    assert json.loads(invocation.payload)["arn"].endswith(":function:example")


@pytest.mark.parametrize(("name", "qualifier"), [("absent", None), ("example", "absent"), ("example", "2")])
def test_an_unknown_function_or_qualifier_is_not_found(deploy, name, qualifier):
    async def scenario():
        async with deploy(ECHO) as example:
            return await example.functions.invoke(name, qualifier, b"{}")

    invocation = asyncio.run(scenario())
    assert invocation.status == 404
    assert "Function not found" in json.loads(invocation.payload)["Message"]


def test_an_exception_is_an_unhandled_error_and_keeps_its_worker(deploy):
    source = """
        import os

        def handler(event, context):
            if event.get("fail"):
                raise ValueError("no such key")
            return os.getpid()
    """

    async def scenario():
        async with deploy(source) as example:
            before = await example.invoke()
            failed = await example.invoke(b'{"fail": true}')
            after = await example.invoke()
            return before, failed, after, example.messages, example.metric("Errors")

    before, failed, after, messages, errors = asyncio.run(scenario())
    error = json.loads(failed.payload)
    assert (failed.status, failed.function_error) == (200, "Unhandled")
    assert (error["errorType"], error["errorMessage"]) == ("ValueError", "no such key")
    assert error["requestId"] == failed.request_id
    assert after.payload == before.payload
    traceback = next(message for message in messages if message.startswith("[ERROR] ValueError: no such key"))
    assert "\nTraceback (most recent call last):\n" in traceback
    assert errors == 1


@pytest.mark.parametrize(
    ("handler", "source", "error_type"),
    [
        ("absent.handler", "", "Runtime.ImportModuleError"),
        ("app.absent", "", "Runtime.HandlerNotFound"),
        ("app.handler", "def handler(", "Runtime.UserCodeSyntaxError"),
        ("app.handler", "raise KeyError('at import')", "KeyError"),
        ("app.handler", "import os; os._exit(3)", "Runtime.ExitError"),
    ],
)
def test_a_function_that_cannot_be_loaded_fails_with_its_reason(deploy, handler, source, error_type):
    async def scenario():
        async with deploy(source, handler=handler) as example:
            return await example.invoke(), example.messages

    invocation, messages = asyncio.run(scenario())
    assert invocation.function_error == "Unhandled"
    assert json.loads(invocation.payload)["errorType"] == error_type
    assert f"Status: error\tError Type: {error_type}" in messages[-1]


def test_an_event_that_takes_too_long_is_ended_with_its_worker(deploy):
    source = """
        import os, time

        def handler(event, context):
            if event.get("hang"):
                time.sleep(600)
            return os.getpid()
    """

    async def scenario():
        async with deploy(source, timeout_s=1) as example:
            before = await example.invoke()
            hung = await example.invoke(b'{"hang": true}')
            after = await example.invoke()
            return before, hung, after, example.messages

    before, hung, after, messages = asyncio.run(scenario())
    assert hung.function_error == "Unhandled"
    assert json.loads(hung.payload) == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {hung.request_id} Error: Task timed out after 1.00 seconds",
    }
    assert after.payload != before.payload
    assert any(message.startswith(f"{hung.request_id} Task timed out after 1.00 seconds") for message in messages)
    assert any("Status: timeout" in message for message in messages)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("os._exit(7)", "Runtime exited with error: exit status 7"),
        ("os._exit(0)", "Runtime exited without providing a reason"),
        ("os.kill(os.getpid(), 9)", "Runtime exited with error: signal: killed"),
    ],
)
def test_a_worker_that_dies_fails_its_event_and_is_replaced(deploy, code, reason):
    source = f"""
        import os

        def handler(event, context):
            if event.get("die"):
                {code}
            return "alive"
    """

    async def scenario():
        async with deploy(source) as example:
            return await example.invoke(b'{"die": true}'), await example.invoke()

    died, after = asyncio.run(scenario())
    error = json.loads(died.payload)
    assert error["errorType"] == "Runtime.ExitError"
    assert error["errorMessage"] == f"RequestId: {died.request_id} Error: {reason}"
    assert after.payload == b'"alive"'


def test_payloads_of_megabytes_pass_and_larger_ones_are_refused(deploy):
    source = """
        def handler(event, context):
            return "x" * event["bytes"]
    """

    async def scenario():
        async with deploy(source) as example:
            large = await example.invoke(json.dumps({"bytes": 5_000_000, "filler": "y" * 5_000_000}).encode())
            too_large_response = await example.invoke(b'{"bytes": 6300000}')
            too_large_request = await example.invoke(b'"' + b"x" * 6_300_000 + b'"')
            return large, too_large_response, too_large_request

    large, too_large_response, too_large_request = asyncio.run(scenario())
    assert len(large.payload) == 5_000_002
    assert json.loads(too_large_response.payload)["errorType"] == "Function.ResponseSizeTooLarge"
    assert too_large_request.status == 413


def test_a_response_that_is_no_json_is_the_functions_error(deploy):
    async def scenario():
        async with deploy("def handler(event, context): return object()") as example:
            return await example.invoke()

    invocation = asyncio.run(scenario())
    assert json.loads(invocation.payload)["errorType"] == "Runtime.MarshalError"


def test_a_function_for_another_runtime_is_refused(deploy):
    async def scenario():
        async with deploy(ECHO, runtime="python3.9"):
            pass

    with pytest.raises(PlanError, match=r"function example is for python3\.9"):
        asyncio.run(scenario())
