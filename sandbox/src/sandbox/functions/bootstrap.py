"""Entry point of a worker process: Lambda's runtime interface client, on a path without anything of the sandbox.

This file is copied into the runtime folder and run from there, as `/var/runtime/bootstrap.py` is on Lambda. Arguments:
the pid of the process that started it, and the handler.
"""

import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def _die_with(parent: int) -> None:
    """Ends this process when its parent ends, however that happens.

    Where the kernel cannot do it, a worker ends when its next call of the Runtime API fails.
    """
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415  # only where it is needed: an import is cold-start time

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the sandbox ended before this worker started")


def main() -> None:
    """Serves events until the process is ended."""
    parent, handler = sys.argv[1:]
    _die_with(int(parent))
    # Before the bundle is on the path, which must not shadow the client.
    from awslambdaric import bootstrap  # noqa: PLC0415
    from awslambdaric.lambda_runtime_client import LambdaRuntimeClient  # noqa: PLC0415

    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    # The client's own entry point polls from a new thread for each event, so that an idle function sees signals. Here
    # none is sent but SIGKILL.
    bootstrap.run(handler, LambdaRuntimeClient(os.environ["AWS_LAMBDA_RUNTIME_API"]))


if __name__ == "__main__":
    main()
