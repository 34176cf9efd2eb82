"""Starts the daemon and relays what it says until it is ready, or starts it here for `--foreground`.

The daemon says one JSON object a line on standard output: `{"progress": text}`, then `{"ready": text}` or
`{"error": text}`. Its standard input is a pipe that we hold: when it ends before "ready", we are gone, and so it stops.
"""

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable

from sandbox.errors import SandboxError
from sandbox.settings import Settings
from sandbox.state import StateFolder

GRACE_S = 20.0
"""Seconds that a daemon has to stop before it is killed."""


def launch(settings: Settings, show: Callable[[str], None]) -> str:
    """Start a daemon and wait until it is ready; ended, with all it started, when this is interrupted.

    Returns:
        What it says when it is ready.

    Raises:
        SandboxError: it could not start.
    """
    folder = StateFolder(settings.state_dir)
    try:
        folder.make()
        opened = folder.log.open("ab")
    except OSError as error:
        raise SandboxError(f"{error.filename}: {error.strerror}") from None
    with opened as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "sandbox.daemon", settings.to_json()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
    try:
        ready = _follow(process, show)
    except BaseException:
        _end(process)
        raise
    if ready is None:
        process.wait()
        raise SandboxError(f"the sandbox ended while it started: see {folder.log}")
    return ready


def _follow(process: subprocess.Popen[str], show: Callable[[str], None]) -> str | None:
    assert process.stdout is not None  # noqa: S101 - PIPE was asked for
    for line in process.stdout:
        match json.loads(line):
            case {"progress": str(text)}:
                show(text)
            case {"ready": str(text)}:
                return text
            case {"error": str(text)}:
                raise SandboxError(text)
    return None


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(GRACE_S)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        process.kill()
        with contextlib.suppress(KeyboardInterrupt):
            process.wait()
