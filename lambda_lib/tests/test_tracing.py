"""A traced request is a subsegment in X-Ray that tells route and status, and no secret; without a tracer there is none.

The X-Ray SDK decides while it is imported whether it runs on Lambda: the requests are made in a process of their own,
and the daemon that X-Ray's SDK sends to is a socket here.
"""

import json
import os
import socket
import subprocess
import sys
from typing import Any

import pytest

SECRET = "correct-horse-battery"

SERVICE = f"""
import sys
from dataclasses import dataclass
from lambda_lib import Handler, NotFound, Public, Routes
from lambda_lib.testing import Context, an_event
from lambda_lib.tracing import XRayTracer

@dataclass(frozen=True)
class Resources:
    pass

routes = Routes(title="things", version="1", resources=Resources)

@routes.get("/things/{{thing_id}}", access=Public(), errors=[NotFound])
def get_thing(thing_id: str) -> str:
    if thing_id == "missing":
        raise NotFound("There is no {SECRET}.")
    if thing_id == "broken":
        raise RuntimeError("{SECRET}")
    return "{SECRET}"

handler = Handler(routes, resources=Resources(), tracer=XRayTracer("things"))
for thing in sys.argv[1:]:
    event = an_event("GET", f"/things/{{thing}}", headers={{"Authorization": "Bearer {SECRET}"}})
    print(handler(event, Context())["statusCode"], file=sys.stderr)
"""

ON_LAMBDA = {
    "LAMBDA_TASK_ROOT": "/var/task",
    "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
}


def run(*things: str, **environment: str) -> tuple[list[str], list[dict[str, Any]]]:
    """Requests the things in a process of its own; gives the statuses, and what reached X-Ray's daemon."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        daemon.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{daemon.getsockname()[1]}"
        done = subprocess.run(
            [sys.executable, "-c", SERVICE, *things],
            env={**os.environ, "AWS_XRAY_DAEMON_ADDRESS": address, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        daemon.settimeout(0)
        received = []
        try:
            while True:
                received.append(json.loads(daemon.recv(65_536).decode().partition("\n")[2]))
        except BlockingIOError:
            return done.stderr.splitlines(), received


@pytest.fixture(scope="module")
def traced() -> tuple[list[str], list[dict[str, Any]]]:
    return run("a", "missing", "broken", **ON_LAMBDA)


def test_each_request_is_a_subsegment_of_the_functions_trace(traced: tuple[list[str], list[dict[str, Any]]]) -> None:
    statuses, subsegments = traced
    assert statuses == ["200", "404", "500"]
    assert [subsegment["name"] for subsegment in subsegments] == ["## GET /things/:thing_id"] * 3
    assert {subsegment["trace_id"] for subsegment in subsegments} == {"1-5759e988-bd862e3fe1be46a994272793"}
    assert {subsegment["parent_id"] for subsegment in subsegments} == {"53995c3f42cd8ad8"}
    assert all(subsegment["start_time"] <= subsegment["end_time"] for subsegment in subsegments)


def test_it_is_annotated_with_route_status_cold_start_and_service(
    traced: tuple[list[str], list[dict[str, Any]]],
) -> None:
    constant = {"Route": "GET /things/{thing_id}", "Service": "things"}
    assert [subsegment["annotations"] for subsegment in traced[1]] == [
        {**constant, "Status": 200, "ColdStart": True},
        {**constant, "Status": 404, "ColdStart": False},
        {**constant, "Status": 500, "ColdStart": False},
    ]


def test_errors_and_faults_are_told_apart(traced: tuple[list[str], list[dict[str, Any]]]) -> None:
    seen = [(subsegment.get("error", False), subsegment.get("fault", False)) for subsegment in traced[1]]
    assert seen == [(False, False), (True, False), (False, True)]


def test_no_secret_is_in_a_trace(traced: tuple[list[str], list[dict[str, Any]]]) -> None:
    assert SECRET not in json.dumps(traced[1])


@pytest.mark.parametrize(
    "environment",
    [
        {**ON_LAMBDA, "POWERTOOLS_TRACE_DISABLED": "true"},
        {**ON_LAMBDA, "_X_AMZN_TRACE_ID": ON_LAMBDA["_X_AMZN_TRACE_ID"].replace("Sampled=1", "Sampled=0")},
        {"_X_AMZN_TRACE_ID": ON_LAMBDA["_X_AMZN_TRACE_ID"]},
        {"LAMBDA_TASK_ROOT": "/var/task"},
    ],
    ids=["disabled", "not sampled", "not on Lambda", "still initialising"],
)
def test_where_there_is_no_trace_a_request_is_answered_all_the_same(environment: dict[str, str]) -> None:
    assert run("a", "broken", **environment) == (["200", "500"], [])
