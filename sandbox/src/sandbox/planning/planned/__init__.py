"""Reads what the plans declare: each resource checked against the registry, each unknown value resolved."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sandbox.declaration import Declaration, Service
from sandbox.errors import PlanError
from sandbox.planning import registry
from sandbox.planning.computed import AwsComputed
from sandbox.planning.plan import Plan
from sandbox.planning.planned import apigateway, attachments, awslambda, cloudwatch, dynamodb, iam, messaging, watched
from sandbox.planning.planned.item import Items
from sandbox.planning.references import References


def read(plans: Sequence[Plan], *, api_url: Callable[[str], str]) -> Declaration:
    """The declaration that the plans of one environment make together.

    Args:
        plans: one per root; each has the variables `account_id`, `region` and `environment`, and they agree in them.
        api_url: the URL at which the sandbox serves the REST API of an id, without its stage.

    Raises:
        PlanError: something is planned that the sandbox cannot run as declared.
    """
    checked = registry.check(plans)
    account_id, region, environment = (_agreed(plans, name) for name in ("account_id", "region", "environment"))
    computed = AwsComputed(account_id=account_id, region=region, api_url=api_url)
    items = Items([References(plan, computed=computed) for plan in plans])
    attachments.check(items)
    declaration = Declaration(
        account_id=account_id,
        region=region,
        environment=environment,
        roles=iam.roles(items),
        tables=dynamodb.tables(items),
        functions=awslambda.functions(items),
        apis=apigateway.apis(items),
        parameters=messaging.parameters(items),
        log_groups=cloudwatch.log_groups(items),
        topics=messaging.topics(items),
        alarms=cloudwatch.alarms(items),
        composite_alarms=cloudwatch.composite_alarms(items),
        checked=checked,
        services=tuple(_service(plan.name, items) for plan in plans if items.of("aws_api_gateway_rest_api", plan.name)),
    )
    without_data = watched.check(items, declaration, plans)
    return replace(declaration, checked=(*checked, *without_data))


def _service(root: str, items: Items) -> Service:
    functions = items.of("aws_lambda_function", root)
    apis = items.of("aws_api_gateway_rest_api", root)
    return Service(
        name=root,
        functions=tuple(item["function_name"] for item in functions),
        apis=tuple(item["id"] for item in apis),
        log_groups=tuple(item["name"] for item in items.of("aws_cloudwatch_log_group", root)),
    )


def _agreed(plans: Sequence[Plan], name: str) -> str:
    values = {str(plan.variable(name)) for plan in plans}
    if len(values) != 1:
        raise PlanError(f"the plans do not agree in {name}: {', '.join(sorted(values))}")
    return values.pop()
