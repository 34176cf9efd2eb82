"""A thousand people ask for one name, all at once: one gets it."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress

import aiohttp
import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from running_sandbox import RunningSandbox
from sources import ADDRESSES, address_of, from_source

pytestmark = [pytest.mark.xdist_group("roomy sandbox"), pytest.mark.timeout(900)]

CLIENTS = 1000
WAIT = aiohttp.ClientTimeout(total=60)
"""Longer than API Gateway waits, which is 29 s."""
NO_ANSWER = {503, 504}
"""A thousand passwords may take longer than that to hash: the sandbox runs ten functions at a time."""
AT_ONCE_AGAIN, TRIES = 10, 20


def password_of(client: int) -> str:
    return f"the password of client {client}"


async def sign_up_all(url: str, name: str) -> tuple[list[int], list[int]]:
    """The status that each client gets first, when all ask at once, and the one that it has in the end.

    Who got no answer asks again until there is one, a few at a time: what they asked for first is still being done.
    """
    async with AsyncExitStack() as stack:
        sessions = [
            await stack.enter_async_context(
                aiohttp.ClientSession(connector=aiohttp.TCPConnector(local_addr=(address_of(number), 0)), timeout=WAIT)
            )
            for number in range(ADDRESSES)
        ]
        turns = asyncio.Semaphore(AT_ONCE_AGAIN)

        async def ask(client: int) -> int:
            body = {"username": name, "password": password_of(client)}
            async with sessions[client % ADDRESSES].post(url, json=body) as response:
                await response.read()
                return response.status

        async def ask_again(client: int, status: int) -> int:
            for _ in range(TRIES):
                if status not in NO_ANSWER:
                    break
                async with turns:
                    status = await ask(client)
            return status

        first = await asyncio.gather(*map(ask, range(CLIENTS)))
        return first, await asyncio.gather(*map(ask_again, range(CLIENTS), first))


def owners(sandbox: RunningSandbox, name: str, clients: list[int]) -> list[int]:
    """Whose password the account has."""
    key = {"pk": {"S": f"user#{name}"}}
    item = sandbox.aws("dynamodb").get_item(TableName="dev-authentication", Key=key, ConsistentRead=True)["Item"]
    digest = item["password_hash"]["S"]

    def has(client: int) -> bool:
        with suppress(VerifyMismatchError):
            return PasswordHasher().verify(digest, password_of(client))
        return False

    return [client for client in clients if has(client)]


def test_of_a_thousand_concurrent_sign_ups_of_one_name_one_makes_the_account(
    roomy_sandbox: RunningSandbox, record_property: Callable[[str, object], None]
) -> None:
    name = f"twin-{secrets.token_hex(4)}"
    first, statuses = asyncio.run(sign_up_all(roomy_sandbox.url("authentication", "/users"), name))
    told = ", then ".join(
        ", ".join(f"{status}: {number}" for status, number in sorted(Counter(each).items()))
        for each in (first, statuses)
    )
    record_property("requests", f"{CLIENTS} sign-ups of one name at once: {told}")
    assert set(first) <= {201, 409} | NO_ANSWER, told
    assert Counter(statuses) in ({201: 1, 409: CLIENTS - 1}, {409: CLIENTS}), told
    # Whoever got no answer may have got the account, and is told so by a 409.
    [winner] = owners(
        roomy_sandbox, name, [one for one in range(CLIENTS) if statuses[one] == 201 or first[one] in NO_ANSWER]
    )
    assert statuses[winner] == 201 or 201 not in statuses, told

    def sign_in(client: int) -> int:
        body = {"username": name, "password": password_of(client)}
        with from_source(client) as session:
            return session.post(roomy_sandbox.url("authentication", "/sessions"), json=body, timeout=30).status_code

    losers = [client for client in range(CLIENTS) if client != winner]
    assert sign_in(winner) == 201
    assert {sign_in(client) for client in losers[:: CLIENTS // 20]} == {401}
