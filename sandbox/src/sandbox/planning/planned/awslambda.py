"""Reads Lambda functions with their aliases and resource policies."""

from sandbox.declaration import Function, InvokePermission
from sandbox.errors import PlanError
from sandbox.planning.planned.item import Item, Items

_UNRESERVED = -1


def functions(items: Items) -> tuple[Function, ...]:
    """Every function, its code as first applied."""
    return tuple(_function(item, items) for item in items.of("aws_lambda_function"))


def _function(item: Item, items: Items) -> Function:
    name, arn = item["function_name"], item["arn"]
    concurrency = item.get("reserved_concurrent_executions", _UNRESERVED)
    logging = item.block("logging_config")
    json_log_level = (logging.get("application_log_level") or "INFO") if logging.get("log_format") == "JSON" else None
    return Function(
        name=name,
        arn=arn,
        role_arn=item["role"],
        handler=item["handler"],
        runtime=item["runtime"],
        code=item.references.plan.folder / item["filename"],
        timeout_s=item["timeout"],
        memory_mb=item["memory_size"],
        environment=item.block("environment").get("variables") or {},
        reserved_concurrency=None if concurrency == _UNRESERVED else concurrency,
        json_log_level=json_log_level,
        log_group=logging.get("log_group") or f"/aws/lambda/{name}",
        aliases=tuple(_alias(alias) for alias in items.where("aws_lambda_alias", "function_name", name, arn)),
        permissions=tuple(
            InvokePermission(
                action=permission["action"],
                principal=permission["principal"],
                qualifier=permission.get("qualifier"),
                source_arn=permission.get("source_arn"),
            )
            for permission in items.where("aws_lambda_permission", "function_name", name, arn)
        ),
    )


def _alias(item: Item) -> str:
    version = item["function_version"]
    if version != "1":
        raise PlanError(f"{item.address}: function_version is {version}, but the first apply publishes version 1 only")
    name: str = item["name"]
    return name
