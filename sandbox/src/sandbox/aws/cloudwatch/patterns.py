"""Filter patterns of log events, as far as they are words: `ERROR "no route" ?warm ?cold -healthcheck`.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import re
from collections.abc import Callable

from sandbox.aws.wire import ApiError

_TERM = re.compile(r'\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))')


def pattern(text: str) -> Callable[[str], bool]:
    """The test of a message that `text` is; the empty pattern matches all.

    Every term must occur, case and all; at least one of those with `?`, and none of those with `-`.

    Raises:
        ApiError: The pattern selects fields of JSON or of columns, or is an expression.
    """
    text = text.strip()
    if text[:1] in {"{", "[", "%"}:
        raise ApiError("InvalidParameterException", f"The sandbox matches words, not fields or expressions: {text}")
    terms = [(sign, word.replace('\\"', '"') or bare) for sign, word, bare in _TERM.findall(text)]
    required = [word for sign, word in terms if not sign]
    optional = [word for sign, word in terms if sign == "?"]
    excluded = [word for sign, word in terms if sign == "-"]

    def matches(message: str) -> bool:
        return (
            all(word in message for word in required)
            and (not optional or any(word in message for word in optional))
            and not any(word in message for word in excluded)
        )

    return matches
