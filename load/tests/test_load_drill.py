"""Whole drills: the command as a process of its own, against moto and a service that throttles after some requests."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

import boto3
import pytest
import requests
from moto.server import ThreadedMotoServer

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

ACCOUNT = "123456789012"
ALARM = "dev-location-read-throttle"
WARM_UP = 50
"""More requests than are sent before the load: so many mean that it has begun."""

NOT_FOUND: tuple[int, dict[str, object]] = (404, {"status": 404, "code": "not_found"})
THROTTLED: tuple[int, dict[str, object]] = (503, {"status": 503, "code": "throttled"})
FORBIDDEN: tuple[int, dict[str, object]] = (403, {"message": "Forbidden"})


class Service:
    """Serves 404 to the first requests and refuses the others, each after `delay_s`."""

    def __init__(
        self, *, serves: int = WARM_UP, refusal: tuple[int, dict[str, object]] = THROTTLED, delay_s: float = 0.0
    ) -> None:
        self.asked = threading.Event()
        self.loaded = threading.Event()
        self.refused = threading.Event()
        self.requests: list[tuple[str, str]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                service.requests.append((self.path, self.headers["Authorization"]))
                service.asked.set()
                if len(service.requests) > WARM_UP:
                    service.loaded.set()
                served = len(service.requests) <= serves
                status, document = NOT_FOUND if served else refusal
                time.sleep(delay_s)
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                if not served:
                    service.refused.set()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self.url = f"http://127.0.0.1:{self._server.server_port}/live"

    def wait_until_idle(self) -> None:
        """Returns when no request has come for a second."""
        seen = -1
        while seen < len(self.requests):
            seen = len(self.requests)
            time.sleep(1)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def cloudwatch(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> "CloudWatchClient":
    """An account with the table and the alarms of an applied environment, which the environment variables lead to."""
    for name in ("AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    requests.post(f"{endpoint}/moto-api/reset", timeout=10)
    boto3.client("dynamodb").create_table(
        TableName="dev-location",
        KeySchema=[{"AttributeName": "user_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "user_id", "AttributeType": "S"}],
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
    )
    client = boto3.client("cloudwatch")
    for table in ("dev-location", "dev-profile"):
        client.put_metric_alarm(
            AlarmName=f"{table}-read-throttle",
            Namespace="AWS/DynamoDB",
            MetricName="ReadThrottleEvents",
            Dimensions=[{"Name": "TableName", "Value": table}],
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
        )
    set_alarm(client, "OK")
    return client


def set_alarm(cloudwatch: "CloudWatchClient", state: Literal["OK", "ALARM"]) -> None:
    cloudwatch.set_alarm_state(AlarmName=ALARM, StateValue=state, StateReason="test")


class Drill:
    """The command as a process; `url` is published as the service's."""

    def __init__(self, url: str, *arguments: str) -> None:
        boto3.client("ssm").put_parameter(Name="/dev/location/url", Value=url, Type="String", Overwrite=True)
        command = [str(Path(sys.executable).with_name("load")), "drill", "read-throttle", "--service", "location"]
        self.process = subprocess.Popen(
            [*command, "--allow-account", ACCOUNT, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def end(self) -> tuple[int, str, str]:
        """Exit code, standard output and the last line of standard error, which holds no traceback."""
        output, errors = self.process.communicate(timeout=60)
        assert "Traceback" not in errors
        return self.process.returncode, output, errors.splitlines()[-1]


def test_a_drill_passes_when_the_alarm_fires_and_recovers(cloudwatch: "CloudWatchClient", tmp_path: Path) -> None:
    summary_file = tmp_path / "summary.json"
    arguments = ("--consistent", "--users", "3", "--json", str(summary_file))
    set_alarm(cloudwatch, "ALARM")
    with Service(serves=2 * WARM_UP, delay_s=0.5) as service, Drill(service.url, *arguments) as drill:
        assert service.asked.wait(30)  # the drill is up, and waits for OK
        time.sleep(4)
        assert len(service.requests) <= 4  # a trickle of half the capacity, and no load
        set_alarm(cloudwatch, "OK")
        assert service.refused.wait(30)
        set_alarm(cloudwatch, "ALARM")
        service.wait_until_idle()
        set_alarm(cloudwatch, "OK")
        code, output, last_line = drill.end()
    assert code == 0, last_line
    assert last_line == "load: the alarm fired and recovered, and no other table throttled first"
    assert "seen/predicted" in output
    summary = json.loads(summary_file.read_text())
    assert summary["outcome"] == "passed"
    # The bucket stayed full while the alarm was waited for; the warm-up took few of its 300 units.
    assert summary["predicted_s"] == pytest.approx(19.3, abs=0.8)
    assert summary["replies"]["throttled"] > 0
    assert summary["replies"]["failed"] == 0
    # An open model: a loop that waited for each reply would send 2 requests/s.
    assert summary["arrivals"] == pytest.approx(16 * summary["load_s"], abs=2)
    assert summary["latency_s"]["p50"] > 0.5
    events = [event["what"] for event in summary["timeline"]]
    assert events == [
        "alarm ALARM",
        "alarm OK",
        "warm-up started",
        "load started",
        "first throttled reply",
        "alarm ALARM",
        "load stopped",
        "alarm OK",
        "the alarm fired and recovered, and no other table throttled first",
    ]
    paths = {path for path, _ in service.requests}
    assert paths == {f"/live/locations/load-00000{user}?consistent=true" for user in (1, 2, 3)}
    assert all("/us-east-1/execute-api/aws4_request" in authorization for _, authorization in service.requests)


def test_another_table_that_throttles_first_fails_the_drill(cloudwatch: "CloudWatchClient") -> None:
    with Service(serves=10_000) as service, Drill(service.url) as drill:
        assert service.loaded.wait(30)  # so that the datum is not of a minute before the load
        cloudwatch.put_metric_data(
            Namespace="AWS/DynamoDB",
            MetricData=[
                {
                    "MetricName": "ReadThrottleEvents",
                    "Dimensions": [{"Name": "TableName", "Value": "dev-profile"}],
                    "Timestamp": datetime.now(UTC),
                    "Value": 1,
                }
            ],
        )
        code, _, last_line = drill.end()
    assert (code, last_line) == (9, "load: another table throttled first: dev-profile")


@pytest.mark.usefixtures("cloudwatch")
def test_an_interrupt_stops_the_load_at_once_and_still_shows_the_summary() -> None:
    with Service() as service, Drill(service.url) as drill:
        assert service.refused.wait(30)
        drill.process.send_signal(signal.SIGINT)
        code, output, last_line = drill.end()
    assert (code, last_line) == (130, "load: interrupted")
    assert "interrupted" in output
    assert "first throttled" in output


@pytest.mark.usefixtures("cloudwatch")
def test_a_service_that_refuses_every_request_is_unreachable() -> None:
    with Service(serves=0, refusal=FORBIDDEN) as service, Drill(service.url) as drill:
        code, _, last_line = drill.end()
    assert code == 4
    assert last_line.startswith("load: AWS or the service is unreachable: HTTP 403 in 20 s of warm-up")


@pytest.mark.usefixtures("cloudwatch")
def test_the_time_limit_ends_the_drill() -> None:
    with Service(serves=10_000) as service, Drill(service.url, "--time-limit", "6") as drill:
        code, _, last_line = drill.end()
    assert (code, last_line) == (10, "load: the time limit was reached: 6 s, in phase drive")


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["--environment", "prod"], 3, "environment prod is refused unless --allow-environment prod is given"),
        (["--environment", "test"], 5, "there is no parameter /test/location/url: apply the service's Terraform first"),
        (["--max-cost", "0.001"], 5, "the load may cost 0.0"),
    ],
)
@pytest.mark.usefixtures("cloudwatch")
def test_a_drill_that_may_not_or_cannot_be_run_sends_nothing(arguments: list[str], code: int, line: str) -> None:
    with Service() as service, Drill(service.url, *arguments) as drill:
        exit_code, output, last_line = drill.end()
        assert (exit_code, output) == (code, "")
        assert last_line.startswith(f"load: {line}")
        assert service.requests == []


