"""A route function's signature, read once while its module is imported, as what a request has to supply."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, TypeAdapter

from lambda_lib.errors import RouteError
from lambda_lib.identity import Identity
from lambda_lib.parameters import Body, Header, Query, SourceIp
from lambda_lib.response import Response

type Location = Literal["path", "query", "header"]

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument that comes from the path, the query string or a header.

    Attributes:
        argument: Name of the function's argument.
        name: Name on the wire; a header's as declared, matched without regard to case.
        location: Where the request has it.
        required: Whether the request is invalid without it.
        default: The argument's value where the request does not have it and is valid.
        multiple: Whether it may be repeated, and the argument is a sequence.
        adapter: Validates the text of the request, or the texts.
    """

    argument: str
    name: str
    location: Location
    required: bool
    default: Any
    multiple: bool
    adapter: TypeAdapter[Any]


@dataclass(frozen=True, slots=True)
class RequestBody:
    """The argument that is the request's body.

    Attributes:
        argument: Name of the function's argument.
        media_types: Media types that it may be of, in lower case.
        kind: What the argument is made from: the JSON document, the text, or the body as sent.
        required: Whether the request is invalid without a body.
        default: The argument's value where there is no body and the request is valid.
        adapter: Validates it.
    """

    argument: str
    media_types: tuple[str, ...]
    kind: Literal["json", "text", "bytes"]
    required: bool
    default: Any
    adapter: TypeAdapter[Any]


@dataclass(frozen=True, slots=True)
class Signature:
    """What a route function takes and returns.

    Attributes:
        parameters: Arguments from the path, the query string and headers.
        body: The argument that is the body, if any.
        identity: Name of the argument that is the authenticated user, if any.
        source_ip: Name of the argument that is the address the request came from, if any.
        resources: Name of the argument that is the service's resources, if any.
        positional: Names of the arguments that are passed by position, in their order.
        keywords: Names of the arguments that are passed by name.
        returned: Type of the body of a success, or None.
        response: Serialises what the function returns; None if it returns nothing.
        returns_response: Whether the function returns a `Response`, with what `response` serialises in it.
    """

    parameters: tuple[Parameter, ...]
    body: RequestBody | None
    identity: str | None
    source_ip: str | None
    resources: str | None
    positional: tuple[str, ...]
    keywords: tuple[str, ...]
    returned: Any
    response: TypeAdapter[Any] | None
    returns_response: bool


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
    bodies: list[RequestBody] = []
    special: dict[type, str] = {}
    arguments = inspect.signature(function).parameters.values()
    for argument in arguments:
        hint = hints.get(argument.name)
        if hint is None:
            raise RouteError(f"{name}: argument {argument.name!r} has no annotation")
        match _from_request(argument, hint, placeholders):
            case Parameter() as parameter:
                parameters.append(parameter)
            case RequestBody() as body:
                bodies.append(body)
            case None if kind := _special(hint, resources):
                special[kind] = argument.name
            case None:
                raise RouteError(
                    f"{name}: argument {argument.name!r} is neither in the path, nor marked Query(), Header() or "
                    f"Body(), nor a model, nor the identity, nor the resources ({resources.__name__})"
                )
    if missing := placeholders - {parameter.argument for parameter in parameters}:
        raise RouteError(f"{name}: takes no argument for {', '.join(sorted(missing))} of the path")
    if len(bodies) > 1:
        raise RouteError(f"{name}: takes more than one body: {', '.join(body.argument for body in bodies)}")
    returned, returns_response = _returned(hints["return"])
    return Signature(
        parameters=tuple(parameters),
        body=bodies[0] if bodies else None,
        identity=special.get(Identity),
        source_ip=special.get(SourceIp),
        resources=special.get(resources),
        positional=tuple(item.name for item in arguments if item.kind is not item.KEYWORD_ONLY),
        keywords=tuple(item.name for item in arguments if item.kind is item.KEYWORD_ONLY),
        returned=returned,
        response=None if returned is None else TypeAdapter(returned),
        returns_response=returns_response,
    )


def _from_request(
    argument: inspect.Parameter, hint: Any, placeholders: frozenset[str]
) -> Parameter | RequestBody | None:
    """What an argument is that comes from the request; None if it does not."""
    if argument.name in placeholders:
        return _parameter(argument, hint, "path", argument.name)
    marks = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    match next((item for item in marks if isinstance(item, Query | Header | Body)), None):
        case Query(name):
            return _parameter(argument, hint, "query", name or argument.name)
        case Header(name):
            return _parameter(argument, hint, "header", name or argument.name.replace("_", "-").title())
        case Body(media_types):
            return _body(argument, hint, media_types)
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return _body(argument, hint, (JSON,))
    return None


def _special(hint: Any, resources: type) -> type | None:
    """What an argument is that comes neither from path, query, headers nor body; None if it is nothing of the kind."""
    if hint is Identity or hint is resources:
        return hint
    marks = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return SourceIp if any(isinstance(mark, SourceIp) for mark in marks) else None


def _parameter(argument: inspect.Parameter, hint: Any, location: Location, name: str) -> Parameter:
    return Parameter(
        argument=argument.name,
        name=name,
        location=location,
        required=argument.default is argument.empty,
        default=argument.default,
        multiple=location != "path" and _is_sequence(hint),
        adapter=TypeAdapter(hint),
    )


def _body(argument: inspect.Parameter, hint: Any, media_types: tuple[str, ...]) -> RequestBody:
    kind: Literal["json", "text", "bytes"] = "json"
    declared = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    if declared is bytes:
        kind = "bytes"
    elif declared is str and not any(map(_is_json, media_types)):
        kind = "text"
    return RequestBody(
        argument=argument.name,
        media_types=media_types,
        kind=kind,
        required=argument.default is argument.empty,
        default=argument.default,
        adapter=TypeAdapter(hint),
    )


def _is_json(media_type: str) -> bool:
    return media_type == JSON or media_type.endswith("+json")


def _returned(hint: Any) -> tuple[Any, bool]:
    """The type of the body that is returned, None for none, and whether it is returned within a `Response`."""
    if hint is Response or get_origin(hint) is Response:
        (hint,) = get_args(hint) or (type(None),)
        returns_response = True
    else:
        returns_response = False
    return (None if hint is type(None) else hint), returns_response


def _is_sequence(hint: Any) -> bool:
    """Whether values of the type are made of several; of an optional one, whether its values are if it has any."""
    origin = get_origin(hint) or hint
    if origin is Annotated:
        return _is_sequence(get_args(hint)[0])
    if origin in (Union, UnionType):
        return any(map(_is_sequence, get_args(hint)))
    return origin in (list, tuple, set, frozenset)
