"""The IAM actions and resources of an operation.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.aws.wire import Call

_TRANSACTION_ACTIONS = {
    "ConditionCheck": "ConditionCheckItem",
    "Delete": "DeleteItem",
    "Get": "GetItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
}


@dataclass(frozen=True, slots=True)
class Permission:
    """An action on a resource: its ARN, or `*` where the action has none, or the sandbox does not tell which."""

    action: str
    resource: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a request acts."""

    account_id: str
    region: str

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource here."""
        return f"arn:aws:{service}:{self.region}:{self.account_id}:{resource}"


def permissions(call: Call, scope: Scope) -> list[Permission]:
    """Everything that a caller has to be allowed."""
    if call.service == "dynamodb":
        found = [
            Permission(f"dynamodb:{action}", scope.arn("dynamodb", f"table/{resource}"))
            for action, resource in _dynamodb(call)
        ]
    else:
        found = [Permission(call.action, resource) for resource in _resources(call, scope)]
    return found or [Permission(call.action, "*")]


def table_names(call: Call) -> set[str]:
    """The tables that an operation of DynamoDB is about."""
    return {resource.partition("/")[0] for _, resource in _dynamodb(call)}


def _dynamodb(call: Call) -> Iterator[tuple[str, str]]:
    """Actions, each with `table` or `table/index/name`. What is malformed names nothing here, and is refused later."""
    match call.operation, call.parameters:
        case "TransactGetItems" | "TransactWriteItems", {"TransactItems": list(items)}:
            # A transaction needs the permissions of its parts:
            # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
            for item in items:
                for kind, target in item.items() if isinstance(item, dict) else ():
                    if isinstance(target, dict):
                        yield _TRANSACTION_ACTIONS.get(str(kind), str(kind)), str(target.get("TableName", "*"))
        case "BatchGetItem" | "BatchWriteItem", {"RequestItems": dict(tables)}:
            yield from ((call.operation, str(name)) for name in tables)
        case _, {"TableName": str(name), "IndexName": str(index)}:
            yield call.operation, f"{name}/index/{index}"
        case _, {"TableName": str(name)}:
            yield call.operation, name


def _resources(call: Call, scope: Scope) -> Iterator[str]:
    parameters = call.parameters
    match call.service:
        case "ssm":
            names = parameters.get("Names") or [parameters.get("Name") or parameters.get("Path")]
            yield from (scope.arn("ssm", f"parameter/{name.lstrip('/')}") for name in names if name)
        case "logs":
            # Also operations on a whole group are checked against its streams, which is why policies end in `:*`.
            group = parameters.get("logGroupName") or parameters.get("logGroupIdentifier") or ""
            yield scope.arn("logs", f"log-group:{group}:log-stream:{parameters.get('logStreamName', '')}")
        case "cloudwatch" if call.operation == "DescribeAlarms":
            yield from (scope.arn("cloudwatch", f"alarm:{name}") for name in parameters.get("AlarmNames") or ["*"])
        case "sns" if "TopicArn" in parameters:
            yield parameters["TopicArn"]
        case "lambda" if "FunctionName" in parameters:
            yield scope.arn("lambda", f"function:{parameters['FunctionName']}")
