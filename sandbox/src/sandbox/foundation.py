"""What a sandbox has before anything is planned: an account without resources, at an AWS endpoint to plan against."""

import socket
import time
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack

from sandbox import listeners
from sandbox.access.identity import Identities
from sandbox.aws.dynamodb.governor import Governor
from sandbox.aws.dynamodb.store import Store
from sandbox.aws.endpoint import AwsEndpoint, Operation
from sandbox.aws.moto_backend import Moto
from sandbox.aws.server import AwsServer
from sandbox.declaration import Table
from sandbox.monitoring.logs import Logs
from sandbox.monitoring.metrics import Metrics
from sandbox.planning.account import Account


class Foundation:
    """The empty account.

    Args:
        account: its id and region.
        bound: the socket of the AWS endpoint.

    Attributes:
        url: the URL of the AWS endpoint.
        governor: DynamoDB within the capacity of the tables; none before `declare_tables`.
    """

    def __init__(self, account: Account, bound: socket.socket) -> None:
        self.account = account
        self.url = listeners.url(bound)
        self.metrics = Metrics()
        self.logs = Logs(metrics=self.metrics, account_id=account.account_id, region=account.region)
        self.identities = Identities(account_id=account.account_id)
        self.moto = Moto(account_id=account.account_id)
        self.governor = self._governed(())
        self.server = AwsServer(self._endpoint({}))
        self._bound = bound

    async def start(self, stack: AsyncExitStack) -> None:
        """Serve the AWS endpoint until the stack is closed."""
        stack.callback(self.moto.close)
        stack.push_async_callback(self.server.stop)
        await self.server.start(self._bound)

    def extend(self, tables: Iterable[Table], operations: Mapping[tuple[str, str], Operation]) -> None:
        """From now on, answer for these tables within their capacity, and with these operations."""
        self.governor = self._governed(tables)
        self.server.endpoint = self._endpoint(operations)

    def _governed(self, tables: Iterable[Table]) -> Governor:
        store = Store(moto=self.moto, account_id=self.account.account_id, region=self.account.region)
        return Governor(tables=tables, store=store, now=time.time())

    def _endpoint(self, operations: Mapping[tuple[str, str], Operation]) -> AwsEndpoint:
        return AwsEndpoint(
            identities=self.identities,
            moto=self.moto,
            governor=self.governor,
            metrics=self.metrics,
            region=self.account.region,
            operations=operations,
        )
