"""The Security Token Service: sessions of the declared roles, by their trust policies."""

import hashlib
import re
from base64 import b32encode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.access.identity import Identities, Principal, UnknownRoleError
from sandbox.access.policy import Keys, authorize_assume
from sandbox.aws.wire import ApiError

_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
_SHORTEST_S = 900
_LONGEST_S = 43_200
_LONGEST_CHAINED_S = 3600
_NOT_EMULATED = ("Policy", "PolicyArns", "ProvidedContexts", "SerialNumber", "Tags", "TransitiveTagKeys")


def caller_identity(principal: Principal) -> dict[str, Any]:
    """The result of GetCallerIdentity, which nobody needs a permission for."""
    return {"UserId": _user_id(principal), "Account": principal.account_id, "Arn": principal.arn}


def assume_role(
    parameters: Mapping[str, Any], *, identities: Identities, principal: Principal, context: Keys, now: float
) -> dict[str, Any]:
    """Starts a session; the result of AssumeRole.

    Args:
        parameters: Those of AssumeRole.
        identities: The roles of the account.
        principal: Who calls.
        context: Condition keys of the request.
        now: Seconds since the epoch.

    Raises:
        ApiError: The parameters are not valid or not emulated, or the principal may not assume the role.
    """
    refused = [name for name in _NOT_EMULATED if parameters.get(name)]
    if refused:
        raise ApiError("ValidationError", f"the sandbox does not emulate {', '.join(refused)} of AssumeRole")
    role_arn = parameters.get("RoleArn", "")
    session_name = parameters.get("RoleSessionName", "")
    if not _SESSION_NAME.fullmatch(session_name):
        raise ApiError(
            "ValidationError",
            f"1 validation error detected: Value '{session_name}' at 'roleSessionName' failed to satisfy constraint: "
            r"Member must satisfy regular expression pattern: [\w+=,.@-]*",
        )
    # A session that assumes a role ("role chaining") gets no more than an hour.
    longest = _LONGEST_S if principal.is_administrator else _LONGEST_CHAINED_S
    duration_s = int(parameters.get("DurationSeconds", _LONGEST_CHAINED_S))
    if not _SHORTEST_S <= duration_s <= longest:
        raise ApiError("ValidationError", f"DurationSeconds must be from {_SHORTEST_S} to {longest}, not {duration_s}")
    # AWS does not tell a role that does not exist from one that may not be assumed.
    denied = ApiError(
        "AccessDeniedException",
        f"User: {principal.arn} is not authorized to perform: sts:AssumeRole on resource: {role_arn}",
    )
    try:
        role = identities.role(role_arn)
    except UnknownRoleError:
        raise denied from None
    keys = {**context, "sts:RoleSessionName": session_name}
    if "ExternalId" in parameters:
        keys["sts:ExternalId"] = parameters["ExternalId"]
    own_role = None if principal.role_arn is None else identities.role(principal.role_arn)
    if not authorize_assume(role, principal=principal, own_role=own_role, context=keys).allowed:
        raise denied
    credentials = identities.assume(role_arn, session_name, now=now, duration_s=duration_s)
    session = identities.session(role, session_name)
    return {
        "Credentials": {
            "AccessKeyId": credentials.access_key_id,
            "SecretAccessKey": credentials.secret_access_key,
            "SessionToken": credentials.session_token,
            "Expiration": datetime.fromtimestamp(now + duration_s, UTC),
        },
        "AssumedRoleUser": {"AssumedRoleId": _user_id(session), "Arn": session.arn},
    }


def _user_id(principal: Principal) -> str:
    if principal.role_arn is None:
        return f"AIDA{_unique_id(principal.arn)}"
    return f"AROA{_unique_id(principal.role_arn)}:{principal.arn.rpartition('/')[2]}"


def _unique_id(arn: str) -> str:
    return b32encode(hashlib.sha256(arn.encode()).digest()).decode()[:17]
