import asyncio
import json
from pathlib import Path

REPORT = """
    import importlib.util, os, sys

    print("a line at import")

    def handler(event, context):
        print("first\\nsecond")
        sys.stderr.write("to stderr\\n")
        return {
            "environment": dict(os.environ),
            "cwd": os.getcwd(),
            "path": sys.path,
            "found": [name for name in ("sandbox", "moto", "aiohttp") if importlib.util.find_spec(name)],
            "files": sorted(os.listdir(os.environ["LAMBDA_TASK_ROOT"])),
            "writable": os.stat("app.py").st_mode & 0o222,
        }
"""


def test_a_worker_sees_the_declared_variables_those_of_lambda_and_no_others(deploy, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_DEVELOPER", "secret")

    async def scenario():
        async with deploy(REPORT, environment={"TABLE_NAME": "dev-example", "AWS_REGION": "eu-north-1"}) as example:
            return json.loads((await example.invoke()).payload), example.streams

    answer, streams = asyncio.run(scenario())
    environment = answer["environment"]
    for name in ("AWS_LAMBDA_RUNTIME_API", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "_X_AMZN_TRACE_ID"):
        del environment[name]
    environment.pop("LC_CTYPE", None)  # python sets it where the locale of LANG is not installed
    assert environment == {
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_FUNCTION_NAME": "example",
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/example",
        "AWS_LAMBDA_LOG_STREAM_NAME": streams[0],
        "AWS_REGION": "us-east-1",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "arn:aws:iam::123456789012:role/example example 0",
        "HOME": "/home/sbx_user1051",
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "TABLE_NAME": "dev-example",
        "TZ": ":UTC",
        "_HANDLER": "app.handler",
    }


def test_a_worker_imports_from_its_bundle_first_and_nothing_of_the_sandbox(deploy):
    async def scenario():
        async with deploy(REPORT) as example:
            return json.loads((await example.invoke()).payload)

    answer = asyncio.run(scenario())
    task_root = answer["environment"]["LAMBDA_TASK_ROOT"]
    assert answer["path"][:2] == [task_root, answer["environment"]["LAMBDA_RUNTIME_DIR"]]
    assert not any("site-packages" in folder for folder in answer["path"])
    assert answer["found"] == []


def test_a_worker_runs_in_its_task_root_whose_files_are_read_only(deploy):
    async def scenario():
        async with deploy(REPORT) as example:
            return json.loads((await example.invoke()).payload)

    answer = asyncio.run(scenario())
    assert Path(answer["cwd"]).samefile(answer["environment"]["LAMBDA_TASK_ROOT"])
    assert answer["files"] == ["app.py"]  # no bytecode has been written
    assert answer["writable"] == 0


def test_output_goes_to_the_workers_stream_between_lambdas_lines(deploy):
    async def scenario():
        async with deploy(REPORT) as example:
            first, second = await example.invoke(), await example.invoke()
            return first.request_id, second.request_id, example.messages, example.streams

    first, second, messages, streams = asyncio.run(scenario())
    assert len(streams) == 1
    day, _, name = streams[0].rpartition("/")
    assert len(day.split("/")) == 3
    assert name.startswith("[1]")
    assert len(name) == len("[1]") + 32
    output = ["first\n", "second\n", "to stderr\n"]
    init, at_import, start, *rest = messages
    assert init.startswith("INIT_START Runtime Version: python:3.13")
    assert at_import == "a line at import\n"
    assert start == f"START RequestId: {first} Version: 1\n"
    assert rest[:3] == output
    assert rest[3] == f"END RequestId: {first}\n"
    assert rest[4].startswith(f"REPORT RequestId: {first}\tDuration: ")
    assert "Init Duration: " in rest[4]
    assert "\tMemory Size: 128 MB\tMax Memory Used: " in rest[4]
    assert rest[5:] == [f"START RequestId: {second} Version: 1\n", *output, f"END RequestId: {second}\n", rest[-1]]
    assert "Init Duration" not in rest[-1]


JSON_LOGGER = """
import json, logging, os

def handler(event, context):
    for level in ("debug", "INFO", "NONSENSE"):
        print(json.dumps({"level": level, "message": "mine"}))
    print("plain")
    logging.getLogger().error("by logging")
    if event.get("end"):
        os._exit(3)
    return {name: value for name, value in os.environ.items() if name.startswith("AWS_LAMBDA_LOG_")}
"""


def test_in_json_lambda_logs_events_and_leaves_the_functions_own_lines_as_they_are(deploy):
    async def scenario():
        async with deploy(JSON_LOGGER, json_log_level="INFO") as example:
            answer = await example.invoke()
            return answer.request_id, json.loads(answer.payload), example.messages

    request_id, variables, messages = asyncio.run(scenario())
    assert variables["AWS_LAMBDA_LOG_FORMAT"] == "JSON"
    assert variables["AWS_LAMBDA_LOG_LEVEL"] == "INFO"
    init, start, *own, report = messages
    assert json.loads(init)["type"] == "platform.initStart"
    assert json.loads(init)["record"]["runtimeVersion"].startswith("python:3.13")
    assert json.loads(start)["record"] == {"requestId": request_id, "version": "1"}
    assert own[:3] == [
        '{"level": "INFO", "message": "mine"}\n',
        '{"level": "NONSENSE", "message": "mine"}\n',
        "plain\n",
    ]
    assert json.loads(own[3])["message"] == "by logging"
    record = json.loads(report)["record"]
    assert (record["requestId"], record["status"], "errorType" in record) == (request_id, "success", False)
    assert record["metrics"].keys() == {
        *("durationMs", "billedDurationMs", "memorySizeMB", "maxMemoryUsedMB", "initDurationMs"),
    }


def test_in_json_lambda_drops_what_is_below_the_level_and_takes_what_has_none_for_info(deploy):
    async def scenario():
        async with deploy(JSON_LOGGER, json_log_level="WARN") as example:
            await example.invoke()
            return [message for message in example.messages if "platform." not in message]

    (line,) = asyncio.run(scenario())
    assert json.loads(line)["level"] == "ERROR"


def test_in_json_the_report_tells_how_an_invocation_failed(deploy):
    async def scenario(source, **declared):
        async with deploy(source, json_log_level="INFO", **declared) as example:
            await example.invoke(b'{"end": true}')
            return json.loads(example.messages[-1])["record"]

    ended = asyncio.run(scenario(JSON_LOGGER))
    assert (ended["status"], ended["errorType"]) == ("error", "Runtime.ExitError")
    hung = asyncio.run(scenario("import time\ndef handler(event, context): time.sleep(60)", timeout_s=1))
    assert (hung["status"], "errorType" in hung) == ("timeout", False)


def test_embedded_metrics_in_the_output_are_recorded_before_the_answer(deploy):
    source = """
        import json

        def handler(event, context):
            print(json.dumps({
                "_aws": {
                    "Timestamp": event["at_ms"],
                    "CloudWatchMetrics": [
                        {"Namespace": "Services", "Dimensions": [["service"]], "Metrics": [{"Name": "Signups"}]}
                    ],
                },
                "service": "example",
                "Signups": 1,
            }))
    """

    async def scenario():
        async with deploy(source) as example:
            await example.invoke(b'{"at_ms": 1700000000000}')
            return [(metric.namespace, metric.name) for metric in example.metrics.list()]

    assert ("Services", "Signups") in asyncio.run(scenario())


def test_credentials_that_would_end_within_an_event_are_not_used_for_it(deploy):
    source = "import os\ndef handler(event, context): return os.environ['AWS_SESSION_TOKEN']"

    async def scenario(credentials_for_s):
        async with deploy(source, timeout_s=3, credentials_for_s=credentials_for_s) as example:
            return {(await example.invoke()).payload for _ in range(2)}

    assert len(asyncio.run(scenario(30))) == 2
    assert len(asyncio.run(scenario(3600))) == 1


def test_workers_have_no_file_of_the_sandbox_open(deploy):
    source = (
        "import os\ndef handler(event, context): return [os.path.realpath(f'/proc/self/fd/{n}') for n in (0, 1, 2)]"
    )

    async def scenario():
        async with deploy(source) as example:
            return json.loads((await example.invoke()).payload)

    if not Path("/proc/self/fd").exists():
        return
    stdin, stdout, stderr = asyncio.run(scenario())
    assert stdin == "/dev/null"
    assert "pipe:" in stdout
    assert stdout == stderr


def test_a_line_that_does_not_end_becomes_several_events(deploy):
    source = """
        import sys

        def handler(event, context):
            sys.stdout.write("x" * 1_000_000)
    """

    async def scenario():
        async with deploy(source) as example:
            await example.invoke()
            return [message for message in example.messages if message.startswith("x")]

    events = asyncio.run(scenario())
    assert sum(message.count("x") for message in events) == 1_000_000
    assert max(map(len, events)) <= 256 * 1024 + 65536 + 1


def test_a_worker_that_writes_without_end_is_ended_at_its_timeout(deploy):
    source = """
        def handler(event, context):
            while True:
                print("x" * 1000)
    """

    async def scenario():
        async with deploy(source, timeout_s=1) as example:
            return await example.invoke()

    assert b"Task timed out after 1.00 seconds" in asyncio.run(scenario()).payload
