"""Principals of the account whose signed requests a handler is sent."""

ACCOUNT_ID = "123456789012"
REGION = "us-east-1"
ENVIRONMENT = "dev"


def caller_arn(service: str, *, environment: str = ENVIRONMENT) -> str:
    """The principal as which a service's function signs its calls: its role, assumed by the function of the same name.

    Args:
        service: Name of the calling service.
        environment: Name of the environment.
    """
    name = f"{environment}-{service}"
    return f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/{name}-function/{name}"


CALLER = caller_arn("caller")


def principal_id(arn: str) -> str:
    """The unique id of a principal, with the name of its session if it is an assumed role.

    Made after "IAM identifiers" in the IAM user guide: `AIDA` starts the id of a user, `AROA` that of a role.
    """
    if ":assumed-role/" in arn:
        return f"AROAEXAMPLEID:{arn.rpartition('/')[2]}"
    return "AIDAEXAMPLEID"


def account_of(arn: str) -> str:
    """The account of a principal."""
    return arn.split(":")[4]
