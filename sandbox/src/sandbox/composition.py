"""Starts the parts of a sandbox in order, each on what the ones before it made, and stops them in reverse order."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack

from sandbox import listeners
from sandbox.access.identity import Credentials
from sandbox.aws import cloudwatch
from sandbox.aws.provision import provision
from sandbox.declaration import Declaration
from sandbox.foundation import Foundation
from sandbox.functions import Functions
from sandbox.gateway import Gateway
from sandbox.monitoring.alarms import AlarmEvaluator
from sandbox.monitoring.notifications import Notifications
from sandbox.planning import planned
from sandbox.planning.account import read_account
from sandbox.planning.plan import Plan
from sandbox.planning.plans import Report, make_plans
from sandbox.planning.source import find_services
from sandbox.running import RunningSandbox
from sandbox.settings import Settings


@contextlib.asynccontextmanager
async def running(settings: Settings, report: Report) -> AsyncIterator[RunningSandbox]:
    """A sandbox that is up within the `async with`.

    Args:
        settings: what to run.
        report: told of each step with its seconds.

    Raises:
        SandboxError: it cannot be started as asked; the message says why in one line.
    """
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        foundation, plans = await _planned(settings, report, stack)
        sockets = _ApiSockets(stack)
        declaration = planned.read(plans, api_url=sockets.url)
        declared = _Declared(declaration, foundation, settings, report)
        alarms = await declared.provision()
        functions = await declared.start_functions(stack)
        await declared.start_gateway(functions, sockets.bound, stack)
        versions = await declared.release(functions)
        sandbox = RunningSandbox(
            declaration=declaration,
            foundation=foundation,
            alarms=alarms,
            api_urls={api.id: sockets.url(api.id) for api in declaration.apis},
            live_versions=versions,
            start_s=time.monotonic() - began,
        )
        foundation.server.status = sandbox.status
        yield sandbox


def check(settings: Settings, report: Report) -> Declaration:
    """What the plans declare, checked as for a sandbox, and nothing of it run.

    Raises:
        SandboxError: a sandbox could not run it as declared; the message says why in one line.
    """

    async def checked() -> Declaration:
        async with AsyncExitStack() as stack:
            _, plans = await _planned(settings, report, stack)
            return planned.read(plans, api_url=lambda api_id: f"http://{api_id}.invalid")

    return asyncio.run(checked())


async def _planned(settings: Settings, report: Report, stack: AsyncExitStack) -> tuple[Foundation, tuple[Plan, ...]]:
    """The plans, and the empty account that they were made against: it is there until the stack is closed."""
    began = time.monotonic()
    services = find_services(settings.source, settings.services)
    account = read_account(settings.source / "terraform" / "environments" / f"{settings.environment}.tfvars")
    foundation = Foundation(account, stack.enter_context(listeners.bind(settings.port)))
    await foundation.start(stack)
    report(f"AWS endpoint {foundation.url} ({time.monotonic() - began:.1f} s)")
    plans = await make_plans(
        settings,
        services,
        account=account,
        aws_url=foundation.url,
        administrator=foundation.identities.administrator,
        report=report,
    )
    return foundation, plans


class _ApiSockets:
    """The socket of each REST API's server, bound when its URL is first asked for."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack
        self.bound: dict[str, socket.socket] = {}

    def url(self, api_id: str) -> str:
        if api_id not in self.bound:
            self.bound[api_id] = self._stack.enter_context(listeners.bind())
        return listeners.url(self.bound[api_id])


class _Declared:
    """The steps that bring a declaration to life on the foundation."""

    def __init__(self, declaration: Declaration, foundation: Foundation, settings: Settings, report: Report) -> None:
        self._declaration = declaration
        self._foundation = foundation
        self._settings = settings
        self._report = report

    async def provision(self) -> AlarmEvaluator:
        """Make tables, roles, parameters, topics, log groups and alarms, and answer for them."""
        declaration, foundation, began = self._declaration, self._foundation, time.time()
        foundation.identities.add_roles(declaration.roles)
        foundation.logs.declare(declaration.log_groups, began)
        await provision(declaration, moto=foundation.moto)
        notifications = Notifications(
            moto=foundation.moto, account_id=declaration.account_id, region=declaration.region
        )
        alarms = AlarmEvaluator(
            declaration.alarms,
            composites=declaration.composite_alarms,
            metrics=foundation.metrics,
            on_change=notifications.on_change,
            period_factor=self._settings.alarm_period_factor,
            missing_data=self._settings.missing_data,
            created_at=began,
        )
        foundation.extend(
            declaration.tables,
            cloudwatch.operations(metrics=foundation.metrics, alarms=alarms, logs=foundation.logs),
        )
        made = f"{len(declaration.tables)} tables, {len(declaration.roles)} roles, {len(alarms.every)} alarms"
        self._report(f"{made} ({time.time() - began:.1f} s)")
        if scaled := [table.name for table in declaration.tables if table.autoscaled]:
            self._report(f"nothing is autoscaled here: {', '.join(scaled)} at the least capacity")
        return alarms

    async def start_functions(self, stack: AsyncExitStack) -> Functions:
        """Make the functions ready to be invoked."""
        foundation, began = self._foundation, time.monotonic()
        functions = Functions(
            self._declaration.functions,
            credentials=self._session,
            metrics=foundation.metrics,
            logs=foundation.logs,
            aws_url=foundation.url,
            account_id=self._declaration.account_id,
            region=self._declaration.region,
            workdir=self._settings.state_dir / "functions",
        )
        stack.push_async_callback(functions.stop)
        await functions.start()
        self._report(f"{len(self._declaration.functions)} functions ({time.monotonic() - began:.1f} s)")
        return functions

    async def start_gateway(
        self, functions: Functions, sockets: Mapping[str, socket.socket], stack: AsyncExitStack
    ) -> None:
        """Serve the REST APIs."""
        began = time.monotonic()
        gateway = Gateway(
            self._declaration.apis,
            functions=functions,
            identities=self._foundation.identities,
            metrics=self._foundation.metrics,
            logs=self._foundation.logs,
            region=self._declaration.region,
            account_id=self._declaration.account_id,
        )
        stack.push_async_callback(gateway.stop)
        await gateway.start(sockets)
        self._report(f"{len(self._declaration.apis)} REST APIs ({time.monotonic() - began:.1f} s)")

    async def release(self, functions: Functions) -> dict[str, str]:
        """Release the bundles that are there as pipelines would: publish a version and move `live` to it.

        Returns:
            The version that `live` points to, by function; 1 is the placeholder of the first apply.
        """
        versions = {function.name: "1" for function in self._declaration.functions}
        for service in self._declaration.services:
            began = time.monotonic()
            bundle = self._settings.bundles / f"{service.name}.zip"
            if not bundle.is_file():
                self._report(f"no bundle {bundle}: {service.name} answers 503, as after a first apply")
                continue
            for function in service.functions:
                versions[function] = await functions.release(function, bundle)
                self._report(f"released {function} version {versions[function]} ({time.monotonic() - began:.1f} s)")
        return versions

    def _session(self, role_arn: str, name: str) -> Credentials:
        return self._foundation.identities.assume(role_arn, name, now=time.time())
