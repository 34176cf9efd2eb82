"""Reads the log events of services through the CloudWatch Logs API of the sandbox, as any AWS tool would."""

import configparser
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError

from sandbox.errors import NotRunningError, SandboxError
from sandbox.state import StateFolder
from sandbox.view import fetch_status

_POLL_S = 0.5


class LogReader:
    """The log groups of one service or of all.

    Args:
        folder: the folder of a sandbox that is up.
        service: the service's name; None for all.

    Raises:
        NotRunningError: the sandbox does not answer.
        SandboxError: there is no such service.
    """

    def __init__(self, folder: StateFolder, *, service: str | None) -> None:
        status = fetch_status(folder.endpoints()["aws"])
        services = {item["name"]: item["log_groups"] for item in status["services"]}
        if service is not None and service not in services:
            raise SandboxError(f"no service {service}; there is {', '.join(services)}")
        self._groups = [group for name, groups in services.items() if service in (None, name) for group in groups]
        keys = configparser.ConfigParser()
        keys.read(folder.credentials)
        self._logs: Any = botocore.session.Session().create_client(
            "logs",
            region_name=status["region"],
            endpoint_url=status["aws"],
            aws_access_key_id=keys["default"]["aws_access_key_id"],
            aws_secret_access_key=keys["default"]["aws_secret_access_key"],
            config=Config(proxies={}),  # no proxy of the person's environment is for this machine
        )
        self._seen: set[str] = set()

    def read(self, start_ms: int = 0) -> Iterator[str]:
        """The events since `start_ms` (milliseconds since the epoch) that were not read before, oldest first."""
        events = [
            (event["timestamp"], group, event)
            for group in self._groups
            for page in self._logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=start_ms)
            for event in page["events"]
        ]
        before, self._seen = self._seen, {event["eventId"] for _, _, event in events}
        for timestamp, group, event in sorted(events, key=lambda entry: entry[0]):
            if event["eventId"] not in before:
                at = datetime.fromtimestamp(timestamp / 1000, UTC)
                yield f"{at:%H:%M:%S}.{timestamp % 1000:03d} {group} {event['message'].rstrip()}"

    def follow(self) -> Iterator[str]:
        """The events as they come, from the first on, until the sandbox ends.

        Raises:
            NotRunningError: the sandbox has ended.
        """
        start_ms = 0
        while True:
            now_ms = int(time.time() * 1000)
            try:
                yield from self.read(start_ms)
            except EndpointConnectionError:
                raise NotRunningError("the sandbox has ended") from None
            start_ms = max(0, now_ms - 5000)  # an event may be visible some time after its timestamp
            time.sleep(_POLL_S)
