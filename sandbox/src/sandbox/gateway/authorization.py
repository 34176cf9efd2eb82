"""Who may invoke a method: signatures, identity policies and the API's resource policy.

Follows https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html. Within one
account a method authorized by `AWS_IAM` is allowed if the identity's policies or the API's allow it and neither denies
it; for any other method the API's policy alone decides, on an anonymous principal.
"""

from collections.abc import Mapping
from typing import Any

from sandbox.access.identity import Identities, Principal
from sandbox.access.policy import authorize_identity, evaluate
from sandbox.access.signature import Authenticated, SignatureRefused, authenticate, joined_headers
from sandbox.access.signature import Request as SignedRequest
from sandbox.access.statements import compile_policy
from sandbox.declaration import Document
from sandbox.gateway.messages import Request
from sandbox.gateway.refusal import Refusal, ResponseType

_ACTION = "execute-api:Invoke"
_SHORTHAND = "execute-api:/"
_TYPES = {
    "ExpiredTokenException": ResponseType.EXPIRED_TOKEN,
    "MissingAuthenticationTokenException": ResponseType.MISSING_AUTHENTICATION_TOKEN,
}


class Authorization:
    """Decides for one API.

    Args:
        arn: The API's ARN for invocations, `arn:aws:execute-api:<region>:<account>:<id>`.
        policy: Its resource policy.
        identities: Who may sign requests.
        region: The region that requests must be signed for.

    Raises:
        PlanError: The policy is not valid, or not emulated.
    """

    def __init__(self, *, arn: str, policy: Document | None, identities: Identities, region: str) -> None:
        self._arn = arn
        self._policy = None if policy is None else _expand(policy, arn)
        if self._policy is not None:
            compile_policy(self._policy)
        self._identities = identities
        self._region = region

    def check(self, request: Request, resource: str, *, signed: bool, now: float) -> Authenticated | None:
        """Authenticates and authorizes a request.

        Args:
            request: The request as it was sent.
            resource: What it asks for: stage, method and path, such as `live/GET/users/me`.
            signed: Whether the method is authorized by `AWS_IAM`.
            now: Seconds since the epoch.

        Returns:
            Who signed the request; None where the method does not ask for it.

        Raises:
            Refusal: The request is not signed, or not allowed.
        """
        arn = f"{self._arn}/{resource}"
        context = {
            "aws:SourceIp": request.source_ip,
            "aws:UserAgent": request.header("user-agent") or "",
            # A policy that demands TLS, which on AWS every request uses, must not shut everybody out here.
            "aws:SecureTransport": "true",
        }
        if signed:
            caller = self._authenticate(request, now)
            self._authorize(caller.principal, arn, context)
            return caller
        if self._policy is not None:
            decision = evaluate([self._policy], action=_ACTION, resource=arn, principal=None, context=context)
            if not decision.allowed:
                raise _denied("anonymous", arn, explicit=decision.explicit_deny)
        return None

    def _authenticate(self, request: Request, now: float) -> Authenticated:
        headers = joined_headers(request.headers)
        signed = SignedRequest(request.method, request.path, request.query, headers, request.body)
        try:
            return authenticate(signed, self._identities, now=now, service="execute-api", region=self._region)
        except SignatureRefused as refused:
            type_ = _TYPES.get(refused.code, ResponseType.INVALID_SIGNATURE)
            raise Refusal(type_, refused.message, error=refused.code) from None

    def _authorize(self, principal: Principal, arn: str, context: Mapping[str, str]) -> None:
        role = None if principal.role_arn is None else self._identities.role(principal.role_arn)
        identity = authorize_identity(role, action=_ACTION, resource=arn, principal=principal, context=context)
        allowed, denied = identity.allowed, identity.explicit_deny
        if self._policy is not None and not denied:
            decision = evaluate([self._policy], action=_ACTION, resource=arn, principal=principal, context=context)
            # A policy that names the account leaves the decision to the identity's own policies.
            allowed = allowed or (decision.allowed and not decision.delegated)
            denied = decision.explicit_deny
        if denied or not allowed:
            raise _denied(principal.arn, arn, explicit=denied)


def _denied(user: str, arn: str, *, explicit: bool) -> Refusal:
    # API Gateway hides the account but for its last four digits.
    service, account, rest = arn.rsplit(":", 2)
    shown = f"{service}:{'*' * 8}{account[-4:]}:{rest}"
    message = f"User: {user} is not authorized to perform: {_ACTION} on resource: {shown}"
    return Refusal(ResponseType.ACCESS_DENIED, f"{message} with an explicit deny" if explicit else message)


def _expand(policy: Document, arn: str) -> Document:
    """Writes out `execute-api:/stage/method/path`, which in an API's own policy stands for its ARN."""
    statements = policy.get("Statement", [])
    if isinstance(statements, Mapping):
        statements = [statements]
    return {**policy, "Statement": [_expand_statement(statement, arn) for statement in statements]}


def _expand_statement(statement: Mapping[str, Any], arn: str) -> Mapping[str, Any]:
    def expand(resource: str) -> str:
        return f"{arn}/{resource.removeprefix(_SHORTHAND)}" if resource.startswith(_SHORTHAND) else resource

    expanded = dict(statement)
    for key in ("Resource", "NotResource"):
        if key in expanded:
            named = expanded[key]
            expanded[key] = expand(named) if isinstance(named, str) else [expand(one) for one in named]
    return expanded
