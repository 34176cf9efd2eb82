"""Reads IAM roles with their policies."""

from sandbox.declaration import Document, Role
from sandbox.errors import PlanError
from sandbox.planning.planned.item import Item, Items


def roles(items: Items) -> tuple[Role, ...]:
    """Every role, with the policies that are inline or attached, and its permissions boundary."""
    return tuple(_role(item, items) for item in items.of("aws_iam_role"))


def _role(item: Item, items: Items) -> Role:
    trust_policy = item.document("assume_role_policy")
    if trust_policy is None:
        raise PlanError(f"{item.address}: assume_role_policy has no value")
    inline = items.where("aws_iam_role_policy", "role", item["name"])
    attached = items.where("aws_iam_role_policy_attachment", "role", item["name"])
    boundary = item.get("permissions_boundary")
    return Role(
        name=item["name"],
        arn=item["arn"],
        trust_policy=trust_policy,
        policies=(
            *(_policy(policy) for policy in inline),
            *(_managed(attachment["policy_arn"], attachment, items) for attachment in attached),
        ),
        permissions_boundary=None if boundary is None else _managed(boundary, item, items),
    )


def _managed(arn: str, user: Item, items: Items) -> Document:
    for policy in items.where("aws_iam_policy", "arn", arn):
        return _policy(policy)
    raise PlanError(f"{user.address}: no plan declares the policy {arn}, so that the sandbox cannot enforce it")


def _policy(item: Item) -> Document:
    document = item.document("policy")
    if document is None:
        raise PlanError(f"{item.address}: policy has no value")
    return document
