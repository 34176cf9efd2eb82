import pytest

from sandbox import listeners
from sandbox.errors import SandboxError


def test_a_free_port_is_bound_on_this_machine_only():
    with listeners.bind() as bound:
        host, port = bound.getsockname()
        assert host == "127.0.0.1"
        assert listeners.url(bound) == f"http://127.0.0.1:{port}"


def test_a_busy_port_is_told_in_one_line():
    with listeners.bind() as bound:
        bound.listen()
        port = bound.getsockname()[1]
        with pytest.raises(SandboxError, match=f"port {port} is in use: choose another with --port"):
            listeners.bind(port)
