"""Statements of policy documents, compiled for `sandbox.access.policy`."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.access.conditions import Condition, NullCondition, compile_conditions
from sandbox.access.identity import Principal
from sandbox.access.patterns import Patterns, RequestContext, arn, wildcard
from sandbox.declaration import Document
from sandbox.errors import PlanError

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
_DOCUMENT = frozenset({"Id", "Statement", "Version"})
_STATEMENT = frozenset(
    {
        "Action",
        "Condition",
        "Effect",
        "NotAction",
        "NotPrincipal",
        "NotResource",
        "Principal",
        "Resource",
        "Sid",
    }
)


@dataclass(frozen=True, slots=True)
class Principals:
    """The Principal or NotPrincipal element."""

    anyone: bool
    aws: frozenset[str]
    services: frozenset[str]
    negated: bool
    allow: bool

    def match(self, principal: Principal | None) -> bool:
        """Whether the statement is about this principal; None is an anonymous one."""
        if not self.negated:
            return self.anyone or (
                principal is not None and not self._names(principal).isdisjoint(self._named(principal))
            )
        if principal is None:
            return True
        # A deny spares a principal only if every one of its names is listed: session, role and account.
        names = self._names(principal)
        spared = self._named(principal)
        return names.isdisjoint(spared) if self.allow else not names <= spared

    def only_account(self, principal: Principal | None) -> bool:
        """Whether the element names the principal's account, but neither the principal nor its role."""
        if self.anyone or self.negated or principal is None:
            return False
        return {principal.arn, principal.role_arn}.isdisjoint(self._named(principal))

    def _named(self, principal: Principal) -> frozenset[str]:
        return self.aws if principal.service is None else self.services

    def _names(self, principal: Principal) -> set[str]:
        if principal.service is not None:
            return {principal.service}
        names = {principal.arn, f"arn:aws:iam::{principal.account_id}:root"}
        return names if principal.role_arn is None else names | {principal.role_arn}


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement; `resources` and `principals` are None where it has no such element."""

    sid: str
    allow: bool
    actions: Patterns
    not_actions: bool
    resources: Patterns | None
    not_resources: bool
    principals: Principals | None
    conditions: tuple[Condition | NullCondition, ...]

    def applies(self, action: str, resource: str, principal: Principal | None, context: RequestContext) -> bool:
        """Whether every element of the statement matches the request."""
        return (
            self.actions.match(action, context) is not self.not_actions
            and (self.resources is None or self.resources.match(resource, context) is not self.not_resources)
            and (self.principals is None or self.principals.match(principal))
            and all(condition.holds(context) for condition in self.conditions)
        )


class _Same:
    """A document as a cache key: compared by identity, and held, so that its identity is not given away."""

    __slots__ = ("document",)

    def __init__(self, document: Document) -> None:
        self.document = document

    def __hash__(self) -> int:
        return id(self.document)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.document is self.document


def compile_policy(document: Document) -> tuple[Statement, ...]:
    """Compiles a document, which must not be changed afterwards; called before the first request, it is its check.

    Raises:
        PlanError: The document is not valid, or not emulated.
    """
    return _compile(_Same(document))


@functools.lru_cache(maxsize=4096)
def _compile(same: _Same) -> tuple[Statement, ...]:
    _check_elements("policy", same.document, _DOCUMENT)
    statements = same.document.get("Statement", [])
    variables = same.document.get("Version") == "2012-10-17"
    return tuple(_statement(statement, index, variables=variables) for index, statement in enumerate(_list(statements)))


def _statement(statement: Mapping[str, Any], index: int, *, variables: bool) -> Statement:
    sid = statement.get("Sid") or f"number {index + 1}"
    _check_elements(f"policy statement {sid}", statement, _STATEMENT)
    effect = statement.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise PlanError(f'policy statement {sid}: Effect is "{effect}", neither Allow nor Deny')
    try:
        actions, not_actions = _either(statement, "Action")
        if actions is None:
            raise PlanError(f"policy statement {sid}: neither Action nor NotAction is there")
        resources, not_resources = _either(statement, "Resource")
        principals, not_principals = _either(statement, "Principal")
        return Statement(
            sid=sid,
            allow=effect == "Allow",
            actions=Patterns(_list(actions), wildcard, variables=False, ignore_case=True),
            not_actions=not_actions,
            resources=None if resources is None else Patterns(_list(resources), arn, variables=variables),
            not_resources=not_resources,
            principals=None
            if principals is None
            else _principals(principals, negated=not_principals, allow=effect == "Allow"),
            conditions=compile_conditions(statement.get("Condition") or {}, variables=variables),
        )
    except (ValueError, AttributeError, TypeError) as error:
        raise PlanError(f"policy statement {sid}: {error}") from error


def _check_elements(name: str, node: Mapping[str, Any], known: frozenset[str]) -> None:
    if unknown := node.keys() - known:
        raise PlanError(f"{name}: there is no element {min(unknown)}")


def _principals(element: Any, *, negated: bool, allow: bool) -> Principals:
    kinds = {"AWS": element} if element == "*" else element
    unknown = set(kinds) - {"AWS", "Service", "Federated", "CanonicalUser"}
    if unknown:
        raise ValueError(f"unknown kind of principal {', '.join(sorted(unknown))}")
    aws = {f"arn:aws:iam::{name}:root" if name.isdigit() else name for name in _list(kinds.get("AWS", []))}
    if any("*" in name for name in aws - {"*"}):
        raise ValueError("a wildcard cannot stand for a part of a principal's ARN")
    # Federated and canonical users do not exist in the sandbox, so that naming them names nobody.
    return Principals("*" in aws, frozenset(aws), frozenset(_list(kinds.get("Service", []))), negated, allow)


def _either(statement: Mapping[str, Any], name: str) -> tuple[Any, bool]:
    if name in statement and f"Not{name}" in statement:
        raise ValueError(f"both {name} and Not{name} are there")
    return (statement[f"Not{name}"], True) if f"Not{name}" in statement else (statement.get(name), False)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
