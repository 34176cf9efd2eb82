"""The folder of a sandbox (`.sandbox`): its lock, and the files by which other programs find it.

Files: `lock` (held by the daemon while it lives, with its process id in it), `endpoints.json`, `credentials` and
`config` (for `AWS_SHARED_CREDENTIALS_FILE` and `AWS_CONFIG_FILE`), `daemon.log`, and folders of the parts.
"""

import contextlib
import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from sandbox.errors import AlreadyRunningError, NotRunningError

_POLL_S = 0.02
_TRIES = 5


@dataclass(frozen=True, slots=True)
class StateFolder:
    """The paths of one sandbox and what may be done with them."""

    path: Path

    @property
    def log(self) -> Path:
        """What the daemon writes for people who look for a fault."""
        return self.path / "daemon.log"

    @property
    def credentials(self) -> Path:
        """The administrator's keys, as the AWS SDKs and the `aws` command read them."""
        return self.path / "credentials"

    @property
    def config(self) -> Path:
        """The region and the endpoint, as the AWS SDKs and the `aws` command read them."""
        return self.path / "config"

    @property
    def _lock(self) -> Path:
        return self.path / "lock"

    @property
    def _endpoints(self) -> Path:
        return self.path / "endpoints.json"

    def make(self) -> None:
        """Make the folder if it is not there, closed to others: its logs and plans may show what is not for them."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder for this process; what a crashed sandbox left is removed on entry, our own files on exit.

        The lock is the kernel's (`flock`), so that it ends with the process however it dies.

        Raises:
            AlreadyRunningError: another process holds it.
        """
        self.make()
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not _locked(descriptor):
                raise AlreadyRunningError(
                    f"a sandbox is already up in {self.path} (process {self._written_pid()}): `sandbox down` ends it"
                )
            os.ftruncate(descriptor, 0)
            os.write(descriptor, str(os.getpid()).encode())
            self._remove_published()
            with contextlib.suppress(FileNotFoundError):
                os.truncate(self.log, 0)
            try:
                yield
            finally:
                self._remove_published()
                os.ftruncate(descriptor, 0)
        finally:
            os.close(descriptor)

    def pid(self) -> int | None:
        """The process that holds the folder, if one does."""
        try:
            descriptor = os.open(self._lock, os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            return None if _locked(descriptor, fcntl.LOCK_SH) else self._written_pid()
        finally:
            os.close(descriptor)

    def stop(self, *, grace_s: float) -> bool:
        """End the process that holds the folder and wait until it is gone; killed when `grace_s` did not suffice.

        Returns:
            Whether it went by itself.

        Raises:
            NotRunningError: no process holds the folder.
        """
        pid = self.pid()
        if pid is None:
            raise NotRunningError(f"no sandbox is up in {self.path}")
        process = _process(pid)
        if process is None:
            return True
        for number, patience_s, clean in ((signal.SIGTERM, grace_s, True), (signal.SIGKILL, grace_s, False)):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(number)
            if _gone(process, patience_s):
                return clean
        return False

    def publish(self, endpoints: Mapping[str, Any], *, region: str, key_id: str, secret: str) -> None:
        """Write the endpoints and the administrator's credentials; the endpoints last, since they say "ready"."""
        _write(self.credentials, f"[default]\naws_access_key_id = {key_id}\naws_secret_access_key = {secret}\n", 0o600)
        _write(self.config, f"[default]\nregion = {region}\nendpoint_url = {endpoints['aws']}\n", 0o644)
        _write(self._endpoints, json.dumps(endpoints, indent=2) + "\n", 0o644)

    def endpoints(self) -> dict[str, Any]:
        """The endpoints of the sandbox that is up: `{"aws": url, "services": {name: url}}`.

        Raises:
            NotRunningError: none is up, or it is not ready yet.
        """
        if self.pid() is None:
            raise NotRunningError(f"no sandbox is up in {self.path}: `sandbox up` starts one")
        try:
            document: dict[str, Any] = json.loads(self._endpoints.read_text())
        except FileNotFoundError:
            raise NotRunningError(f"the sandbox in {self.path} is not ready yet") from None
        return document

    def _remove_published(self) -> None:
        for path in (self._endpoints, self.credentials, self.config):
            path.unlink(missing_ok=True)

    def _written_pid(self) -> int | None:
        text = self._lock.read_text()
        return int(text) if text.isdigit() else None


def _locked(descriptor: int, kind: int = fcntl.LOCK_EX) -> bool:
    """Take the lock, unless a process holds it; those that only look (`pid`) let go of it at once, so try again."""
    for _ in range(_TRIES):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            return True
        time.sleep(_POLL_S)
    return False


def _process(pid: int) -> psutil.Process | None:
    try:
        return psutil.Process(pid)
    except psutil.NoSuchProcess:
        return None


def _gone(process: psutil.Process, patience_s: float) -> bool:
    """Whether the process ends within `patience_s`; a zombie, which only its parent can remove, has ended."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(_POLL_S)
    return False


def _write(path: Path, text: str, mode: int) -> None:
    """Write the whole file or nothing, with `mode` from the first moment on."""
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(text)
    partial.replace(path)
