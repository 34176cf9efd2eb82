"""Wildcard patterns of IAM policies, compiled once: `*`, `?` and policy variables such as `${aws:PrincipalArn}`.

Follows https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from sandbox.access.identity import Principal

type Translate = Callable[[str], str]
"""Makes the regular expression of a pattern."""

_ARN_PARTS = 6
_VARIABLE = re.compile(r"\$\{\s*([^},]+?)\s*(?:,\s*'([^']*)'\s*)?\}")
_LITERALS = ("*", "?", "$")


class RequestContext:
    """The condition keys of a request: those given, and those that follow from its principal.

    Keys are not case-sensitive. They are made at the first use, since most requests are decided without them.
    """

    def __init__(self, principal: Principal | None, given: Mapping[str, str | Sequence[str]]) -> None:
        self._principal = principal
        self._given = given
        self._values: dict[str, tuple[str, ...]] | None = None

    def get(self, key: str) -> tuple[str, ...] | None:
        """The values of a key that is in lower case; None where the request does not have the key."""
        if self._values is None:
            self._values = {
                name.lower(): (value,) if isinstance(value, str) else tuple(value)
                for name, value in {**_principal_keys(self._principal), **self._given}.items()
            }
        return self._values.get(key)


class Patterns:
    """A list of patterns, of which one has to match."""

    def __init__(
        self, texts: Iterable[str], translate: Translate, *, variables: bool, ignore_case: bool = False
    ) -> None:
        self._flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
        self._translate = translate
        texts = tuple(texts)
        self._with_variables = tuple(text for text in texts if variables and _VARIABLE.search(text))
        fixed = [text for text in texts if text not in self._with_variables]
        self._fixed = re.compile("|".join(map(translate, fixed)), self._flags) if fixed else None

    def match(self, value: str, context: RequestContext) -> bool:
        """Whether one of the patterns matches the whole value."""
        if self._fixed is not None and self._fixed.fullmatch(value):
            return True
        return any(self._match_with_variables(text, value, context) for text in self._with_variables)

    def _match_with_variables(self, text: str, value: str, context: RequestContext) -> bool:
        # Each variable becomes a private-use character, so that its value is matched literally, wildcards included.
        values: list[str] = []
        for variable in _VARIABLE.finditer(text):
            name, default = variable.groups()
            found = (name,) if name in _LITERALS else context.get(name.lower()) or ((default,) if default else ())
            if len(found) != 1:
                return False  # a variable without one value matches nothing
            values.append(found[0])
        pattern = self._translate(_VARIABLE.sub("\ue000", text))
        for one in values:
            pattern = pattern.replace("\ue000", re.escape(one), 1)
        return re.fullmatch(pattern, value, self._flags) is not None


def literal(text: str) -> str:
    """Translates a text in which wildcards stand for themselves."""
    return re.escape(text)


def wildcard(text: str, any_character: str = ".") -> str:
    """Translates a text in which `*` stands for any characters and `?` for one."""
    translated = {"*": f"{any_character}*", "?": any_character}
    return "".join(translated.get(c) or re.escape(c) for c in text)


def arn(text: str) -> str:
    """Translates an ARN, in which a wildcard does not reach over a colon, except in the sixth part; or a lone `*`.

    Raises:
        ValueError: The text has not the six parts of an ARN.
    """
    if text == "*":
        return ".*"
    parts = text.split(":", _ARN_PARTS - 1)
    if len(parts) != _ARN_PARTS or parts[0] != "arn":
        raise ValueError(f'"{text}" is neither "*" nor an ARN of six parts')
    *heads, resource = parts
    return ":".join([*(wildcard(head, "[^:]") for head in heads), wildcard(resource)])


def _principal_keys(principal: Principal | None) -> dict[str, str]:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html. An anonymous request has
    # none of them.
    if principal is None:
        return {}
    if principal.service is not None:
        return {"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": principal.service}
    return {
        "aws:PrincipalAccount": principal.account_id,
        "aws:PrincipalArn": principal.role_arn or principal.arn,
        "aws:PrincipalIsAWSService": "false",
        "aws:PrincipalType": "AssumedRole" if principal.role_arn else "User",
    }
