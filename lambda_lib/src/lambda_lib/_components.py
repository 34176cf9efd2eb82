"""The schemas of a service's routes, and the components that they refer to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.errors import PydanticInvalidForJsonSchema
from pydantic.json_schema import GenerateJsonSchema

from lambda_lib._examples import body_examples, parameter_example
from lambda_lib._function_signature import JSON, Parameter
from lambda_lib._request_schema import RequestSchema
from lambda_lib._schema import REFERENCE, ContractError, component_name, gateway_schema
from lambda_lib.problems import Problem
from lambda_lib.routes import Route, Routes

type Schema = dict[str, Any]
type _Mode = Literal["validation", "serialization"]

_PROBLEM = "Problem"


@dataclass(frozen=True, slots=True)
class Components:
    """The schemas of a service's routes.

    Attributes:
        requests: Media type objects of JSON bodies, by the name of the route.
        replies: Media type objects of JSON successes, by the name of the route.
        parameters: Schemas and examples of parameters, by route and parameter.
        problem: Schema of a problem document.
        schemas: What they refer to, by name.
    """

    requests: Mapping[str, Mapping[str, Any]]
    replies: Mapping[str, Mapping[str, Any]]
    parameters: Mapping[str, Mapping[str, Any]]
    problem: Schema
    schemas: Mapping[str, Schema]


def parameter_key(route: Route, parameter: Parameter) -> str:
    """The key of a parameter in `Components.parameters`."""
    return f"{route.name} {parameter.location}.{parameter.name}"


def components(routes: Routes[Any]) -> Components:
    """The schemas of routes.

    A model that a request and a reply have in common is one component, or two where their schemas differ: that of
    requests is then called `<model>Input`.

    Raises:
        ContractError: A model or a parameter uses what API Gateway cannot read, or an example is not valid.
    """
    bodies = {
        route.name: route.signature.body.adapter
        for route in routes.all
        if route.signature.body and route.signature.body.kind == "json"
    }
    successes = {
        route.name: route.signature.response
        for route in routes.all
        if route.signature.response and route.produces == JSON
    }
    inputs = {parameter_key(route, item): item for route in routes.all for item in route.signature.parameters}
    try:
        requests = _models(bodies, "validation", "Body")
        replies = _models({**successes, _PROBLEM: TypeAdapter(Problem)}, "serialization", "Reply")
        parameters = _models({key: item.adapter for key, item in inputs.items()}, "validation")
    except PydanticInvalidForJsonSchema as error:
        raise ContractError(f"no schema can tell it: {error.message}") from error
    requests = _renamed(requests, {**replies.components, **parameters.components})
    return Components(
        requests={key: _media_type(requests, key, adapter, request=True) for key, adapter in bodies.items()},
        replies={key: _media_type(replies, key, adapter, request=False) for key, adapter in successes.items()},
        parameters={
            key: {"schema": parameters.schemas[key], **parameter_example(item, parameters.made[key], key)}
            for key, item in inputs.items()
        },
        problem=replies.schemas[_PROBLEM],
        schemas=_merged(requests.components, replies.components, parameters.components),
    )


@dataclass(frozen=True, slots=True)
class _Models:
    """Schemas of one kind.

    Attributes:
        made: By key, as pydantic makes them.
        definitions: What those refer to, by reference.
        schemas: By key, rewritten.
        components: What those refer to, by name.
    """

    made: Mapping[str, Schema]
    definitions: Mapping[str, Schema]
    schemas: Mapping[str, Schema]
    components: Mapping[str, Schema]


def _models(adapters: Mapping[str, TypeAdapter[Any]], mode: _Mode, suffix: str = "") -> _Models:
    """Schemas of what adapters read or write.

    Args:
        adapters: By key; the key of a body is the name of its route.
        mode: Whether they read or write.
        suffix: Of the names of bodies that are no models; nothing where the schemas are not those of bodies.
    """
    request = mode == "validation" and bool(suffix)
    made, rest = TypeAdapter.json_schemas(
        [(key, mode, adapter) for key, adapter in adapters.items()],
        ref_template=REFERENCE,
        schema_generator=RequestSchema if request else GenerateJsonSchema,
    )
    definitions: dict[str, Schema] = rest.get("$defs", {})
    found = [
        {component_name(model): gateway_schema(schema, model, request=request)} for model, schema in definitions.items()
    ]
    schemas: dict[str, Schema] = {}
    for (key, _mode), schema in made.items():
        schemas[key] = gateway_schema(schema, f"{key} ({mode})", request=request)
        if suffix and "$ref" not in schemas[key]:
            # API Gateway, "Important notes for REST APIs": what is not an object needs a model of its own.
            name = component_name(f"{key.title()}{suffix}")
            found.append({name: schemas[key]})
            schemas[key] = {"$ref": REFERENCE.format(model=name)}
    return _Models(
        made={key: schema for (key, _mode), schema in made.items()},
        definitions={REFERENCE.format(model=model): schema for model, schema in definitions.items()},
        schemas=schemas,
        components=_merged(*found),
    )


def _merged(*parts: Mapping[str, Schema]) -> dict[str, Schema]:
    merged: dict[str, Schema] = {}
    for part in parts:
        for name, schema in part.items():
            if merged.setdefault(name, schema) != schema:
                raise ContractError(f"two models are called {name}")
    return dict(sorted(merged.items()))


def _renamed(requests: _Models, others: Mapping[str, Schema]) -> _Models:
    """The models of requests, renamed where others of the same name differ, or what they refer to does."""
    differ = {name for name, schema in requests.components.items() if others.get(name, schema) != schema}
    reach = {name: set(_references(schema)) for name, schema in requests.components.items() if name in others}
    while more := {name for name, names in reach.items() if name not in differ and names & differ}:
        differ |= more
    names = {name: f"{name}Input" if name in differ else name for name in requests.components}
    if len(set(names.values())) < len(names):
        raise ContractError(f"two models are called {max(names.values(), key=list(names.values()).count)}")
    return _Models(
        made=requests.made,
        definitions=requests.definitions,
        schemas={key: _referring(schema, names) for key, schema in requests.schemas.items()},
        components={names[name]: _referring(schema, names) for name, schema in requests.components.items()},
    )


def _references(schema: Any) -> Iterator[str]:
    """The names of the components that a schema refers to."""
    if isinstance(schema, Mapping):
        if isinstance(reference := schema.get("$ref"), str):
            yield reference.rpartition("/")[2]
        for part in schema.values():
            yield from _references(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _references(part)


def _referring(schema: Any, names: Mapping[str, str]) -> Any:
    """A schema with its references renamed."""
    if isinstance(schema, Mapping):
        if isinstance(reference := schema.get("$ref"), str):
            return {"$ref": REFERENCE.format(model=names[reference.rpartition("/")[2]])}
        return {key: _referring(part, names) for key, part in schema.items()}
    return [_referring(part, names) for part in schema] if isinstance(schema, list) else schema


def _media_type(models: _Models, key: str, adapter: TypeAdapter[Any], *, request: bool) -> dict[str, Any]:
    examples = body_examples(models.made[key], models.definitions, adapter, key, request=request)
    return {"schema": models.schemas[key], **({"example": examples[0]} if examples else {})}
