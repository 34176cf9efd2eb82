"""The Condition block of a policy statement.

Follows https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html.
Date and binary operators are not emulated and refused.
"""

import ipaddress
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.access.patterns import Patterns, RequestContext, Translate, arn, literal, wildcard

type Test = Callable[[str, RequestContext], bool]
"""Says whether one value of the request matches one of the values in the policy."""

type Quantifier = Literal["ForAnyValue", "ForAllValues", ""]

_TEXT: Mapping[str, tuple[Translate, bool]] = {
    "StringEquals": (literal, False),
    "StringEqualsIgnoreCase": (literal, True),
    "StringLike": (wildcard, False),
    "ArnEquals": (arn, False),
    "ArnLike": (arn, False),
    "Bool": (literal, True),
}
_NUMERIC: Mapping[str, Callable[[float, float], bool]] = {
    "NumericEquals": operator.eq,
    "NumericLessThan": operator.lt,
    "NumericLessThanEquals": operator.le,
    "NumericGreaterThan": operator.gt,
    "NumericGreaterThanEquals": operator.ge,
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
    "NotIpAddress": "IpAddress",
}
_QUANTIFIERS: Mapping[str, Quantifier] = {"": "", "ForAnyValue": "ForAnyValue", "ForAllValues": "ForAllValues"}


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one key: `quantifier` is how several values of the request count."""

    key: str
    quantifier: Quantifier
    if_exists: bool
    negated: bool
    test: Test

    def holds(self, context: RequestContext) -> bool:
        """Whether the request meets the condition."""
        values = context.get(self.key) or ()
        match self.quantifier:
            case "ForAllValues":
                return all(self.test(value, context) is not self.negated for value in values)
            case "ForAnyValue":
                return any(self.test(value, context) is not self.negated for value in values) or (
                    self.if_exists and not values
                )
        # Without the key a condition does not hold, except a negated one: nothing is there that could match.
        if not values:
            return self.if_exists or self.negated
        return any(self.test(value, context) for value in values) is not self.negated


@dataclass(frozen=True, slots=True)
class NullCondition:
    """The operator `Null`: whether the request has the key."""

    key: str
    absent: bool

    def holds(self, context: RequestContext) -> bool:
        """Whether the key is absent, or present, as the policy wants it."""
        return (context.get(self.key) is None) is self.absent


def compile_conditions(block: Mapping[str, Any], *, variables: bool) -> tuple[Condition | NullCondition, ...]:
    """Compiles a Condition block, every part of which has to hold.

    Args:
        block: The JSON object, `{operator: {key: value or values}}`.
        variables: Whether the policy's version knows policy variables.

    Raises:
        ValueError: An operator is unknown or not emulated, or a value is not what the operator compares.
    """
    return tuple(
        _compile(name, key.lower(), tuple(map(_text, values if isinstance(values, list) else [values])), variables)
        for name, keys in block.items()
        for key, values in keys.items()
    )


def _compile(name: str, key: str, values: Sequence[str], variables: bool) -> Condition | NullCondition:  # noqa: FBT001
    prefix, _, rest = name.rpartition(":")
    quantifier = _QUANTIFIERS.get(prefix)
    if_exists = rest.endswith("IfExists")
    base = rest.removesuffix("IfExists")
    if name == "Null":
        if len(values) != 1 or values[0] not in ("true", "false"):
            raise ValueError(f"the operator Null takes true or false, not {values}")
        return NullCondition(key, absent=values[0] == "true")
    positive = _NEGATED.get(base, base)
    test: Test
    if quantifier is None:
        raise ValueError(f"the condition operator {name} is unknown")
    if positive in _TEXT:
        translate, ignore_case = _TEXT[positive]
        test = Patterns(values, translate, variables=variables, ignore_case=ignore_case).match
    elif positive in _NUMERIC:
        test = _numeric(_NUMERIC[positive], tuple(map(float, values)))
    elif positive == "IpAddress":
        test = _ip_address(tuple(ipaddress.ip_network(value, strict=False) for value in values))
    else:
        raise ValueError(f"the condition operator {name} is unknown or not emulated")
    return Condition(key, quantifier, if_exists, base in _NEGATED, test)


def _numeric(compare: Callable[[float, float], bool], limits: Sequence[float]) -> Test:
    def test(value: str, _: RequestContext) -> bool:
        try:
            number = float(value)
        except ValueError:
            return False
        return any(compare(number, limit) for limit in limits)

    return test


def _ip_address(networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> Test:
    def test(value: str, _: RequestContext) -> bool:
        try:
            address = ipaddress.ip_address(value)
        except ValueError:
            return False
        return any(address in network for network in networks)

    return test


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
