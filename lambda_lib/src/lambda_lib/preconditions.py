"""What a write asks of the item that is there: `If-Match` and `If-None-Match` (RFC 9110 sections 13.1.1 and 13.1.2).

Imported by its name, by services that keep versions: an item has its version in the attribute `version`, and a
condition of the write itself compares it, so that no read comes between.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, TypedDict

from pydantic import StringConstraints

from lambda_lib.parameters import Header

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

__all__ = ["IfMatch", "IfNoneMatch", "Precondition", "WriteCondition", "entity_tag", "read_precondition"]

_TAG = r'(W/)?"[!#-+.-~-]{0,64}"'  # without the comma, which no tag of ours has

IfMatch = Annotated[
    Annotated[str, StringConstraints(pattern=rf"^(\*|{_TAG}( *, *{_TAG}){{0,7}})$")] | None, Header("If-Match")
]
"""`*`, or the entity tags of the versions that may be written over: eight at most."""

IfNoneMatch = Annotated[Literal["*"] | None, Header("If-None-Match")]
"""`*`: there must be nothing to write over. Entity tags have no use in a write."""


class WriteCondition(TypedDict, total=False):
    """The parameters of DynamoDB's PutItem, UpdateItem or DeleteItem that make a write conditional."""

    ConditionExpression: str
    ExpressionAttributeValues: "dict[str, AttributeValueTypeDef]"


@dataclass(frozen=True, slots=True)
class Precondition:
    """What has to be true of an item when it is written.

    Attributes:
        absent: There is none.
        present: There is one.
        versions: Its version is one of these, if any are given.
    """

    absent: bool = False
    present: bool = False
    versions: tuple[str, ...] = ()

    def write_condition(self, key: str) -> WriteCondition:
        """The precondition as parameters of a write; none where nothing is asked for.

        Args:
            key: The table's hash key.
        """
        parts = []
        values: dict[str, AttributeValueTypeDef] = {}
        if self.absent:
            parts.append(f"attribute_not_exists({key})")
        if self.present:
            parts.append(f"attribute_exists({key})")
        if self.versions:
            values = {f":version{index}": {"S": version} for index, version in enumerate(self.versions)}
            parts.append(f"version IN ({', '.join(values)})")
        condition: WriteCondition = {"ConditionExpression": f"({' AND '.join(parts)})"} if parts else {}
        if values:
            condition["ExpressionAttributeValues"] = values
        return condition


def read_precondition(if_match: str | None, if_none_match: str | None = None) -> Precondition:
    """What a request's headers ask for; nothing, where it has none of them.

    Args:
        if_match: Value of `If-Match`. A weak tag never matches: it stays what no version is.
        if_none_match: Value of `If-None-Match`.
    """
    absent = if_none_match is not None
    if if_match is None or if_match == "*":
        return Precondition(absent=absent, present=if_match == "*")
    tags = (tag.strip() for tag in if_match.split(","))
    return Precondition(absent=absent, versions=tuple(tag.removeprefix('"').removesuffix('"') for tag in tags))


def entity_tag(version: str) -> str:
    """The `ETag` of a version."""
    return f'"{version}"'
