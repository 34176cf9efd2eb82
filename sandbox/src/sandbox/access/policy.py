"""Evaluation of IAM policy documents: pure; each document is compiled once.

Follows https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html: everything is denied
unless a statement allows it, and an explicit deny wins. A document that cannot be read, or that uses what is not
emulated, is a `PlanError`, never ignored.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sandbox.access.identity import Principal
from sandbox.access.patterns import RequestContext
from sandbox.access.statements import compile_policy
from sandbox.declaration import Document, Role

type Keys = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of an evaluation.

    Attributes:
        allowed: Whether the request is allowed.
        explicit_deny: Whether a statement denies it, which no allow can outweigh.
        reason: The sid of the statement that decided, or that no statement allows the action.
        delegated: The allow names only the principal's account: an identity policy has to allow too where the
            resource policy alone does not suffice (role trust policies).
        by_boundary: The permissions boundary decided, not the policies.
    """

    allowed: bool
    explicit_deny: bool
    reason: str
    delegated: bool = False
    by_boundary: bool = False


def evaluate(
    policies: Iterable[Document], *, action: str, resource: str, principal: Principal | None, context: Keys
) -> Decision:
    """Evaluates policies together.

    Args:
        policies: Identity policies of the principal, or a resource's policy.
        action: Such as `dynamodb:GetItem`.
        resource: ARN of the resource, or `*` for an action that has none.
        principal: Who makes the request; None for an anonymous one.
        context: Condition keys of the request; those of the principal are added.

    Raises:
        PlanError: A document is not valid, or not emulated.
    """
    keys = RequestContext(principal, context)
    allow: Decision | None = None
    for document in policies:
        for statement in compile_policy(document):
            if allow is not None and statement.allow and not allow.delegated:
                continue  # only a deny can change the outcome
            if not statement.applies(action, resource, principal, keys):
                continue
            if not statement.allow:
                return Decision(allowed=False, explicit_deny=True, reason=statement.sid)
            delegated = statement.principals is not None and statement.principals.only_account(principal)
            allow = Decision(allowed=True, explicit_deny=False, reason=statement.sid, delegated=delegated)
    return allow or Decision(allowed=False, explicit_deny=False, reason=f"no statement allows {action} on {resource}")


def authorize_identity(
    role: Role | None, *, action: str, resource: str, principal: Principal, context: Keys
) -> Decision:
    """Decides by the identity's own policies, within its permissions boundary.

    Args:
        role: The role behind the session; None for the administrator, who may do everything.
        action: Such as `dynamodb:GetItem`.
        resource: ARN of the resource, or `*` for an action that has none.
        principal: The role's session.
        context: Condition keys of the request.
    """
    if role is None:
        return Decision(allowed=True, explicit_deny=False, reason="administrator")
    decide = partial(evaluate, action=action, resource=resource, principal=principal, context=context)
    decision = decide(role.policies)
    if role.permissions_boundary is None or not decision.allowed:
        return decision
    boundary = decide([role.permissions_boundary])
    return decision if boundary.allowed else replace(boundary, by_boundary=True)


def authorize_assume(role: Role, *, principal: Principal, own_role: Role | None, context: Keys) -> Decision:
    """Decides whether a principal may assume a role of its account, by the role's trust policy.

    A trust policy that names the principal, or its role, suffices; one that names the account leaves it to the
    principal's own policies, which can deny in either case
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html).

    Args:
        role: The role to assume.
        principal: Who wants to assume it: a session, the administrator or a service.
        own_role: The role behind that principal; None for the administrator and for a service.
        context: Condition keys of the request.
    """
    action = "sts:AssumeRole"
    trust = evaluate([role.trust_policy], action=action, resource=role.arn, principal=principal, context=context)
    if not trust.allowed or own_role is None:
        return trust
    identity = authorize_identity(own_role, action=action, resource=role.arn, principal=principal, context=context)
    return identity if identity.explicit_deny or trust.delegated else trust
