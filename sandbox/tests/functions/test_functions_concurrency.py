import asyncio
import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

# Serves `{"until": path}` when that file exists, so that a test decides when an event ends.
WAIT = """
    import os, time

    def handler(event, context):
        while event.get("until") and not os.path.exists(event["until"]):
            time.sleep(0.005)
        return {"pid": os.getpid(), "version": context.function_version}
"""


def waiting_event(path) -> bytes:
    return json.dumps({"until": str(path)}).encode()


async def until(condition, limit_s=20):
    for _ in range(int(limit_s / 0.02)):
        if condition():
            return
        await asyncio.sleep(0.02)
    pytest.fail("it did not happen")


def running(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_each_event_in_flight_has_a_worker_of_its_own(deploy, tmp_path):
    async def scenario():
        async with deploy(WAIT) as example:
            events = [asyncio.create_task(example.invoke(waiting_event(tmp_path / "go"))) for _ in range(3)]
            await until(lambda: sum(message.startswith("START") for message in example.messages) == 3)
            (tmp_path / "go").touch()
            answers = [json.loads((await event).payload)["pid"] for event in events]
            return answers, len(example.streams), example.metric("ConcurrentExecutions", "Maximum")

    pids, streams, concurrency = asyncio.run(scenario())
    assert len(set(pids)) == streams == concurrency == 3


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"reserved_concurrency": 1}, "ReservedFunctionConcurrentInvocationLimitExceeded"),
        ({"unreserved_concurrency": 1}, "ConcurrentInvocationLimitExceeded"),
    ],
)
def test_an_event_beyond_the_limit_is_throttled(deploy, tmp_path, limits, reason):
    async def scenario():
        async with deploy(WAIT, **limits) as example:
            first = asyncio.create_task(example.invoke(waiting_event(tmp_path / "go")))
            await until(lambda: any(message.startswith("START") for message in example.messages))
            refused = await example.invoke()
            (tmp_path / "go").touch()
            served = await first
            names = ("Invocations", "Errors", "Throttles")
            return served, refused, [example.metric(name, Resource="example:live") for name in names]

    served, refused, sums = asyncio.run(scenario())
    assert served.status == 200
    assert refused.status == 429
    assert json.loads(refused.payload) == {"Type": "User", "Reason": reason, "message": "Rate Exceeded."}
    assert sums == [1, 0, 1]


def test_events_beyond_the_machines_workers_wait_and_are_not_throttled(deploy):
    async def scenario():
        async with deploy(WAIT, max_workers=2) as example:
            answers = await asyncio.gather(*(example.invoke() for _ in range(8)))
            return answers, len(example.streams), example.metric("Throttles")

    answers, streams, throttles = asyncio.run(scenario())
    assert {answer.status for answer in answers} == {200}
    assert streams == 2
    assert throttles == 0


def test_an_event_that_waits_for_a_worker_gets_a_new_one_when_the_worker_dies(deploy):
    source = """
        import os

        def handler(event, context):
            os._exit(1) if event.get("die") else None
            return "served"
    """

    async def scenario():
        async with deploy(source, max_workers=1) as example:
            return await asyncio.gather(example.invoke(b'{"die": true}'), example.invoke())

    died, served = asyncio.run(scenario())
    assert died.function_error == "Unhandled"
    assert served.payload == b'"served"'


def test_an_event_takes_the_worker_that_is_free_first(deploy, tmp_path):
    # The second event asks for a second worker, but the first is free before that one has started.
    source = """
        import os, time

        if os.path.exists(os.environ["SLOW"]):
            time.sleep(600)

        def handler(event, context):
            while event.get("until") and not os.path.exists(event["until"]):
                time.sleep(0.005)
            return os.getpid()
    """

    async def scenario():
        async with deploy(source, environment={"SLOW": str(tmp_path / "slow")}) as example:
            first = asyncio.create_task(example.invoke(waiting_event(tmp_path / "go")))
            await until(lambda: any(message.startswith("START") for message in example.messages))
            (tmp_path / "slow").touch()
            second = asyncio.create_task(example.invoke())
            await until(lambda: len(example.streams) == 2)
            (tmp_path / "go").touch()
            return (await first).payload, (await second).payload

    first, second = asyncio.run(scenario())
    assert first == second


def test_a_release_moves_live_while_events_in_flight_finish_on_their_version(deploy, tmp_path):
    async def scenario():
        async with deploy(WAIT) as example:
            old = asyncio.create_task(example.invoke(waiting_event(tmp_path / "go")))
            await until(lambda: any(message.startswith("START") for message in example.messages))
            version = await example.release(WAIT + "\n    # changed")
            new = json.loads((await example.invoke()).payload)
            (tmp_path / "go").touch()
            finished = json.loads((await old).payload)
            await until(lambda: not running(finished["pid"]))
            by_number = await example.invoke(qualifier="1")
            latest = await example.invoke(qualifier="$LATEST")
            return version, finished["version"], new, by_number.executed_version, latest.executed_version

    version, finished, new, by_number, latest = asyncio.run(scenario())
    assert version == "2"
    assert finished == "1"
    assert new["version"] == "2"
    assert (by_number, latest) == ("1", "$LATEST")


