"""Starts a service as Lambda does, and tells when it was ready and when its first request was answered.

Run as a script with `-I -S -B`, so that nothing is on `sys.path` but the standard library and the service's folder,
and no bytecode is written. Arguments: the folder, or nothing for the bare interpreter; the first event, as JSON. The
last line on standard output is what is told, in JSON: seconds on the clock of `time.monotonic`, which all processes
share; peak resident memory in kB.
"""

import sys
import time

if len(sys.argv) > 1:
    sys.path.insert(0, sys.argv[1])
    from main import handler  # type: ignore[import-not-found]  # of the folder
ready_s, ready_cpu_s = time.monotonic(), time.process_time()

import json  # noqa: E402  after the service, which may not need it
import resource  # noqa: E402
from pathlib import Path  # noqa: E402


def peak_kb() -> int:
    """Peak resident memory.

    `ru_maxrss` also covers what the process was before it became this interpreter (Linux, getrusage(2)), which is the
    measuring process's size.
    """
    status = Path("/proc/self/status")
    if status.exists():
        [line] = [line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024  # bytes on macOS


class Context:
    """The context of an invocation."""

    aws_request_id = "11111111-2222-3333-4444-555555555555"
    function_name = "profiles"
    function_version = "7"
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:profiles:live"
    memory_limit_in_mb = 512

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the invocation."""
        return 10_000


told = {"ready_s": ready_s, "ready_cpu_s": ready_cpu_s}
if len(sys.argv) > 1:
    event = json.loads(sys.argv[2])
    began_s = time.monotonic()
    told["reply"] = handler(event, Context())
    told["request_s"] = time.monotonic() - began_s
told["peak_kb"] = peak_kb()
print(json.dumps(told))
