"""`$context` and `$stageVariables` in access log formats and gateway responses.

See https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html. These two
places know plain substitution only, no Velocity.
"""

import re
from collections.abc import Mapping

_VARIABLE = re.compile(r"\$((?:context|stageVariables)(?:\.\w+)+)|\$\{((?:context|stageVariables)(?:\.\w+)+)\}")

type Variables = Mapping[str, object]
"""Values by name, such as `context.requestId`; None where a variable has no value."""


class Template:
    """A text with variables, compiled once."""

    def __init__(self, text: str) -> None:
        self._parts = _VARIABLE.split(text)

    def render(self, variables: Variables, missing: str) -> str:
        """The text with each variable replaced by its value, or by `missing` where it has none."""
        # Split gives a text, then for each variable its two spellings, of which one is None, and the next text.
        rendered = [self._parts[0]]
        for plain, braced, text in zip(self._parts[1::3], self._parts[2::3], self._parts[3::3], strict=True):
            value = variables.get(plain or braced)
            rendered.append(missing if value is None else str(value))
            rendered.append(text)
        return "".join(rendered)
