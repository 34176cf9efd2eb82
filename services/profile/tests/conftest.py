"""The border of the service, beside what the plugin of lambda_lib offers: the API of the location service."""

from collections.abc import Callable

import pytest

from lambda_lib.testing import FakeService


@pytest.fixture
def location(fake_service: Callable[[str], FakeService]) -> FakeService:
    """The API of the location service, found by its parameter."""
    return fake_service("location")
