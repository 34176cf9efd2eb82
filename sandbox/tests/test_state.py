import json
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.errors import AlreadyRunningError, NotRunningError
from sandbox.state import StateFolder

ENDPOINTS = {"aws": "http://127.0.0.1:1", "services": {"location": "http://127.0.0.1:2/live"}}

_HOLDER = """
import signal, sys, time
from pathlib import Path
from sandbox.state import StateFolder
if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
else:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
with StateFolder(Path(sys.argv[1])).held():
    print("held", flush=True)
    time.sleep(600)
"""


def a_holder(folder: Path, *options: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", _HOLDER, str(folder), *options], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"held\n"
    return process


def publish(folder: StateFolder) -> None:
    folder.publish(ENDPOINTS, region="us-east-1", key_id="AKIA", secret="secret")


def test_endpoints_and_credentials_are_published_for_other_programs(tmp_path):
    folder = StateFolder(tmp_path)
    with folder.held():
        publish(folder)
        assert json.loads((tmp_path / "endpoints.json").read_text()) == ENDPOINTS
        assert folder.endpoints() == ENDPOINTS
        assert folder.credentials.read_text() == (
            "[default]\naws_access_key_id = AKIA\naws_secret_access_key = secret\n"
        )
        assert stat.S_IMODE(folder.credentials.stat().st_mode) == 0o600
        assert folder.config.read_text() == "[default]\nregion = us-east-1\nendpoint_url = http://127.0.0.1:1\n"


def test_what_was_published_is_gone_with_the_sandbox(tmp_path):
    folder = StateFolder(tmp_path)
    with folder.held():
        publish(folder)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock"]
    with pytest.raises(NotRunningError, match="no sandbox is up"):
        folder.endpoints()


def test_a_sandbox_that_starts_has_no_endpoints_yet(tmp_path):
    folder = StateFolder(tmp_path)
    with folder.held(), pytest.raises(NotRunningError, match="not ready yet"):
        folder.endpoints()


def test_a_second_holder_is_refused_with_the_process_of_the_first(tmp_path):
    with a_holder(tmp_path) as first:
        refused = pytest.raises(AlreadyRunningError, match=rf"already up in .* \(process {first.pid}\)")
        with refused, StateFolder(tmp_path).held():
            pass
        first.terminate()


def test_a_look_at_the_lock_does_not_keep_a_sandbox_from_starting(tmp_path):
    folder = StateFolder(tmp_path)
    with folder.held():
        pass
    assert folder.pid() is None
    with folder.held():
        pass


def test_a_killed_holder_leaves_a_folder_that_the_next_one_cleans(tmp_path):
    folder = StateFolder(tmp_path)
    with a_holder(tmp_path) as crashed:
        publish(folder)
        crashed.send_signal(signal.SIGKILL)
    assert folder.pid() is None
    with folder.held():
        assert not folder.credentials.exists()


def test_stopping_waits_until_the_process_is_gone(tmp_path):
    with a_holder(tmp_path) as holder:
        assert StateFolder(tmp_path).stop(grace_s=10)
        assert holder.wait() == 0
    assert StateFolder(tmp_path).pid() is None


def test_a_process_that_does_not_stop_is_killed(tmp_path):
    with a_holder(tmp_path, "stubborn") as holder:
        assert not StateFolder(tmp_path).stop(grace_s=0.2)
        assert holder.wait() == -signal.SIGKILL


def test_stopping_where_nothing_runs_says_so(tmp_path):
    with pytest.raises(NotRunningError, match="no sandbox is up"):
        StateFolder(tmp_path).stop(grace_s=1)


def test_a_half_written_file_of_a_crash_does_not_stop_the_next_start(tmp_path):
    (tmp_path / "credentials.partial").write_text("[def")
    folder = StateFolder(tmp_path)
    with folder.held():
        publish(folder)
        assert folder.credentials.read_text().startswith("[default]\n")


def test_the_folder_is_closed_to_others(tmp_path):
    folder = StateFolder(tmp_path / "work" / ".sandbox")
    with folder.held():
        assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
