"""The text of an exception for a log: where it happened and why, without the values that a client sent."""

import traceback
from collections.abc import Iterable

from lambda_lib._redaction import redacted, spellings, told


def describe(error: BaseException, secrets: Iterable[str] = ()) -> str:
    """The exception and those it came from, oldest first, with their tracebacks and notes.

    Of pydantic's errors only places and kinds are told; known secrets are replaced wherever else they turn up.

    Args:
        error: The exception.
        secrets: Values that must not appear.
    """
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    text: str = redacted("\n".join(_one(item) for item in reversed(chain)), spellings(secrets))
    return text


def _one(error: BaseException) -> str:
    frames = "".join(traceback.format_tb(error.__traceback__))
    notes = "".join(f"\n{note}" for note in getattr(error, "__notes__", ()))
    return f"{frames}{type(error).__module__}.{type(error).__qualname__}: {told(error)}{notes}"
