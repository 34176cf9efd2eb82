"""Resolves values that are unknown until apply, by following the configuration's references.

A plan says of an unknown value only that it is unknown. Its `configuration` says from what it comes: a variable of the
module (then the call of the module says), an output of a called module, or an attribute of another resource; at the end
of the chain stands a value that the plan knows, or one that AWS would compute and `sandbox.planning.computed` derives.
The text around references, which the configuration leaves out, is read from the source, by
`sandbox.planning.expressions`; an expression that is more than a reference or a template of references is not guessed
at but refused.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.errors import PlanError
from sandbox.planning import expressions
from sandbox.planning.expressions import Reference, Template
from sandbox.planning.plan import Index, ModulePath, Plan, Resource

type Computed = Callable[[Resource, str, "References"], Any]
"""Gives the attribute that AWS would compute for a resource; raises KeyError where it cannot be derived."""

_STEP = re.compile(r'[\w-]+|\[(?:\d+|"(?:[^"\\]|\\.)*")\]')


class Unresolvable(Exception):  # noqa: N818 - not a fault of the program: the reason that a PlanError gives
    """Why an expression has no value before apply."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an expression is written: an attribute of a top-level block of a module instance.

    `index` is the key of the instance for which it is evaluated; `attribute` is None within a nested block.
    """

    module: ModulePath
    header: str
    attribute: str | None
    index: Index = None


class References:
    """The values of one plan's resources, with unknown ones resolved.

    Args:
        plan: the plan.
        computed: derives what AWS would compute.
    """

    def __init__(self, plan: Plan, *, computed: Computed) -> None:
        self.plan = plan
        self._computed = computed
        self._instances = {(item.module, item.type, item.name, item.index): item for item in plan.resources}

    def value(self, resource: Resource, attribute: str) -> Any:
        """The value of an attribute; None when it is not set and AWS decides it in a way that nothing here derives.

        Raises:
            PlanError: it is set to something unknown that cannot be resolved.
        """
        try:
            return self._attribute(resource, attribute)
        except Unresolvable as reason:
            if attribute not in resource.expressions and resource.unknown[attribute] is True:
                return None
            address = f"{resource.root}: {resource.address}"
            raise PlanError(f"{address}: {attribute} is unknown until apply and cannot be resolved: {reason}") from None

    def _attribute(self, resource: Resource, attribute: str) -> Any:
        unknown = resource.unknown.get(attribute, False)
        known = resource.values.get(attribute)
        if not _any_unknown(unknown):
            return known
        expression = resource.expressions.get(attribute)
        if expression is None and unknown is True:
            try:
                return self._computed(resource, attribute, self)
            except KeyError:
                raise Unresolvable(f"nothing derives {resource.type}.{attribute}") from None
        header = f'resource "{resource.type}" "{resource.name}"'
        return self._filled(known, unknown, expression, _Place(resource.module, header, attribute, resource.index))

    def _filled(self, known: Any, unknown: Any, expression: Any, place: _Place) -> Any:
        """`known` with each part that `unknown` marks filled from the expression of that part."""
        if not _any_unknown(unknown):
            return known
        if unknown is True or (isinstance(expression, Mapping) and "references" in expression):
            return self._expression(expression, place)
        inner = _Place(place.module, place.header, None, place.index)
        if isinstance(unknown, Mapping) and _is_block(expression):
            return {
                key: self._filled(known.get(key), unknown.get(key, False), expression.get(key), inner)
                for key in known.keys() | unknown.keys()
                if key in expression or not _any_unknown(unknown.get(key))  # else AWS decides it
            }
        if isinstance(unknown, list) and isinstance(expression, list) and len(expression) == len(unknown):
            return [
                self._filled(known[number] if number < len(known) else {}, part, expression[number], inner)
                for number, part in enumerate(unknown)
            ]
        raise Unresolvable("it has dynamic blocks, and the plan does not say from what their unknown parts come")

    def _expression(self, expression: Any, place: _Place) -> Any:
        if not isinstance(expression, Mapping):
            raise Unresolvable("the plan does not say from what it comes")
        if "constant_value" in expression:
            return expression["constant_value"]
        references = _outermost(expression.get("references", ()))
        parsed = self._source(place)
        if parsed is None or expressions.references(parsed) != references:
            made = " and ".join(sorted(references)) or "no reference"
            raise Unresolvable(f"it is made from {made} by more than a template of references on one line")
        if isinstance(parsed, list):
            return [self._joined(template, place) for template in parsed]
        return self._joined(parsed, place)

    def _joined(self, template: Template, place: _Place) -> Any:
        values = [part if isinstance(part, str) else self._reference(part.path, place) for part in template]
        return values[0] if len(values) == 1 else "".join(map(str, values))

    def _source(self, place: _Place) -> Template | list[Template] | None:
        if place.attribute is None:
            return None
        return expressions.expression(self.plan.module_folder(place.module), place.header, place.attribute)

    def _reference(self, reference: str, place: _Place) -> Any:
        head, *rest = _steps(reference)
        match head:
            case "var":
                return self._variable(rest, place.module, reference)
            case "module":
                return self._output(rest, place.module, reference)
            case "each" if rest == ["key"]:
                return place.index
            case "count" if rest == ["index"]:
                return place.index
            case "data" | "each" | "count" | "local" | "path" | "self" | "terraform":
                raise Unresolvable(f"the plan does not tell {reference}; refer to a resource")
            case _:
                return self._resource(str(head), rest, place.module, reference)

    def _variable(self, steps: Sequence[str | int], module: ModulePath, reference: str) -> Any:
        name, *path = (str(steps[0]), *steps[1:])
        if not module:
            return _dig(self.plan.variable(str(name)), path, reference)
        call = self.plan.call(module)
        if name not in call.get("expressions", {}):
            return _dig(self.plan.module(module)["variables"][name].get("default"), path, reference)
        caller, index = module[-1]
        place = _Place(module[:-1], f'module "{caller}"', str(name), index)
        try:
            return _dig(self._expression(call["expressions"][name], place), path, reference)
        except Unresolvable:
            return self._seen(reference, module)

    def _seen(self, reference: str, module: ModulePath) -> Any:
        """The value of a reference that some planned attribute of the same module instance is set to and shows."""
        for resource in self.plan.resources:
            if resource.module != module:
                continue
            header = f'resource "{resource.type}" "{resource.name}"'
            for attribute, expression in resource.expressions.items():
                if not isinstance(expression, Mapping) or _outermost(expression.get("references", ())) != {reference}:
                    continue
                shown = not _any_unknown(resource.unknown.get(attribute, False))
                if shown and self._source(_Place(module, header, attribute)) == (Reference(reference),):
                    return resource.values[attribute]
        raise Unresolvable(f"the plan does not tell the value of {reference}")

    def _output(self, steps: Sequence[str | int], module: ModulePath, reference: str) -> Any:
        name, *path = steps
        index = path.pop(0) if path and self._has_instances(module, str(name)) else None
        if not path:
            raise Unresolvable(f"{reference} is a whole module; refer to one of its outputs")
        child = (*module, (str(name), index))
        output, *path = path
        expression = self.plan.module(child)["outputs"][output]["expression"]
        return _dig(self._expression(expression, _Place(child, f'output "{output}"', "value")), path, reference)

    def _has_instances(self, module: ModulePath, name: str) -> bool:
        return not {"count_expression", "for_each_expression"}.isdisjoint(self.plan.call((*module, (name, None))))

    def _resource(self, kind: str, steps: Sequence[str | int], module: ModulePath, reference: str) -> Any:
        name, *path = steps
        resource = self._instances.get((module, kind, str(name), None))
        if resource is None and path:
            resource = self._instances.get((module, kind, str(name), path.pop(0)))
        if resource is None:
            raise Unresolvable(f"{reference} is not one instance of a planned resource")
        if not path:
            raise Unresolvable(f"{reference} is a whole resource; refer to one of its attributes")
        attribute, *path = path
        return _dig(self._attribute(resource, str(attribute)), path, reference)


def _steps(reference: str) -> list[str | int]:
    """`a.b["c"][0].d` as `["a", "b", "c", 0, "d"]`."""
    return [json.loads(step[1:-1]) if step.startswith("[") else step for step in _STEP.findall(reference)]


def _outermost(references: Iterable[str]) -> set[str]:
    """The references without those that are only the beginning of another: Terraform lists each with its prefixes."""
    unique = set(references)
    return {one for one in unique if not any(other.startswith((f"{one}.", f"{one}[")) for other in unique)}


def _dig(value: Any, path: Sequence[str | int], reference: str) -> Any:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            raise Unresolvable(f"{reference} leads nowhere") from None
    return value


def _any_unknown(unknown: Any) -> bool:
    if isinstance(unknown, Mapping):
        return any(_any_unknown(part) for part in unknown.values())
    if isinstance(unknown, list):
        return any(_any_unknown(part) for part in unknown)
    return bool(unknown)


def _is_block(expression: Any) -> bool:
    """Whether this is a nested block (a mapping of attributes) rather than an expression."""
    return isinstance(expression, Mapping) and not {"references", "constant_value"} & expression.keys()
