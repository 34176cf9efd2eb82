"""Refuses resources that belong to another which no plan declares: without it they would silently have no effect."""

from collections.abc import Sequence
from typing import Any

from sandbox.errors import PlanError
from sandbox.planning.planned.item import Items

_ALARM, _COMPOSITE, _API, _FUNCTION, _ROLE, _TOPIC = (
    "aws_cloudwatch_metric_alarm",
    "aws_cloudwatch_composite_alarm",
    "aws_api_gateway_rest_api",
    "aws_lambda_function",
    "aws_iam_role",
    "aws_sns_topic",
)
_ATTACHMENTS: Sequence[tuple[str, str, str, Sequence[str]]] = (
    ("aws_api_gateway_deployment", "rest_api_id", _API, ("id",)),
    ("aws_api_gateway_method_settings", "rest_api_id", _API, ("id",)),
    ("aws_api_gateway_rest_api_policy", "rest_api_id", _API, ("id",)),
    ("aws_api_gateway_stage", "rest_api_id", _API, ("id",)),
    (_ALARM, "alarm_actions", _TOPIC, ("arn",)),
    (_ALARM, "insufficient_data_actions", _TOPIC, ("arn",)),
    (_ALARM, "ok_actions", _TOPIC, ("arn",)),
    (_COMPOSITE, "alarm_actions", _TOPIC, ("arn",)),
    (_COMPOSITE, "insufficient_data_actions", _TOPIC, ("arn",)),
    (_COMPOSITE, "ok_actions", _TOPIC, ("arn",)),
    ("aws_iam_role_policy", "role", _ROLE, ("name",)),
    ("aws_iam_role_policy_attachment", "role", _ROLE, ("name",)),
    ("aws_lambda_alias", "function_name", _FUNCTION, ("function_name", "arn")),
    (_FUNCTION, "role", _ROLE, ("arn",)),
    ("aws_lambda_permission", "function_name", _FUNCTION, ("function_name", "arn")),
)
"""A type and its attribute that names resources of another type by one of the other's attributes."""


def check(items: Items) -> None:
    """Check that every resource which belongs to another has it.

    Raises:
        PlanError: no plan declares what a resource belongs to; the message has its address.
    """
    for kind, attribute, target, names in _ATTACHMENTS:
        declared = {other[name] for other in items.of(target) for name in names}
        for item in items.of(kind):
            for value in _values(item.get(attribute, ())):
                if value not in declared:
                    raise PlanError(f"{item.address}: {attribute} names {value}, but no plan declares such {target}")


def _values(value: Any) -> Sequence[Any]:
    return [value] if isinstance(value, str) else value
