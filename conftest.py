"""Imports the packages before pytest meets their tests, keeps the tests of a file on one worker, and heeds Ctrl-C.

pytest names a test module after its path (`sandbox.tests.test_state`, import mode importlib) and makes a module of its
own for each folder in it that is not imported yet: an empty `sandbox` instead of the package.
"""

import signal

import pytest

import lambda_lib  # noqa: F401 - see above
import load  # noqa: F401 - see above
import sandbox  # noqa: F401 - see above

# A shell starts what runs in its background with SIGINT ignored, which every process started from there inherits; the
# tests send it to the commands that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group tests by file where they are not grouped: what a file's fixtures start is then started once."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.name))
