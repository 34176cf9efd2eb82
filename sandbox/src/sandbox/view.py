"""What the commands show of a running sandbox."""

import json
import shlex
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sandbox.errors import NotRunningError
from sandbox.state import StateFolder

STATUS_PATH = "/_sandbox/status"
"""Where the AWS endpoint's port also serves the status document; no AWS API has such a path."""

_TIMEOUT_S = 10.0

type Status = Mapping[str, Any]
"""The document of `sandbox.status`."""


def fetch_status(aws_url: str) -> Status:
    """The status document of the sandbox behind this endpoint.

    Raises:
        NotRunningError: it does not answer.
    """
    try:
        # The URL is our own endpoint's; no proxy of the person's environment is for it.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(aws_url + STATUS_PATH, timeout=_TIMEOUT_S) as response:
            document: Status = json.load(response)
    except (urllib.error.URLError, OSError) as error:
        raise NotRunningError(f"the sandbox at {aws_url} does not answer: {error}") from None
    return document


def environment_text(folder: StateFolder, inherited: Iterable[str]) -> str:
    """Shell lines that make the AWS SDKs and tools use the sandbox; what would win over the files is unset.

    Args:
        folder: the folder of the sandbox.
        inherited: the names of the variables that the shell has; its own endpoints of services are unset.
    """
    endpoints = sorted(name for name in inherited if name.startswith("AWS_ENDPOINT_URL_"))
    return "\n".join(
        (
            "unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN",
            "unset AWS_ROLE_ARN AWS_WEB_IDENTITY_TOKEN_FILE AWS_REGION AWS_DEFAULT_REGION",
            " ".join(("unset AWS_IGNORE_CONFIGURED_ENDPOINT_URLS AWS_ENDPOINT_URL", *endpoints)),
            f"export AWS_SHARED_CREDENTIALS_FILE={shlex.quote(str(folder.credentials))}",
            f"export AWS_CONFIG_FILE={shlex.quote(str(folder.config))}",
        )
    )


def status_text(status: Status) -> str:
    """The status document for people."""
    sections = [
        _head(status),
        _table(
            ("SERVICE", "LIVE VERSION", "URL"),
            [(item["name"], ", ".join(item["live_versions"].values()), item["url"]) for item in status["services"]],
        ),
        _table(
            ("CAPACITY", "KIND", "UNITS/S", "BURST LEFT"),
            [
                (
                    item["name"],
                    item["kind"],
                    f"{item['units_per_s']:g}",
                    f"{item['units_left']:.0f} of {item['units_at_most']:g}",
                )
                for item in status["capacities"]
            ],
        ),
        _table(
            ("ALARM", "STATE", "PERIOD"),
            [
                # a composite alarm has no period: it follows those that it is made of
                (item["name"], item["state"], f"{item['period_s']} s" if item["period_s"] else "-")
                for item in status["alarms"]
            ],
        ),
        _checked_text(status["checked"]),
    ]
    return "\n\n".join(section for section in sections if section)


def _head(status: Status) -> str:
    return (
        f"environment {status['environment']}, account {status['account_id']}, region {status['region']}\n"
        f"AWS endpoint {status['aws']}"
    )


def _checked_text(checked: Sequence[Mapping[str, str]]) -> str:
    """Resources that are shown but not run, one line per type and reason."""
    rows: dict[tuple[str, str], int] = {}
    for item in checked:
        key = (item["type"], item["reason"])
        rows[key] = rows.get(key, 0) + 1
    return _table(("CHECKED, NOT RUN", "N", "REASON"), [(kind, str(n), reason) for (kind, reason), n in rows.items()])


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, *rows]
    if len(lines) == 1:
        return ""
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
