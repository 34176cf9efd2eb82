"""Reads SNS topics and parameters of the Parameter Store."""

from sandbox.declaration import Parameter, Topic
from sandbox.planning.planned.item import Items


def topics(items: Items) -> tuple[Topic, ...]:
    """Every topic."""
    return tuple(Topic(name=item["name"], arn=item["arn"]) for item in items.of("aws_sns_topic"))


def parameters(items: Items) -> tuple[Parameter, ...]:
    """Every parameter."""
    return tuple(
        Parameter(name=item["name"], arn=item["arn"], type=item["type"], value=item["value"])
        for item in items.of("aws_ssm_parameter")
    )
