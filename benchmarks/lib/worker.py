"""A contestant in a process of its own: `python -m benchmarks.lib.worker MODULE`.

Each line on standard input is a command, each on standard output its answer, in JSON. `{"answer": [event, …]}` gives
the reply to each event and the lines written for it; `{"time": event, "requests": n}` gives the microseconds that a
request took, over n of them. What a contestant writes while it is timed goes to /dev/null, line by line: on Lambda,
too, standard output keeps nothing back (awslambdaric, `bootstrap.Unbuffered`).
"""

import gc
import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from tempfile import TemporaryFile
from typing import Any

from benchmarks.lib.events import Context

type Handler = Callable[[dict[str, Any], Context], dict[str, Any]]

_WARM_UP = 20
"""Requests before those that are timed: another process had the caches meanwhile."""


def _answer(handler: Handler, event: dict[str, Any]) -> dict[str, Any]:
    with TemporaryFile("w+", encoding="utf-8") as written:
        _lead_output_to(written.fileno())
        reply = handler(event, Context())
        written.seek(0)
        return {"reply": reply, "lines": written.read().splitlines()}


def _time(handler: Handler, event: dict[str, Any], requests: int) -> float:
    # As on Lambda, each request is an event of its own, just read from JSON: no hash of its texts is known yet.
    text, context = json.dumps(event), Context()
    events = [json.loads(text) for _ in range(_WARM_UP + requests)]
    for warm_up in events[:_WARM_UP]:
        handler(warm_up, context)
    timed = events[_WARM_UP:]
    gc.collect()
    started = time.perf_counter_ns()
    for each in timed:
        handler(each, context)
    return (time.perf_counter_ns() - started) / 1000 / requests


def _lead_output_to(descriptor: int) -> None:
    # Below `sys.stdout`, which a logger may have taken for good when it was made.
    os.dup2(descriptor, 1)


def main() -> None:
    """Obey until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # it is what Python made of descriptor 1
    nowhere = os.open(os.devnull, os.O_WRONLY)
    _lead_output_to(nowhere)
    handler = importlib.import_module(sys.argv[1]).handler
    for line in sys.stdin:
        match json.loads(line):
            case {"answer": events}:
                answer: Any = [_answer(handler, event) for event in events]
                _lead_output_to(nowhere)
            case {"time": event, "requests": requests}:
                answer = _time(handler, event, requests)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
