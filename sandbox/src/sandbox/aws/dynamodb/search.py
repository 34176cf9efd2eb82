"""Queries and scans, widened to everything that they look at, which is what they cost."""

import re
from collections.abc import Mapping
from typing import Any

_NARROWING = frozenset(
    {
        "AttributesToGet",
        "ConditionalOperator",
        "FilterExpression",
        "ProjectionExpression",
        "QueryFilter",
        "ScanFilter",
        "Select",
    }
)
_PLACEHOLDER = re.compile(r"[#:]\w+")


def is_narrowed(parameters: Mapping[str, Any]) -> bool:
    """Whether a Query or Scan answers less than it looks at."""
    return not _NARROWING.isdisjoint(parameters)


def widened(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The same Query or Scan without filter and projection, and without the placeholders that only those use."""
    used = set(_PLACEHOLDER.findall(parameters.get("KeyConditionExpression", "")))
    wide = {name: value for name, value in parameters.items() if name not in _NARROWING}
    for name in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        placeholders = {key: value for key, value in wide.pop(name, {}).items() if key in used}
        if placeholders:
            wide[name] = placeholders
    return wide