def test_a_release_ends_the_idle_workers_of_the_version_before(deploy):
    async def scenario():
        async with deploy(WAIT) as example:
            idle = json.loads((await example.invoke()).payload)["pid"]
            await example.release(WAIT + "\n    # changed")
            await until(lambda: not running(idle))

    asyncio.run(scenario())


def test_a_worker_that_starts_during_a_release_serves_its_event_and_ends(deploy, tmp_path):
    source = f"""
        import os, time

        while not os.path.exists({str(tmp_path / "go")!r}):
            time.sleep(0.005)

        def handler(event, context):
            return os.getpid()
    """

    async def scenario():
        async with deploy(source) as example:
            event = asyncio.create_task(example.invoke())
            await until(lambda: len(example.streams) == 1)
            await example.release(WAIT)
            (tmp_path / "go").touch()
            served = await event
            await until(lambda: not running(json.loads(served.payload)))
            return served.executed_version

    assert asyncio.run(scenario()) == "1"


def test_a_release_of_the_same_code_publishes_no_version(deploy):
    async def scenario():
        async with deploy(WAIT) as example:
            before = await example.invoke()
            return await example.release(WAIT), before.payload, (await example.invoke()).payload

    version, before, after = asyncio.run(scenario())
    assert version == "1"
    assert before == after  # the worker is still warm


def test_workers_that_have_been_idle_for_long_end(deploy):
    async def scenario():
        async with deploy(WAIT) as example:
            idle = json.loads((await example.invoke()).payload)["pid"]
            function = example.functions._deployed["example"]
            function.reap(3600)
            still = json.loads((await example.invoke()).payload)["pid"]
            function.reap(0)
            await until(lambda: not running(idle))
            return idle, still

    idle, still = asyncio.run(scenario())
    assert idle == still


def test_stopping_kills_every_worker_with_what_it_started(deploy, tmp_path):
    source = """
        import os, subprocess, time

        def handler(event, context):
            child = subprocess.Popen(["sleep", "600"]).pid
            with open(event["pids"], "w") as file:
                file.write(f"{os.getpid()} {child}\\n")
            time.sleep(600)
    """

    async def scenario():
        pids = tmp_path / "pids"
        async with deploy(source) as example:
            event = asyncio.create_task(example.invoke(json.dumps({"pids": str(pids)}).encode()))
            await until(lambda: pids.exists() and pids.read_text().endswith("\n"))
        invocation = await event
        return invocation, [int(pid) for pid in pids.read_text().split()]

    invocation, pids = asyncio.run(scenario())
    assert invocation.function_error == "Unhandled"
    assert not any(running(pid) for pid in pids)


def test_the_last_output_of_a_worker_that_dies_is_kept(deploy):
    source = """
        import os

        def handler(event, context):
            os.write(1, b"the last words")
            os._exit(1)
    """

    async def scenario():
        async with deploy(source) as example:
            for _ in range(3):
                await example.invoke()
            await until(lambda: example.messages.count("the last words\n") == 3)

    asyncio.run(scenario())


def test_what_a_worker_leaves_behind_ends_with_it(deploy, tmp_path):
    source = """
        import os, subprocess

        def handler(event, context):
            child = subprocess.Popen(["sleep", "600"]).pid
            with open(event["pid"], "w") as file:
                file.write(str(child))
            os._exit(1)
    """

    async def scenario():
        pid = tmp_path / "pid"
        async with deploy(source) as example:
            invocation = await example.invoke(json.dumps({"pid": str(pid)}).encode())
            await until(lambda: not running(int(pid.read_text())))
            return invocation

    assert asyncio.run(scenario()).function_error == "Unhandled"


SANDBOX = """
import asyncio, sys, time
from pathlib import Path
from sandbox.declaration import Function
from sandbox.functions import Functions
from sandbox.access.identity import Credentials
from sandbox.monitoring.logs import Logs
from sandbox.monitoring.metrics import Metrics

async def main(bundle, workdir):
    metrics = Metrics()
    function = Function(
        name="example", arn="arn:aws:lambda:us-east-1:123456789012:function:example", role_arn="role",
        handler="app.handler", runtime="python3.13", code=Path(bundle), timeout_s=900,
        memory_mb=128, environment={}, reserved_concurrency=None, log_group="group", aliases=(), permissions=(),
    )
    functions = Functions(
        [function],
        credentials=lambda role, session: Credentials("key", "secret", "token", time.time() + 3600),
        metrics=metrics, logs=Logs(metrics=metrics, account_id="123456789012", region="us-east-1"),
        aws_url="http://127.0.0.1:1", account_id="123456789012", region="us-east-1", workdir=Path(workdir),
    )
    await functions.start()
    print((await functions.invoke("example", None, b"{}")).payload.decode(), flush=True)
    await functions.invoke("example", None, b'{"until": "/nonexistent"}')

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a busy worker ends with its event only")
def test_a_busy_worker_ends_when_the_sandbox_is_killed(make_bundle, workdir):
    command = [sys.executable, "-c", SANDBOX, str(make_bundle(WAIT)), str(workdir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as sandbox:
        worker = json.loads(sandbox.stdout.readline())["pid"]
        assert running(worker)
        os.kill(sandbox.pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while running(worker) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not running(worker)
