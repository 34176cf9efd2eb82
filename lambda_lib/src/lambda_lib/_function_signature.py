"""A route function's signature, read once while its module is imported, as what a request has to supply."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, TypeAdapter

from lambda_lib.errors import RouteError
from lambda_lib.identity import Identity
from lambda_lib.parameters import Header, Query


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument that comes from the path, the query string or a header.

    Attributes:
        argument: Name of the function's argument.
        name: Name on the wire; a header's as declared, matched without regard to case.
        location: Where the request has it.
        required: Whether the request is invalid without it.
        multiple: Whether it may be repeated, and the argument is a sequence.
        adapter: Validates the text of the request, or the texts.
    """

    argument: str
    name: str
    location: Literal["path", "query", "header"]
    required: bool
    multiple: bool
    adapter: TypeAdapter[Any]

    def validate(self, text: Any) -> Any:
        """The argument's value, out of its text; out of a list of texts if it may be repeated.

        Raises:
            pydantic.ValidationError: The text is not of the argument's type.
        """
        # pydantic's mode for strings knows no sequences; its lax mode reads their items.
        return self.adapter.validate_python(text) if self.multiple else self.adapter.validate_strings(text)


@dataclass(frozen=True, slots=True)
class Body:
    """The argument that is the request's body."""

    argument: str
    adapter: TypeAdapter[Any]


@dataclass(frozen=True, slots=True)
class Signature:
    """What a route function takes and returns.

    Attributes:
        parameters: Arguments from the path, the query string and headers.
        body: The argument that is the body, if any.
        identity: Name of the argument that is the authenticated user, if any.
        resources: Name of the argument that is the service's resources, if any.
        response: Serialises what the function returns; None if it returns nothing.
    """

    parameters: tuple[Parameter, ...]
    body: Body | None
    identity: str | None
    resources: str | None
    response: TypeAdapter[Any] | None


def read_signature(function: Callable[..., Any], *, placeholders: frozenset[str], resources: type) -> Signature:
    """Read a route function's signature.

    Args:
        function: The function, fully annotated.
        placeholders: Names in the route's path template.
        resources: Type of the service's resources.

    Raises:
        RouteError: An argument is none of what a route function may take, or the template names what it does not take.
    """
    name = f"{function.__module__}.{function.__qualname__}"
    hints = get_type_hints(function, include_extras=True)
    if "return" not in hints:
        raise RouteError(f"{name}: declares no return type")
    parameters: list[Parameter] = []
    bodies: list[Body] = []
    special: dict[type, str] = {}
    for argument in inspect.signature(function).parameters.values():
        hint = hints.get(argument.name)
        if hint is None:
            raise RouteError(f"{name}: argument {argument.name!r} has no annotation")
        if argument.name in placeholders:
            parameters.append(_parameter(argument, hint, "path", argument.name))
        elif mark := _mark(hint):
            parameters.append(_marked(argument, hint, mark))
        elif hint is Identity or hint is resources:
            special[hint] = argument.name
        elif isinstance(hint, type) and issubclass(hint, BaseModel):
            bodies.append(Body(argument.name, TypeAdapter(hint)))
        else:
            raise RouteError(
                f"{name}: argument {argument.name!r} is neither in the path, nor marked Query() or Header(), "
                f"nor a model, nor the identity, nor the resources ({resources.__name__})"
            )
    if missing := placeholders - {parameter.argument for parameter in parameters}:
        raise RouteError(f"{name}: takes no argument for {', '.join(sorted(missing))} of the path")
    if len(bodies) > 1:
        raise RouteError(f"{name}: takes more than one body: {', '.join(body.argument for body in bodies)}")
    returned = hints["return"]
    return Signature(
        parameters=tuple(parameters),
        body=bodies[0] if bodies else None,
        identity=special.get(Identity),
        resources=special.get(resources),
        response=None if returned is type(None) else TypeAdapter(returned),
    )


def _mark(hint: Any) -> Query | Header | None:
    if get_origin(hint) is not Annotated:
        return None
    return next((item for item in get_args(hint)[1:] if isinstance(item, Query | Header)), None)


def _marked(argument: inspect.Parameter, hint: Any, mark: Query | Header) -> Parameter:
    if isinstance(mark, Query):
        return _parameter(argument, hint, "query", mark.name or argument.name)
    return _parameter(argument, hint, "header", mark.name or argument.name.replace("_", "-").title())


def _parameter(
    argument: inspect.Parameter, hint: Any, location: Literal["path", "query", "header"], name: str
) -> Parameter:
    return Parameter(
        argument=argument.name,
        name=name,
        location=location,
        required=argument.default is inspect.Parameter.empty,
        multiple=location == "query" and _is_sequence(hint),
        adapter=TypeAdapter(hint),
    )


def _is_sequence(hint: Any) -> bool:
    """Whether values of the type are made of several; of an optional one, whether its values are if it has any."""
    origin = get_origin(hint) or hint
    if origin is Annotated:
        return _is_sequence(get_args(hint)[0])
    if origin in (Union, UnionType):
        return any(map(_is_sequence, get_args(hint)))
    return origin in (list, tuple, set, frozenset)
