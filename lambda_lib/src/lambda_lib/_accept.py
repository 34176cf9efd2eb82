"""Content negotiation: which of several media types a caller would like best (RFC 9110 section 12.5.1)."""

import re
from collections.abc import Sequence

_is_weight = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?").fullmatch


def choose(accept: str, offered: Sequence[str]) -> str | None:
    """The media type to answer with.

    Args:
        accept: Value of the `Accept` header.
        offered: Media types to choose from, the preferred one first; their parameters are not compared.

    Returns:
        The acceptable one of the highest weight, or None if none is acceptable.
    """
    ranges = dict(map(_range, accept.lower().split(",")))

    def weight(media_type: str) -> float:
        kind = media_type.partition(";")[0].strip().lower()
        # The most specific range that matches has the word.
        for candidate in (kind, f"{kind.partition('/')[0]}/*", "*/*"):
            if candidate in ranges:
                return ranges[candidate]
        return 0.0

    best = max(offered, key=weight)  # of equals, the first
    return best if weight(best) > 0 else None


def _range(item: str) -> tuple[str, float]:
    """A media range and its weight; one that is not well-formed accepts nothing."""
    media_range, *parameters = (part.strip() for part in item.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            # RFC 9110 section 12.4.2
            return media_range, float(value) if _is_weight(value.strip()) else 0.0
    return media_range, 1.0
