import os
import signal
import subprocess
import time
from pathlib import Path

import psutil

from sandbox.guard import NOT_FOUND, guarded


def started(*command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(guarded(*command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def pid_in(path: Path) -> int:
    for _ in range(500):
        if path.exists() and (text := path.read_text().strip()):
            return int(text)
        time.sleep(0.02)
    raise AssertionError(f"nothing wrote {path}")


def gone(pid: int) -> bool:
    for _ in range(500):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


def test_the_exit_code_and_the_output_are_those_of_the_command():
    with started("sh", "-c", "echo out; echo err >&2; exit 7") as process:
        assert process.wait() == 7
        assert (process.stdout.read(), process.stderr.read()) == (b"out\n", b"err\n")


def test_a_command_that_does_not_exist_is_told_in_one_line():
    with started("/no/such/command") as process:
        assert process.wait() == NOT_FOUND
        assert process.stderr.read() == b"/no/such/command: No such file or directory\n"


def test_the_command_and_its_children_end_when_the_asking_process_is_gone(tmp_path):
    child = tmp_path / "child"
    with started("sh", "-c", f"sleep 600 & echo $! > {child}; wait") as process:
        pid = pid_in(child)
        process.stdin.close()
        assert gone(pid)
        assert process.wait() != 0


def test_a_command_that_ignores_the_polite_signal_is_killed(tmp_path):
    child = tmp_path / "child"
    with started("sh", "-c", f"trap '' TERM; echo $$ > {child}; while :; do sleep 0.05; done") as process:
        pid = pid_in(child)
        process.stdin.close()
        assert process.wait() == -signal.SIGKILL % 256 or gone(pid)
    assert not psutil.pid_exists(pid)


def test_a_killed_asker_takes_the_command_with_it(tmp_path):
    child = tmp_path / "child"
    asker = subprocess.Popen(
        [*guarded("true")[:1], "-c", _ASKER, str(child)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    pid = pid_in(child)
    os.kill(asker.pid, signal.SIGKILL)
    asker.wait()
    assert gone(pid)


_ASKER = """
import subprocess, sys, time
from sandbox.guard import guarded
subprocess.Popen(guarded("sh", "-c", "sleep 600 & echo $! > " + sys.argv[1] + "; wait"), stdin=subprocess.PIPE)
time.sleep(600)
"""
