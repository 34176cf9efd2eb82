"""What a handler writes to standard output: its log, and its metrics in CloudWatch's embedded metric format."""

import json
from collections.abc import Callable
from typing import Any


class Output:
    """Sorts what a handler writes, one JSON object per line.

    Args:
        read: Gives what was written since it was last asked.
    """

    def __init__(self, read: Callable[[], str]) -> None:
        self._read = read
        self._lines: list[dict[str, Any]] = []
        self._metrics: list[dict[str, Any]] = []

    def logged(self) -> list[dict[str, Any]]:
        """The log lines written since they were last asked for.

        Raises:
            ValueError: Something else than a JSON object was written; CloudWatch's queries would find no field in it.
        """
        self._sort()
        lines, self._lines = self._lines, []
        return lines

    def metrics(self) -> list[dict[str, Any]]:
        """The sets of metrics written since they were last asked for.

        Raises:
            ValueError: Something else than a JSON object was written.
        """
        self._sort()
        metrics, self._metrics = self._metrics, []
        return metrics

    def _sort(self) -> None:
        for line in self._read().splitlines():
            try:
                document = json.loads(line)
            except ValueError:
                document = None
            if not isinstance(document, dict):
                raise ValueError(f"not a JSON object: {line}")  # noqa: TRY004  it is not about the caller's argument
            (self._metrics if "_aws" in document else self._lines).append(document)
