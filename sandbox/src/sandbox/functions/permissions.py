"""A function's resource policy: who may invoke it."""

import functools
import re

from sandbox.access.patterns import arn
from sandbox.declaration import Function


def permits(function: Function, qualifier: str | None, *, principal: str, source_arn: str) -> bool:
    """Whether a service may invoke the function on behalf of a resource.

    A permission is part of the policy of the qualifier that it was given for, and of no other
    (https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html).

    Args:
        function: The function with its permissions.
        qualifier: The version or alias by which it is invoked; None for none.
        principal: The service, such as `apigateway.amazonaws.com`.
        source_arn: The resource that causes the invocation.
    """
    return any(
        permission.principal == principal
        and permission.qualifier == qualifier
        and permission.action in ("lambda:InvokeFunction", "lambda:*")
        and (permission.source_arn is None or _pattern(permission.source_arn).fullmatch(source_arn))
        for permission in function.permissions
    )


@functools.cache
def _pattern(source_arn: str) -> re.Pattern[str]:
    # Lambda compares it by ArnLike.
    return re.compile(arn(source_arn), re.DOTALL)
