"""Cold starts: milliseconds and memory from the start of a process until it is ready, and has answered a request."""

import json
import os
import statistics
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

from benchmarks.lib.events import rest_event
from benchmarks.lib.results import Result, median_ratio

_PROFILE = {
    "name": "Ada Lovelace",
    "email": "ada@example.org",
    "age": 36,
    "height_m": 1.65,
    "newsletter": False,
    "interests": ["mathematics", "poetry"],
}
_EVENT = rest_event("PUT", "/profiles/{user_id}", {"user_id": "ada"}, json.dumps(_PROFILE))
_STARTER = Path(__file__).with_name("starter.py")
_BARE, _TYPICAL, _COMPLETE = "bare interpreter", "typical service", "lambda_lib, complete service"


@dataclass(frozen=True, slots=True)
class Start:
    """One start of a process.

    Attributes:
        ready_ms: Until its handler was imported.
        ready_cpu_ms: What of that time the process computed.
        answered_ms: The same and the time of its first request, which writes to DynamoDB.
        peak_mb: Peak resident memory, in 10^6 bytes, after that.
    """

    ready_ms: float
    ready_cpu_ms: float
    answered_ms: float
    peak_mb: float


_MEASURED: tuple[tuple[str, Callable[[Start], float], str, float | None], ...] = (
    ("ready", attrgetter("ready_ms"), "ms", 0.70),
    ("ready, CPU time", attrgetter("ready_cpu_ms"), "ms", None),
    ("first request answered", attrgetter("answered_ms"), "ms", 0.70),
    ("peak memory", attrgetter("peak_mb"), "MB", 0.80),
)
"""What is told of each service: its name, where it is, its unit, and the bound of the ratio of the two."""


def measure(typical: Path, bundle: Path, rounds: int, say: Callable[[str], None]) -> list[Result]:
    """Start the typical service and lambda_lib's in turn, as Lambda does.

    Args:
        typical: Folder with the typical service and its packages.
        bundle: Zip of lambda_lib's service.
        rounds: Starts of each.
        say: Takes a line for the person who waits.
    """
    starts: dict[str, list[Start]] = {_BARE: [], _TYPICAL: [], _COMPLETE: []}
    with TemporaryDirectory(prefix="cold-") as unpacked, dynamodb() as endpoint:
        with zipfile.ZipFile(bundle) as archive:
            archive.extractall(unpacked)
        folders = {_BARE: None, _TYPICAL: typical, _COMPLETE: Path(unpacked)}
        for folder in folders.values():
            start(folder, endpoint)  # so that every file has been read once
        for done in range(1, rounds + 1):
            for name, folder in folders.items():
                starts[name].append(start(folder, endpoint))
            if done % max(1, rounds // 4) == 0:
                say(f"cold: {done} of {rounds} rounds")
    return _results(starts)


def start(folder: Path | None, endpoint: str) -> Start:
    """Start a process once.

    Raises:
        SystemExit: The service did not answer as it should.
    """
    environment = {
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
        "ENVIRONMENT": "benchmark",
        "PATH": os.defpath,
        "POWERTOOLS_METRICS_NAMESPACE": "Benchmark",
        "POWERTOOLS_SERVICE_NAME": "profiles",
        "TABLE_NAME": "profiles",
    }
    interpreter = Path(
        sys.executable
    ).resolve()  # the real one: a link into an environment makes it look for that first
    arguments = [] if folder is None else [str(folder), json.dumps(_EVENT)]
    began_s = time.monotonic()
    done = subprocess.run(
        [interpreter, "-I", "-S", "-B", _STARTER, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if folder is not None and (told["reply"]["statusCode"], json.loads(told["reply"]["body"])) != (200, _PROFILE):
        raise SystemExit(f"{folder}: {done.stdout}")
    ready_ms = (told["ready_s"] - began_s) * 1000
    return Start(
        ready_ms=ready_ms,
        ready_cpu_ms=told["ready_cpu_s"] * 1000,
        answered_ms=ready_ms + told.get("request_s", 0) * 1000,
        peak_mb=told["peak_kb"] * 1024 / 1_000_000,
    )


@contextmanager
def dynamodb() -> Iterator[str]:
    """A server that answers every PutItem at once, and its URL."""

    class RequestHandler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), RequestHandler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _results(starts: dict[str, list[Start]]) -> list[Result]:
    results = [Result(f"cold: {_BARE}, ready", statistics.median(each.ready_ms for each in starts[_BARE]), "ms")]
    for what, value, unit, bound in _MEASURED:
        typical, complete = ([value(each) for each in starts[name]] for name in (_TYPICAL, _COMPLETE))
        results += [
            Result(f"cold: {_TYPICAL}, {what}", statistics.median(typical), unit),
            Result(f"cold: {_COMPLETE}, {what}", statistics.median(complete), unit),
            Result(f"cold: {_COMPLETE} / {_TYPICAL}, {what}", median_ratio(complete, typical), "ratio", bound),
        ]
    return results
