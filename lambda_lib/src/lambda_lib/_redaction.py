"""Takes out of a text, or of what a log field holds, whatever is known to be secret."""

import json
from collections.abc import Collection, Iterable
from typing import Any

from pydantic import ValidationError

REDACTED = "[redacted]"


def told(value: object) -> str:
    """A value that JSON does not know, as a text.

    pydantic quotes rejected input, a password as readily as a number: of a `ValidationError` only places and kinds
    are told.
    """
    if not isinstance(value, ValidationError):
        return str(value)
    items = value.errors(include_url=False, include_context=False, include_input=False)
    return f"{value.title}: " + "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['type']}" for item in items)


def spellings(secrets: Iterable[str]) -> list[str]:
    """How secrets may be written within a text: as they are, as `repr` quotes them, and as JSON does.

    The longest come first: a secret within another would otherwise leave the rest of that one standing.
    """
    found = {form for secret in secrets if secret for form in (secret, repr(secret)[1:-1], json.dumps(secret)[1:-1])}
    return sorted(found, key=len, reverse=True)


def redacted(value: Any, secrets: Collection[str]) -> Any:
    """A log field's value without the secrets, whose `spellings` are given; whatever JSON does not know is a text."""
    match value:
        case str():
            for secret in secrets:
                value = value.replace(secret, REDACTED)
            return value
        case None | bool() | int() | float():
            return value
        case dict():
            return {redacted(name, secrets): redacted(member, secrets) for name, member in value.items()}
        case list() | tuple():
            return [redacted(item, secrets) for item in value]
        case _:
            return redacted(told(value), secrets)
