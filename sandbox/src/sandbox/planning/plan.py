"""A plan as `terraform show -json` gives it: its planned resources and the configuration they come from.

Format: https://developer.hashicorp.com/terraform/internals/json-format. What is read here is the same in OpenTofu.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sandbox.errors import PlanError

_MODULE_STEP = re.compile(r'module\.([\w-]+)(?:\[(\d+|"(?:[^"\\]|\\.)*")\])?\.?')

type Index = int | str | None
"""The key of an instance: an integer under `count`, a string under `for_each`, None otherwise."""

type ModulePath = tuple[tuple[str, Index], ...]
"""The calls that lead to a module instance, from the root on."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource that the plan creates.

    `values` has what is known at plan; `unknown` has `True` in the place of whatever is not.
    """

    root: str
    address: str
    module: ModulePath
    type: str
    name: str
    index: Index
    values: Mapping[str, Any]
    unknown: Mapping[str, Any]
    expressions: Mapping[str, Any] = field(hash=False, compare=False)


@dataclass(frozen=True)
class Plan:
    """The plan of one root.

    Attributes:
        name: `platform` or the name of a service.
        folder: the root's folder, to which paths in the plan are relative.
        document: the plan, as `terraform show -json` gives it.
    """

    name: str
    folder: Path
    document: Mapping[str, Any]

    @classmethod
    def parse(cls, name: str, folder: Path, text: str) -> "Plan":
        """Read the output of `terraform show -json`.

        Raises:
            PlanError: the text is not such a document.
        """
        try:
            document = json.loads(text)
        except json.JSONDecodeError as error:
            raise PlanError(f"the plan of {name} cannot be read: {error}") from None
        if not isinstance(document, dict) or not {"resource_changes", "configuration"} <= document.keys():
            raise PlanError(f"the plan of {name} cannot be read: it is not the output of `terraform show -json`")
        if document.get("errored"):
            raise PlanError(f"the plan of {name} is incomplete: Terraform failed while it made it")
        return cls(name, folder, document)

    def variable(self, name: str) -> Any:
        """The value of a variable of the root.

        Raises:
            PlanError: the root has no such variable.
        """
        try:
            return self.document["variables"][name]["value"]
        except KeyError:
            raise PlanError(f"the plan of {self.name} has no variable {name!r}") from None

    @property
    def outputs(self) -> Mapping[str, Any]:
        """The values of the root's outputs that are known before apply."""
        outputs = self.document.get("planned_values", {}).get("outputs", {})
        return {name: output["value"] for name, output in outputs.items() if "value" in output}

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """Every managed resource of the plan.

        Raises:
            PlanError: the plan does something else than create: a sandbox starts from nothing.
        """
        return tuple(self._resources())

    def _resources(self) -> Iterator[Resource]:
        for change in self.document["resource_changes"]:
            address, actions = change["address"], change["change"]["actions"]
            if change["mode"] == "data":
                raise PlanError(
                    f"{self.name}: {address} can only be read after apply, since it depends on an unknown value"
                )
            if actions != ["create"]:
                raise PlanError(
                    f"{self.name}: {address} would be {'+'.join(actions)}, but a sandbox starts from nothing"
                )
            module = module_path(change.get("module_address", ""))
            yield Resource(
                root=self.name,
                address=address,
                module=module,
                type=change["type"],
                name=change["name"],
                index=change.get("index"),
                values=change["change"]["after"],
                unknown=change["change"]["after_unknown"],
                expressions=self._expressions(module, f"{change['type']}.{change['name']}"),
            )

    def module(self, path: ModulePath) -> Mapping[str, Any]:
        """The configuration of a module: its `resources`, `variables`, `outputs` and `module_calls`."""
        module: Mapping[str, Any] = self.document["configuration"]["root_module"]
        for name, _ in path:
            module = module["module_calls"][name]["module"]
        return module

    def call(self, path: ModulePath) -> Mapping[str, Any]:
        """The call that made the module instance at `path`, which is not the root's."""
        call: Mapping[str, Any] = self.module(path[:-1])["module_calls"][path[-1][0]]
        return call

    def module_folder(self, path: ModulePath) -> Path:
        """The folder of a module's sources; modules are local, so each call's `source` is a relative path."""
        folder = self.folder
        for end in range(1, len(path) + 1):
            folder /= self.call(path[:end])["source"]
        return folder

    def data_sources(self) -> Iterator[tuple[str, str]]:
        """The address and type of each data source that was read."""
        pending = [self.document.get("prior_state", {}).get("values", {}).get("root_module", {})]
        while pending:
            module = pending.pop()
            pending += module.get("child_modules", ())
            for resource in module.get("resources", ()):
                if resource["mode"] == "data":
                    yield resource["address"], resource["type"]

    def _expressions(self, module: ModulePath, address: str) -> Mapping[str, Any]:
        for resource in self.module(module).get("resources", ()):
            if resource["address"] == address:
                expressions: Mapping[str, Any] = resource.get("expressions", {})
                return expressions
        raise PlanError(f"the plan of {self.name} has no configuration for {address}")


def module_path(address: str) -> ModulePath:
    """The path of a module address such as `module.api["a"].module.stage`; the root's address is empty."""
    return tuple((name, parsed_index(index)) for name, index in _MODULE_STEP.findall(address))


def parsed_index(text: str) -> Index:
    """The instance key between the brackets of an address; None when there are none."""
    if not text:
        return None
    value: int | str = json.loads(text)
    return value
