"""How the arguments of a route function are read from a request: a reader for each, made when the handler is made."""

import json
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from operator import attrgetter, methodcaller
from typing import Annotated, Any
from urllib.parse import unquote

from pydantic import StringConstraints, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from lambda_lib._function_signature import JSON, Parameter, RequestBody
from lambda_lib._request import Request
from lambda_lib.errors import FieldError, InvalidRequest, MalformedBody, RequestTooLarge, UnsupportedMediaType
from lambda_lib.routes import Route

type Reader = Callable[[Request], Any]
type Validate = Callable[[Any], Any]

IDEMPOTENCY_HEADER = "Idempotency-Key"

_NOT_JSON = re.compile(rb"Infinity|NaN")
_MAX_ERRORS = 100
_MAX_CHARACTER = 4  # bytes, in UTF-8
_MAX_LOCATION = 200  # characters: a body names its own members


class Missing(Exception):  # noqa: N818  named as the errors that a caller sees are
    """What is required is not there."""


# What readers raise of an argument that is not as declared. Anything else ends the request there and then.
INVALID = (MalformedBody, Missing, ValidationError)


def argument_readers(route: Route, resources: object) -> list[tuple[str, Reader]]:
    """A reader for each argument of a route's function, in the function's order, and where it reads.

    One for the `Idempotency-Key` comes last if the route is idempotent.

    Args:
        route: The route.
        resources: The service's resources.
    """
    signature = route.signature
    found: dict[str | None, tuple[str, Reader]] = {
        parameter.argument: (f"{parameter.location}.{parameter.name}", _parameter_reader(parameter))
        for parameter in signature.parameters
    }
    if signature.body:
        found[signature.body.argument] = "body", _body_reader(signature.body, route.max_body_bytes)
    found[signature.identity] = "", attrgetter("identity")
    found[signature.source_ip] = "", methodcaller("source_ip")
    found[signature.resources] = "", lambda _request: resources
    readers = [found[argument] for argument in (*signature.positional, *signature.keywords)]
    if route.idempotent:
        readers.append((f"header.{IDEMPOTENCY_HEADER}", _parameter_reader(_idempotency_key())))
    return readers


def _idempotency_key() -> Parameter:
    """The key by which a request is known again; any that is no longer than others take, and fit for a log."""
    key = Annotated[str, StringConstraints(pattern=r"^[ -~]{1,255}$")]
    return Parameter(
        argument="",
        name=IDEMPOTENCY_HEADER,
        location="header",
        required=False,
        default=None,
        multiple=False,
        adapter=TypeAdapter(key),
    )


def everything_invalid(readers: Sequence[tuple[str, Reader]], request: Request) -> InvalidRequest:
    """The error that lists everything that is invalid in a request, where something is.

    Raises:
        ServiceError: The request is refused for a reason that goes before that.
    """
    errors: list[FieldError] = []
    malformed = ""
    for location, read in readers:
        try:
            read(request)
        except Missing:
            errors.append(FieldError(location, "Field required"))
        except MalformedBody as error:
            malformed = error.detail
        except ValidationError as error:
            for item in error.errors(include_url=False, include_input=False):
                if item["type"] == "json_invalid" and location == "body" and not item["loc"]:
                    malformed = "The body is not a JSON document."
                else:
                    place = ".".join([location, *map(str, item["loc"])])
                    errors.append(FieldError(place[:_MAX_LOCATION], _message(item)))
    if malformed:
        return MalformedBody(malformed, errors=errors[:_MAX_ERRORS])
    return InvalidRequest(errors=errors[:_MAX_ERRORS])


def _message(item: ErrorDetails) -> str:
    if item["type"] == "union_tag_invalid":  # the one message of pydantic's own that quotes what was sent
        return f"Input tag does not match any of the expected tags: {item['ctx']['expected_tags']}"
    return item["msg"]


def _parameter_reader(parameter: Parameter) -> Reader:
    # pydantic's mode for strings knows no sequences; its lax mode reads their items.
    validator = parameter.adapter.validator
    validate: Validate = validator.validate_python if parameter.multiple else validator.validate_strings
    if parameter.location == "path":
        return _path_reader(parameter.name, validate)
    text = _TEXTS[parameter.location, parameter.multiple](parameter.name)
    required, default = parameter.required, parameter.default
    if required and parameter.location == "query":
        text = _unless_blank(parameter.name, text)

    def read(request: Request) -> Any:
        found = text(request)
        if found is not None:
            return validate(found)
        if required:
            raise Missing
        return default

    return read


