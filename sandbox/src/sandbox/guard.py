"""Runs one command and ends it, with everything that it started, when the process that asked for it is gone.

`python -m sandbox.guard COMMAND [ARGUMENT…]`, with a pipe as standard input whose other end the asking process holds
open. The operating system closes that end however the process dies, `kill -9` included, and the guard then ends the
command's whole process group: Terraform leaves its provider plugins behind when it is killed alone.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading

GRACE_S = 1.0
"""Seconds between the polite signal and the one that cannot be refused."""

NOT_FOUND = 127
"""Exit code for a command that cannot be started, as a shell gives it."""


def guarded(*command: str) -> tuple[str, ...]:
    """The command line that runs `command` under a guard; modules in the folder where it runs do not shadow ours."""
    return (sys.executable, "-P", "-m", "sandbox.guard", *command)


def main(command: list[str]) -> int:
    """Run `command` until it ends or standard input is closed; return its exit code (negative: the signal's number)."""
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        return NOT_FOUND
    threading.Thread(target=_end_when_orphaned, args=(process,), daemon=True).start()
    code = process.wait()
    # Whatever the command left behind in its group; after an ordinary end there is nothing.
    _signal_group(process.pid, signal.SIGKILL)
    return code


def _end_when_orphaned(process: subprocess.Popen[bytes]) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    _signal_group(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(GRACE_S)
    _signal_group(process.pid, signal.SIGKILL)


def _signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
