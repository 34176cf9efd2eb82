"""Takes out of a text, or of what a log field holds, whatever is known to be secret."""

import math
from collections.abc import Collection, Iterable

# What json.dumps makes of a text, with and without ensure_ascii.
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any
from urllib.parse import quote

from pydantic import ValidationError

REDACTED = "[redacted]"


def told(value: object) -> str:
    """A value that JSON does not know, as a text.

    pydantic quotes rejected input, a password as readily as a number: of a `ValidationError` only places and kinds
    are told.
    """
    if not isinstance(value, ValidationError):
        try:
            return str(value)
        except Exception as error:  # noqa: BLE001  whatever the class of somebody else does: it fails no request
            return f"<{type(value).__name__}: {type(error).__name__}>"
    items = value.errors(include_url=False, include_context=False, include_input=False)
    return f"{value.title}: " + "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['type']}" for item in items)


def spellings(secrets: Iterable[str]) -> list[str]:
    """How secrets may be written within a text: as they are, as `repr` quotes text and bytes, and as JSON and URLs do.

    The longest come first: a secret within another would otherwise leave the rest of that one standing.
    """
    found = {form for secret in secrets if secret for form in _forms(secret)}
    return sorted(found, key=len, reverse=True)


def _forms(secret: str) -> Iterable[str]:
    if secret.isascii() and secret.isalnum():  # most are, and a body may have a hundred thousand of them
        return (secret,)
    encoded = secret.encode(errors="surrogatepass")
    return (
        secret,
        repr(secret)[1:-1],
        repr(encoded)[2:-1],
        encode_basestring_ascii(secret)[1:-1],
        encode_basestring(secret)[1:-1],
        quote(encoded),
        quote(encoded, safe=""),
    )


def redacted(value: Any, secrets: Collection[str]) -> Any:
    """A log field's value without the secrets, whose `spellings` are given; whatever JSON does not know is a text."""
    match value:
        case str():
            for secret in secrets:
                value = value.replace(secret, REDACTED)
            return value
        case float() if not math.isfinite(value):
            return str(value)
        case None | bool() | int() | float():
            return value
        case dict():
            return {_name(name, secrets): redacted(member, secrets) for name, member in value.items()}
        case list() | tuple():
            return [redacted(item, secrets) for item in value]
        case _:
            return redacted(told(value), secrets)


def _name(name: object, secrets: Collection[str]) -> Any:
    return redacted(name if isinstance(name, int | float | None) else told(name), secrets)