def test_an_account_that_is_not_allowed_is_refused_before_anything_else(
    cloudwatch: "CloudWatchClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "210987654321")
    cloudwatch.delete_alarms(AlarmNames=[ALARM])
    with Service() as service, Drill(service.url) as drill:
        code, _, line = drill.end()
        assert code == 3
        assert line == "load: account 210987654321 is not among the allowed ones: 123456789012"
        assert service.requests == []


def test_a_drill_without_its_alarm_says_so(cloudwatch: "CloudWatchClient") -> None:
    cloudwatch.delete_alarms(AlarmNames=[ALARM])
    with Service() as service, Drill(service.url) as drill:
        code, _, line = drill.end()
        assert (code, line) == (5, f"load: there is no alarm {ALARM}: apply the service's Terraform first")
        assert service.requests == []


@pytest.mark.usefixtures("cloudwatch")
def test_a_table_too_large_for_one_process_is_refused() -> None:
    boto3.client("dynamodb").update_table(
        TableName="dev-location", ProvisionedThroughput={"ReadCapacityUnits": 100, "WriteCapacityUnits": 1}
    )
    with Service() as service, Drill(service.url) as drill:
        code, _, line = drill.end()
        assert code == 5
        assert line.startswith("load: 3200 requests/s are needed, more than 500")
        assert service.requests == []
