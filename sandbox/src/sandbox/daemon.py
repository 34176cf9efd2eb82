"""The process that a sandbox is: it holds the folder, starts everything, and ends everything when it is told to.

`python -m sandbox.daemon SETTINGS` is started by `sandbox.launch`, which says what goes over its pipes.
"""

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

from sandbox.composition import running
from sandbox.errors import SandboxError
from sandbox.settings import Settings
from sandbox.state import StateFolder

EXIT_ERROR = 1

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def serve(settings: Settings, report: Callable[[str], None], ready: Callable[[str], None]) -> None:
    """Run a sandbox until this task is cancelled or a part of it fails; whatever it started has ended when it returns.

    Args:
        settings: what to run.
        report: told of each step of the start.
        ready: told once that the sandbox is up.

    Raises:
        SandboxError: it could not start.
    """
    folder = StateFolder(settings.state_dir)
    with folder.held():
        async with running(settings, report) as sandbox:
            administrator = sandbox.foundation.identities.administrator
            folder.publish(
                sandbox.endpoints(),
                region=sandbox.declaration.region,
                key_id=administrator.access_key_id,
                secret=administrator.secret_access_key,
            )
            ready(sandbox.summary())
            await sandbox.supervise()


def foreground(settings: Settings, show: Callable[[str], None]) -> int:
    """Run a sandbox in this process until Ctrl-C or another signal that ends processes.

    Returns:
        128 and the signal's number, as shells count; 0 where no signal ended it.

    Raises:
        SandboxError: it could not start.
    """
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    stopped_by = asyncio.run(_until_signal(lambda: serve(settings, show, show)))
    if stopped_by is None:
        return 0
    show("stopped")
    return 128 + stopped_by


def main(arguments: list[str]) -> int:
    """Run the daemon; its exit code is told to nobody but the process that started it."""
    settings = Settings.from_json(arguments[0])
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    channel = _Channel()
    try:
        asyncio.run(_until_signal(lambda: channel.attended(serve(settings, channel.progress, channel.ready))))
    except SandboxError as error:
        channel.error(str(error))
        return EXIT_ERROR
    except Exception as error:  # noqa: BLE001 - the outermost handler: a fault of ours must reach the log and the person
        traceback.print_exc()
        channel.error(f"a fault in the sandbox itself, see {StateFolder(settings.state_dir).log}: {error!r}")
        return EXIT_ERROR
    return 0


async def _until_signal(start: Callable[[], Any]) -> signal.Signals | None:
    """Run until the end or a signal; the first signal cancels, and those after it are ignored while all is stopped.

    Returns:
        The signal; None where it ended by itself.
    """
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(start())
    received: list[signal.Signals] = []

    def stop(number: signal.Signals) -> None:
        if not received:
            received.append(number)
            task.cancel()

    for number in _SIGNALS:
        loop.add_signal_handler(number, stop, number)
    try:
        await task
    except asyncio.CancelledError:
        if not received:
            raise
    return received[0] if received else None


class _Channel:
    """The daemon's end of the pipes to the process that started it."""

    def __init__(self) -> None:
        self._is_ready = False

    def progress(self, text: str) -> None:
        self._say(progress=text)

    def ready(self, text: str) -> None:
        """Say that the sandbox is up, and let go of the pipes: from now on this process stands alone."""
        self._is_ready = True
        self._say(ready=text)
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (sys.stdin.fileno(), sys.stdout.fileno()):
            os.dup2(nothing, descriptor)
        os.close(nothing)

    def error(self, text: str) -> None:
        self._say(error=text)

    async def attended(self, serving: Any) -> None:
        """Serve; when the other end of standard input is closed before "ready", stop: nobody waits any more."""
        loop = asyncio.get_running_loop()
        task = asyncio.ensure_future(serving)
        alone = asyncio.Event()

        def gone() -> None:
            loop.remove_reader(sys.stdin.fileno())
            if not self._is_ready:
                alone.set()
                task.cancel()

        loop.add_reader(sys.stdin.fileno(), gone)
        try:
            await task
        except asyncio.CancelledError:
            if not alone.is_set():
                raise

    def _say(self, **event: str) -> None:
        with contextlib.suppress(BrokenPipeError):
            print(json.dumps(event), flush=True)  # noqa: T201 - this is the protocol


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
