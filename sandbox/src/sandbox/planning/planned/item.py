"""A planned resource as the readers see it: its attributes resolved, faults told by its address."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sandbox.errors import PlanError
from sandbox.planning.plan import Resource
from sandbox.planning.references import References


@dataclass(frozen=True, slots=True)
class Item:
    """One planned resource."""

    resource: Resource
    references: References

    @property
    def address(self) -> str:
        """The root and the address within it."""
        return f"{self.resource.root}: {self.resource.address}"

    def get(self, attribute: str, default: Any = None) -> Any:
        """The attribute's value, `default` where it is not set.

        Raises:
            PlanError: it is set to something that cannot be known before apply.
        """
        value = self.references.value(self.resource, attribute)
        return default if value is None else value

    def __getitem__(self, attribute: str) -> Any:
        """The attribute's value.

        Raises:
            PlanError: it is not set, or cannot be known before apply.
        """
        value = self.get(attribute)
        if value is None:
            raise PlanError(f"{self.address}: {attribute} has no value before apply, and the sandbox needs it")
        return value

    def block(self, attribute: str) -> dict[str, Any]:
        """The only nested block of that name; empty where there is none."""
        blocks: list[dict[str, Any]] = self.get(attribute, [])
        return blocks[0] if blocks else {}

    def document(self, attribute: str) -> dict[str, Any] | None:
        """The JSON document in the attribute; None where it is not set.

        Raises:
            PlanError: it is no JSON object.
        """
        text = self.get(attribute)
        if text is None:
            return None
        try:
            document = json.loads(text)
        except json.JSONDecodeError as error:
            raise PlanError(f"{self.address}: {attribute} is not JSON: {error}") from None
        if not isinstance(document, dict):
            raise PlanError(f"{self.address}: {attribute} is not a JSON object")
        return document


class Items:
    """Every planned resource of all roots, by type."""

    def __init__(self, plans: Iterable[References]) -> None:
        self._items = tuple(Item(resource, one) for one in plans for resource in one.plan.resources)

    def of(self, kind: str, root: str | None = None) -> tuple[Item, ...]:
        """The resources of one type, of all roots or of one."""
        return tuple(item for item in self._items if item.resource.type == kind and root in (None, item.resource.root))

    def where(self, kind: str, attribute: str, *values: str) -> tuple[Item, ...]:
        """The resources of one type whose attribute has one of these values."""
        return tuple(item for item in self.of(kind) if item[attribute] in values)
