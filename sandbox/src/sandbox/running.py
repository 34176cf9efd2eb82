"""A sandbox that is up: what can be seen of it, and the watch over it."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.declaration import Declaration, Service
from sandbox.foundation import Foundation
from sandbox.monitoring import provisioned
from sandbox.monitoring.alarms import AlarmEvaluator, AlarmStatus


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """The parts of a sandbox that is up.

    Attributes:
        declaration: what runs.
        foundation: the AWS endpoint and what it answers from.
        alarms: the alarms with their states.
        api_urls: the URL of each REST API's server, by id.
        live_versions: the version that the alias `live` of each function points to.
        start_s: seconds that the start took.
    """

    declaration: Declaration
    foundation: Foundation
    alarms: AlarmEvaluator
    api_urls: Mapping[str, str]
    live_versions: Mapping[str, str]
    start_s: float

    async def supervise(self) -> None:
        """Evaluate the alarms and report capacity until cancelled; a fault in that ends the sandbox."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.alarms.run())
            group.create_task(provisioned.report(self.declaration.tables, self.foundation.metrics))

    def endpoints(self) -> dict[str, Any]:
        """The document of `endpoints.json`."""
        return {
            "aws": self.foundation.url,
            "services": {service.name: self._url(service) for service in self.declaration.services},
        }

    def summary(self) -> str:
        """What `sandbox up` says at its end."""
        urls = "\n".join(f"  {name:<16}{url}" for name, url in self.endpoints()["services"].items())
        return f"up in {self.start_s:.1f} s\n{urls}\n  {'AWS APIs':<16}{self.foundation.url}"

    async def status(self) -> dict[str, Any]:
        """The document of `sandbox status --json`."""
        return {
            "environment": self.declaration.environment,
            "account_id": self.declaration.account_id,
            "region": self.declaration.region,
            "aws": self.foundation.url,
            "services": [self._service(service) for service in self.declaration.services],
            "capacities": await self._capacities(),
            "alarms": [
                {
                    "name": status.alarm.name,
                    "state": status.state.value,
                    "reason": status.reason,
                    "since": status.transitioned_at,
                    "period_s": status.period_s if isinstance(status, AlarmStatus) else None,
                }
                for status in self.alarms.every.values()
            ],
            "checked": [
                {"address": item.address, "type": item.type, "reason": item.reason} for item in self.declaration.checked
            ],
        }

    def _service(self, service: Service) -> dict[str, Any]:
        return {
            "name": service.name,
            "url": self._url(service),
            "live_versions": {name: self.live_versions[name] for name in service.functions},
            "log_groups": service.log_groups,
        }

    def _url(self, service: Service) -> str:
        """The URL of the service's only stage; a service has one API, and that one stage."""
        api = next(api for api in self.declaration.apis if api.id in service.apis)
        return f"{self.api_urls[api.id]}/{api.stages[0].name}"

    async def _capacities(self) -> list[dict[str, Any]]:
        governor = self.foundation.governor
        levels = await self.foundation.moto.run(governor.levels, time.time())  # its state is that thread's
        return [
            {
                "name": "/".join(filter(None, (level.resource.table, level.resource.index))),
                "kind": level.resource.kind.lower(),
                "units_per_s": level.rate_per_s,
                "units_left": level.units,
                "units_at_most": level.limit,
            }
            for level in levels
        ]
