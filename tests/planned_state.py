"""The state that an apply of a plan would leave: what is planned, with what AWS would compute filled in.

Format of the state: version 4, which Terraform reads as its own. An attribute that AWS decides and that nothing refers
to is null; so `plan -refresh=false` compares everything that the configuration says with what it says now.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.planning.computed import FORMATS, AwsComputed
from sandbox.planning.plan import Plan, Resource
from sandbox.planning.references import References

ACCOUNT_ID = "123456789012"


def configured_unknowns(resource: Resource) -> Iterator[str]:
    """The paths of what the configuration sets and the plan does not know, such as `rule[0].key_id`.

    A dynamic block has no expressions in the plan: every unknown part of one counts.
    """
    for attribute, unknown in resource.unknown.items():
        expression = resource.expressions.get(attribute)
        if expression is not None or unknown is not True:
            yield from _unknown_paths(attribute, unknown, expression)


def _unknown_paths(path: str, unknown: Any, expression: Any) -> Iterator[str]:
    if isinstance(unknown, Mapping):
        for key, part in unknown.items():
            inner = expression.get(key, _DECIDED_BY_AWS) if _is_block(expression) else expression
            yield from _unknown_paths(f"{path}.{key}", part, inner)
    elif isinstance(unknown, list):
        blocks = isinstance(expression, list) and len(expression) == len(unknown)  # else some of them are dynamic
        for number, part in enumerate(unknown):
            yield from _unknown_paths(f"{path}[{number}]", part, expression[number] if blocks else None)
    elif unknown and expression is not _DECIDED_BY_AWS:
        yield path


_DECIDED_BY_AWS = object()


def _is_block(expression: Any) -> bool:
    return isinstance(expression, Mapping) and not {"references", "constant_value"} & expression.keys()


def applied(plan: Plan, told: Mapping[tuple[str, str], Any]) -> dict[str, Any]:
    """The state after an apply of a plan that creates everything.

    `told` has the attributes, by address and name, whose references the plan does not tell in full.
    """
    references = References(plan, computed=_Computed())
    changes = {change["address"]: change for change in plan.document["resource_changes"]}
    versions = dict(_schema_versions(plan.document["planned_values"]["root_module"]))
    resources: dict[tuple[str, str, str], dict[str, Any]] = {}
    for resource in plan.resources:
        change = changes[resource.address]
        module = change.get("module_address", "")
        entry = resources.setdefault(
            (module, resource.type, resource.name),
            {
                **({"module": module} if module else {}),
                "mode": "managed",
                "type": resource.type,
                "name": resource.name,
                "provider": f'provider["{change["provider_name"]}"]',
                "instances": [],
            },
        )
        index = {} if resource.index is None else {"index_key": resource.index}
        sensitive = [name for name, marked in change["change"]["after_sensitive"].items() if marked is True]
        entry["instances"].append(
            {
                **index,
                "schema_version": versions[resource.address],
                "attributes": _attributes(resource, references, told),
                "sensitive_attributes": [[{"type": "get_attr", "value": name}] for name in sensitive],
            }
        )
    outputs = {
        name: {"type": "string", "value": _like(name, plan, references), **output}
        for name, output in plan.document["planned_values"]["outputs"].items()
    }
    return {
        "version": 4,
        "terraform_version": plan.document["terraform_version"],
        "serial": 1,
        "lineage": "applied",
        "outputs": outputs,
        "resources": list(resources.values()),
    }


def _attributes(resource: Resource, references: References, told: Mapping[tuple[str, str], Any]) -> dict[str, Any]:
    attributes = dict(resource.values)
    read = _READ.get(resource.type, {})
    for name in resource.unknown:
        if (resource.address, name) in told:
            attributes[name] = told[resource.address, name]
        elif (name in resource.expressions and name not in read) or name in {*_NAMES, *FORMATS.get(resource.type, ())}:
            attributes[name] = references.value(resource, name)
    return _completed(attributes, read)


def _completed(block: Mapping[str, Any], read: Mapping[str, Any]) -> dict[str, Any]:
    """A block with what is null in it set as it would be read."""
    return dict(block) | {
        name: [_completed(inner, value) for inner in block[name] or ()] if isinstance(value, Mapping) else value
        for name, value in read.items()
        if isinstance(value, Mapping) or block.get(name) is None
    }


_NAMES = ("id", "arn", "key_id")
"""What resources are referred to by, beside what the sandbox computes."""

_READ: Mapping[str, Mapping[str, Any]] = {
    "aws_api_gateway_rest_api": {"binary_media_types": [], "endpoint_configuration": {"vpc_endpoint_ids": []}},
    "aws_appautoscaling_policy": {"alarm_arns": []},
    "aws_codepipeline": {
        "trigger_all": [],
        "stage": {"action": {"input_artifacts": [], "output_artifacts": [], "run_order": 1, "timeout_in_minutes": 0}},
    },
    "aws_iam_role": {"managed_policy_arns": []},
}
"""What the provider reads where nothing is set, if it takes null there for a change; blocks by name."""


def _like(output: str, plan: Plan, references: References) -> Any:
    """The value of the attribute of the root that is set to the same expression as an output; None if there is none."""
    wanted = plan.module(())["outputs"][output]["expression"]
    for resource in plan.resources:
        for name, expression in resource.expressions.items():
            if not resource.module and expression == wanted:
                return references.value(resource, name)
    return None


class _Computed(AwsComputed):
    """As the sandbox computes, and for what it does not run a value that names its resource."""

    def __init__(self) -> None:
        super().__init__(account_id=ACCOUNT_ID, region="us-east-1", api_url="https://{}.example".format)

    def __call__(self, resource: Resource, attribute: str, references: References) -> Any:
        try:
            return super().__call__(resource, attribute, references)
        except KeyError:
            return f"{attribute} of {resource.address}"


def _schema_versions(module: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for resource in module.get("resources", ()):
        yield resource["address"], resource["schema_version"]
    for child in module.get("child_modules", ()):
        yield from _schema_versions(child)