def _path_reader(name: str, validate: Validate) -> Reader:
    def read(request: Request) -> Any:
        text = request.path_parameters.get(name)
        if text is None:
            raise Missing
        return validate(unquote(text) if "%" in text and request.is_encoded else text)

    return read


def _query_text(name: str) -> Reader:
    def text(request: Request) -> str | None:
        values = request.query().get(name)
        return values[-1] if values else None

    return text


def _unless_blank(name: str, text: Reader) -> Reader:
    """Reads nothing where a value is blank, as API Gateway, too, takes a blank parameter for a missing one."""

    def read(request: Request) -> Any:
        values = request.query().get(name, ())
        return text(request) if all(map(str.strip, values)) else None

    return read


def _header_text(name: str) -> Reader:
    name = name.lower()
    return lambda request: request.headers.get(name)


def _header_items(name: str) -> Reader:
    name = name.lower()
    return lambda request: request.header_items(name) or None


_TEXTS: dict[tuple[str, bool], Callable[[str], Reader]] = {
    ("query", False): _query_text,
    ("query", True): lambda name: lambda request: request.query().get(name),
    ("header", False): _header_text,
    ("header", True): _header_items,
}


def _body_reader(body: RequestBody, max_bytes: int) -> Reader:
    media_types = frozenset(body.media_types)
    # No content type at all counts as JSON: API Gateway, too, then picks application/json for its validation.
    default_media_type = JSON if JSON in media_types else ""
    required, default = body.required, body.default
    parse = _PARSERS[body.kind](body)
    safe_length = max_bytes // _MAX_CHARACTER

    def read(request: Request) -> Any:
        content = request.body()
        if not content and not required:
            return default
        media_type = request.headers.get("content-type", default_media_type)
        if media_type not in media_types and media_type.partition(";")[0].strip().lower() not in media_types:
            raise UnsupportedMediaType(f"The body has to be {' or '.join(body.media_types)}.")
        if len(content) > safe_length and _size(content) > max_bytes:
            raise RequestTooLarge(f"The body may have {max_bytes} bytes at most.")
        return parse(content)

    return read


def _size(content: str | bytes) -> int:
    """Bytes of a body as it was sent."""
    if isinstance(content, bytes) or content.isascii():
        return len(content)
    return len(content.encode(errors="replace"))


def _json_parser(body: RequestBody) -> Callable[[str | bytes], Any]:
    validate = body.adapter.validator.validate_json

    def parse(content: str | bytes) -> Any:
        if ("Infinity" in content or "NaN" in content) if isinstance(content, str) else _NOT_JSON.search(content):
            _refuse_constants(content)
        # As strictly as the contract says, and by the names in it, whatever the model says of itself: API Gateway's
        # validation knows no other way, and a request is not to be valid behind one kind of API and not another.
        return validate(content, strict=True, by_alias=True, by_name=False)

    return parse


def _refuse_constants(content: str | bytes) -> None:
    """Refuse what pydantic reads and JSON does not have (RFC 8259 section 6), unless it is a part of a text."""

    def refuse(_constant: str) -> None:
        raise MalformedBody("The body is not a JSON document.")

    with suppress(RecursionError, ValueError):  # which pydantic words
        json.loads(content, parse_constant=refuse)


def _text_parser(body: RequestBody) -> Callable[[str | bytes], Any]:
    validate = body.adapter.validator.validate_python

    def parse(content: str | bytes) -> Any:
        if not content:
            raise Missing
        try:
            text = content if isinstance(content, str) else content.decode()
            text.isascii() or text.encode()  # half of a surrogate pair, which JSON can spell, is no text
            return validate(text)
        except UnicodeError:
            raise MalformedBody("The body is not text in UTF-8.") from None

    return parse


def _bytes_parser(body: RequestBody) -> Callable[[str | bytes], Any]:
    validate = body.adapter.validator.validate_python

    def parse(content: str | bytes) -> Any:
        if not content:
            raise Missing
        return validate(content if isinstance(content, bytes) else content.encode(errors="replace"))

    return parse


_PARSERS: dict[str, Callable[[RequestBody], Callable[[str | bytes], Any]]] = {
    "json": _json_parser,
    "text": _text_parser,
    "bytes": _bytes_parser,
}
