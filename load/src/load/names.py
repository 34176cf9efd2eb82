"""The names that the declaration gives to what a drill needs; they are known without asking AWS."""

OPERATOR_ROLE = "load-operator"


def table_name(environment: str, service: str) -> str:
    """The table of a service."""
    return f"{environment}-{service}"


def alarm_name(environment: str, service: str, alarm: str) -> str:
    """An alarm of a service, for example `read-throttle`."""
    return f"{environment}-{service}-{alarm}"


def url_parameter(environment: str, service: str) -> str:
    """The SSM parameter that holds the URL of a service's API stage."""
    return f"/{environment}/{service}/url"


def operator_role_arn(environment: str, account_id: str, partition: str = "aws") -> str:
    """The role that a drill assumes: it may read metrics, alarms and tables, and call the read routes."""
    return f"arn:{partition}:iam::{account_id}:role/{environment}-{OPERATOR_ROLE}"


def user_id(number: int) -> str:
    """A user that a drill reads, `load-000001` for 1; unknown to the services unless somebody made it."""
    return f"load-{number:06d}"
