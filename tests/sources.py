"""Clients at many addresses of this machine, since limits are counted by the address that a request comes from."""

import requests
from requests.adapters import HTTPAdapter

ADDRESSES = 250


class _From(HTTPAdapter):
    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args, **options) -> None:
        super().init_poolmanager(*args, **options, source_address=(self._address, 0))


def address_of(number: int) -> str:
    """One of the addresses of the loopback interface; Linux has all of 127.0.0.0/8."""
    return f"127.0.0.{number % ADDRESSES + 2}"


def from_source(number: int) -> requests.Session:
    """A session whose requests come from one of the addresses."""
    session = requests.Session()
    session.mount("http://", _From(address_of(number)))
    return session
