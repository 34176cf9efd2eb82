"""What the sandbox does with each planned resource: run it, only check and show it, or refuse it by its address.

Nothing in a plan is ignored silently: each type has a row, each attribute that is set has a treatment in it, and
whatever has none is refused.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sandbox.declaration import CheckedResource
from sandbox.errors import PlanError
from sandbox.planning.plan import Plan, Resource
from sandbox.planning.registry import apigateway, awslambda, cloudwatch, cost, delivery, dynamodb, iam, messaging
from sandbox.planning.registry.row import TAGS, CheckedRow, Default, Row, Run, RunRow, Treatment

ROWS: Mapping[str, Row] = {
    **apigateway.ROWS,
    **awslambda.ROWS,
    **cloudwatch.ROWS,
    **cost.ROWS,
    **delivery.ROWS,
    **dynamodb.ROWS,
    **iam.ROWS,
    **messaging.ROWS,
}
"""The row of each known resource type."""

COMMON: Mapping[str, Treatment] = {"tags": TAGS, "tags_all": TAGS}
"""The treatment of attributes that any type may have.

From provider 6 on also `region`, which has to be the plan's own: the sandbox is one region
(https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/enhanced-region-support).
"""

DATA_SOURCES = frozenset({"aws_caller_identity", "aws_iam_policy_document", "aws_partition", "aws_region"})
"""Data sources whose answers in the sandbox are those of AWS; another would be answered by an empty account."""


def check(plans: Iterable[Plan]) -> tuple[CheckedResource, ...]:
    """Check every resource of the plans against the registry.

    Returns:
        The resources that are checked but do not run.

    Raises:
        PlanError: something in a plan is neither run nor known to be harmless; the message lists each by its address.
    """
    checked: list[CheckedResource] = []
    refused: list[str] = []
    for plan in plans:
        refused += (f"{plan.name}: {reason}" for reason in _refused_data(plan))
        for resource in plan.resources:
            row = ROWS.get(resource.type)
            if isinstance(row, CheckedRow):
                checked.append(CheckedResource(f"{plan.name}: {resource.address}", resource.type, row.reason))
            else:
                refused += (f"{plan.name}: {resource.address}: {reason}" for reason in _refusals(plan, resource, row))
    if refused:
        raise PlanError(f"the sandbox does not run this declaration: {'; '.join(refused)}")
    return tuple(checked)


def _refused_data(plan: Plan) -> Iterator[str]:
    for address, kind in plan.data_sources():
        if kind not in DATA_SOURCES:
            yield f"{address}: the sandbox has no answer for the data source {kind}"


def _refusals(plan: Plan, resource: Resource, row: RunRow | None) -> Iterator[str]:
    if row is None:
        yield f"the sandbox does not know the type {resource.type}"
        return
    region = {"region": Default(plan.variable("region"))} if "region" in resource.values else {}
    attributes = {**COMMON, **region, **row.attributes}
    for name, value in resource.values.items():
        for path, refused in _untreated(value, name, attributes):
            yield f"{path} = {refused!r} is not emulated"
    for name, unknown in resource.unknown.items():
        for path in _declared_unknowns(unknown, resource.expressions.get(name), name, attributes):
            yield f"{path} is not emulated"


def _untreated(value: Any, path: str, attributes: Mapping[str, Treatment]) -> Iterator[tuple[str, Any]]:
    """The set values under `path` that no treatment covers."""
    treatment = attributes.get(path)
    if treatment is not None:
        if value is not None and not _covers(treatment, value):
            yield path, value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _untreated(part, f"{path}.{name}", attributes)
    elif isinstance(value, list):
        for part in value:
            yield from _untreated(part, path, attributes)
    elif value:
        yield path, value


def _covers(treatment: Treatment, value: Any) -> bool:
    match treatment:
        case Run(only):
            return only is None or value in only
        case Default(expected):
            return bool(value == expected)
        case _:
            return True


def _declared_unknowns(unknown: Any, expression: Any, path: str, attributes: Mapping[str, Treatment]) -> Iterator[str]:
    """The paths under `path` that the configuration sets to a value still unknown and that no treatment covers."""
    if path in attributes or not unknown or not expression:
        return
    if unknown is True:
        yield path
    elif isinstance(unknown, Mapping) and isinstance(expression, Mapping):
        for name, part in unknown.items():
            yield from _declared_unknowns(part, expression.get(name), f"{path}.{name}", attributes)
    elif isinstance(unknown, list) and isinstance(expression, list):
        for part, block in zip(unknown, expression, strict=False):
            yield from _declared_unknowns(part, block, path, attributes)
