"""The whole life on this machine: plan, run, use, load, alarm, recovery. `make demo` runs it.

Each step runs the command that a person would run; the first that fails ends the demo with exit code 1. The sandbox is
stopped at the end, also after a failure or Ctrl-C, unless `DEMO_KEEP=1` is set.
"""

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

SERVICES = ("authentication", "location", "profile")
ENVIRONMENT = "dev"
ACCOUNT_ID = "123456789012"
STATE = Path(".sandbox")
BUNDLES = Path("build/bundles")
DRILL_REPORT = Path("build/drill.json")


class DemoError(Exception):
    """A step did not do what it shows."""


class Demo:
    """Runs named steps, prints their progress and keeps what the summary tells of each."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, float, str]] = []

    def step(self, name: str, action: Callable[[], str]) -> None:
        """Run one step; its result is one line for the summary."""
        print(f"\n── {name}", flush=True)
        start = time.monotonic()
        outcome = action()
        self.rows.append((name, time.monotonic() - start, outcome))

    def summary(self) -> str:
        """One screen: each step, its seconds and what was seen."""
        lines = [f"{name:<9} {seconds:6.1f} s  {outcome}" for name, seconds, outcome in self.rows]
        total = sum(seconds for _, seconds, _ in self.rows)
        return "\n".join(
            ["", "═══ The life of a serverless microservice, on this machine", *lines, f"{'total':<9} {total:6.1f} s"]
        )


def run(*command: str, env: dict[str, str] | None = None) -> None:
    """Run a command in the foreground, as typed; its failure is the demo's."""
    print("$", " ".join(command), flush=True)
    status = subprocess.run(command, check=False, env=os.environ | (env or {})).returncode
    if status != 0:
        raise DemoError(f"'{' '.join(command)}' ended with exit code {status}")


def bundle() -> str:
    """Bundle each service as the pipeline does."""
    for name in SERVICES:
        run("lambda-lib", "bundle", "--project", f"services/{name}", "--output", str(BUNDLES / f"{name}.zip"))
    sizes = ", ".join(f"{name} {(BUNDLES / f'{name}.zip').stat().st_size / 1e6:.1f} MB" for name in SERVICES)
    return f"three bundles for Lambda: {sizes}"


def up() -> str:
    """Plan with Terraform and run the plans."""
    run("sandbox", "up", "--environment", ENVIRONMENT, "--bundles", str(BUNDLES))
    return "Terraform plans of platform and three services, running as HTTP APIs"


def expect(response: requests.Response, status: int, what: str) -> Any:
    """Print the exchange and check its status; returns the JSON body, if there is one."""
    request = response.request
    print(f"   {request.method:<4} {request.path_url:<32} → {response.status_code}  {what}", flush=True)
    if response.status_code != status:
        raise DemoError(
            f"{request.method} {request.url} answered {response.status_code} {response.text!r}, not {status}"
        )
    return response.json() if response.content else None


def use() -> str:
    """Do what users of the profile page do, and what they must not be able to do."""
    url = json.loads((STATE / "endpoints.json").read_text())["services"]
    authentication, location, profile = (url[name] for name in SERVICES)
    credentials = {"username": "ada", "password": secrets.token_urlsafe(16)}
    place = {"latitude": 51.5072, "longitude": -0.1276, "label": "London"}
    with requests.Session() as http:
        http.request = _with_timeout(http.request)  # type: ignore[method-assign]
        expect(http.post(f"{authentication}/users", json=credentials), 201, "Ada signs up")
        token = expect(http.post(f"{authentication}/sessions", json=credentials), 201, "and signs in")["token"]
        ada = {"Authorization": f"Bearer {token}"}
        page = {"display_name": "Ada Lovelace", "bio": "Enchantress of numbers"}
        expect(http.put(f"{profile}/profiles/ada", json=page, headers=ada), 204, "writes her profile")
        expect(http.put(f"{profile}/profiles/ada/location", json=place, headers=ada), 204, "and her location")
        seen = expect(http.get(f"{profile}/profiles/ada"), 200, "anyone sees both, joined")
        if seen["location"]["label"] != place["label"] or seen["location_status"] != "available":
            raise DemoError(f"the profile does not show the location: {seen}")
        expect(http.put(f"{profile}/profiles/ada", json=page), 401, "without a token: refused")
        expect(http.put(f"{profile}/profiles/ada", json={}, headers=ada), 400, "invalid: API Gateway refuses")
        expect(http.get(f"{location}/locations/ada"), 403, "location is private: an unsigned call is refused")
    return "signed up, signed in, profile and location written and read; 3 refusals as declared"


def _with_timeout(request: Callable[..., requests.Response]) -> Callable[..., requests.Response]:
    """Give every request of a session a timeout, which requests itself cannot."""
    return lambda *args, **kwargs: request(*args, **{"timeout": 30, **kwargs})


def drill() -> str:
    """Drive the location table into throttling and watch its alarm fire and recover."""
    run(
        *("load", "drill", "read-throttle", "--service", "location", "--environment", ENVIRONMENT),
        *("--allow-account", ACCOUNT_ID, "--time-limit", "280", "--json", str(DRILL_REPORT)),
        env={
            "AWS_CONFIG_FILE": str(STATE / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(STATE / "credentials"),
        },
    )
    seen = json.loads(DRILL_REPORT.read_text())
    at_s = {event["what"]: event["at_s"] for event in seen["timeline"]}
    return (
        f"first throttled reply after {seen['first_throttled_s']:.1f} s (predicted {seen['predicted_s']:.1f} s); "
        f"alarm OK → ALARM {at_s['alarm ALARM'] - at_s['load started']:.0f} s after the load began "
        f"→ OK {at_s['alarm OK'] - at_s['load stopped']:.0f} s after it ended"
    )


def down() -> str:
    """Stop the sandbox."""
    run("sandbox", "down")
    return "stopped, nothing left running"


def main() -> int:
    """Run the demo; returns the exit code."""
    demo = Demo()
    try:
        demo.step("bundle", bundle)
        demo.step("up", up)
        try:
            demo.step("use", use)
            demo.step("drill", drill)
        finally:
            if os.environ.get("DEMO_KEEP") == "1":
                print("\nThe sandbox stays up (DEMO_KEEP=1): 'make status' shows it, 'make down' stops it.")
            else:
                demo.step("down", down)
    except DemoError as error:
        print(demo.summary())
        print(f"\ndemo: failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ndemo: interrupted", file=sys.stderr)
        return 130
    print(demo.summary())
    return 0


if __name__ == "__main__":
    sys.exit(main())
