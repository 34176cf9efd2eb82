"""The text of an exception for a log: where it happened and why, without the values that a client sent."""

import traceback
from collections.abc import Iterable

from pydantic import ValidationError

REDACTED = "[redacted]"


def describe(error: BaseException, secrets: Iterable[str] = ()) -> str:
    """The exception and those it came from, oldest first, with their tracebacks.

    pydantic quotes rejected input, a password as readily as a number: of a `ValidationError` only places and kinds
    are told. Known secrets are replaced wherever else they turn up.

    Args:
        error: The exception.
        secrets: Values that must not appear.
    """
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    text = "\n".join(_one(item) for item in reversed(chain))
    for secret in secrets:
        if secret:
            text = text.replace(secret, REDACTED)
    return text


def _one(error: BaseException) -> str:
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{frames}{type(error).__module__}.{type(error).__qualname__}: {_message(error)}"


def _message(error: BaseException) -> str:
    if isinstance(error, ValidationError):
        items = error.errors(include_url=False, include_context=False, include_input=False)
        return f"{error.title}: " + "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['type']}" for item in items)
    return str(error)
