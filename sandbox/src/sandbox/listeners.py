"""Sockets bound before anything listens on them, so that URLs are known while the plans are read. 127.0.0.1 only."""

import errno
import socket

from sandbox.errors import SandboxError

HOST = "127.0.0.1"


def bind(port: int = 0) -> socket.socket:
    """A socket bound to a port of this machine, a free one when `port` is 0.

    Raises:
        SandboxError: the port is in use or may not be used.
    """
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # as every server does, so that a port is free again at once after its last connections
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
    except OSError as error:
        bound.close()
        reason = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        raise SandboxError(f"port {port} {reason}: choose another with --port, or 0 for a free one") from None
    return bound


def url(bound: socket.socket) -> str:
    """The URL of what listens on a bound socket."""
    return f"http://{HOST}:{bound.getsockname()[1]}"
