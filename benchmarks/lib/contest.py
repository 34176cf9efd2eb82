"""The contestants, each in a process of its own that answers or is timed when it is told to."""

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

REPOSITORY = Path(__file__).parents[2]
_ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "POWERTOOLS_METRICS_NAMESPACE": "Benchmark",
    "POWERTOOLS_SERVICE_NAME": "orders",
}


@dataclass(frozen=True, slots=True)
class Contestant:
    """One way to write the service.

    Attributes:
        name: For tables.
        module: In `benchmarks.lib.contestants`.
        writes_more: It writes what all contestants write and something besides, so it is for information only.
    """

    name: str
    module: str
    writes_more: bool = False


RAW = Contestant("raw handler", "raw")
ROUTER = Contestant("lambda_lib's router", "lambda_lib_router")
WHOLE = Contestant("lambda_lib", "lambda_lib_whole")
VALIDATING = Contestant("Powertools' validating resolver", "powertools_validating")
CONTESTANTS = (
    RAW,
    ROUTER,
    WHOLE,
    Contestant("lambda_lib with all its metrics", "lambda_lib_default", writes_more=True),
    Contestant("Powertools' resolver", "powertools_parsing"),
    VALIDATING,
    Contestant("Powertools' validating resolver with inject_lambda_context", "powertools_context", writes_more=True),
    Contestant("chalice", "chalice_by_hand"),
    Contestant("flask and apig-wsgi", "flask_by_hand"),
    Contestant("fastapi and mangum", "fastapi_by_hand"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a contestant made of an event: its reply, and the lines that it wrote."""

    reply: dict[str, Any]
    lines: Sequence[str]


class Worker:
    """The process of a contestant; see `benchmarks.lib.worker`."""

    def __init__(self, commands: IO[str], answers: IO[str]) -> None:
        self._commands = commands
        self._answers = answers

    def answer(self, events: Sequence[dict[str, Any]]) -> list[Answer]:
        """What it makes of each event."""
        return [Answer(item["reply"], item["lines"]) for item in self._ask({"answer": events})]

    def time_us(self, event: dict[str, Any], requests: int) -> float:
        """Microseconds for a request, the mean of so many in a row."""
        return float(self._ask({"time": event, "requests": requests}))

    def _ask(self, command: dict[str, Any]) -> Any:
        self._commands.write(json.dumps(command) + "\n")
        self._commands.flush()
        answer = self._answers.readline()
        if not answer:
            raise SystemExit("a contestant ended; its error is above")
        return json.loads(answer)


@contextmanager
def workers(python: Path, contestants: Sequence[Contestant]) -> Iterator[dict[Contestant, Worker]]:
    """Start each contestant with that interpreter."""
    environment = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ} | _ENVIRONMENT
    with ExitStack() as stack:
        started: dict[Contestant, Worker] = {}
        for contestant in contestants:
            process = stack.enter_context(
                subprocess.Popen(
                    [python, "-m", "benchmarks.lib.worker", f"benchmarks.lib.contestants.{contestant.module}"],
                    cwd=REPOSITORY,
                    env=environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            if process.stdin is None or process.stdout is None:
                raise AssertionError
            started[contestant] = Worker(process.stdin, process.stdout)
        yield started  # leaving a process closes its pipes, at which it ends
