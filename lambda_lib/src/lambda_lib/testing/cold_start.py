"""A cold start, in a process of its own."""

import subprocess
import sys
from collections.abc import Mapping


def cold_start_modules(module: str, environ: Mapping[str, str]) -> frozenset[str]:
    """The modules that a cold start imports; each costs time in every new execution environment.

    Args:
        module: Name of the module that Lambda imports, such as `location_service.main`.
        environ: Environment variables of the function.

    Raises:
        RuntimeError: The module does not import; the message is what it wrote.
    """
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; sys.stdout.write(' '.join(sys.modules))"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return frozenset(done.stdout.split())
