"""Request validation, as API Gateway does it: presence of parameters, and bodies against models.

Follows https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html: of a
parameter only its presence is checked, never its value, and a body only where the method has a model for its content
type. Models are JSON Schema draft 4.

Where sources differ or are silent, the stricter reading is taken, so that what passes here passes there: `nullable` is
not read (stackoverflow.com/questions/71663897), names of headers are compared by case
(https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html), no value of a required
query parameter may be blank, formats are checked, `1.0` is no integer, and numbers are compared as they are written.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, DecimalException
from typing import Any, NoReturn, Protocol
from urllib.parse import parse_qs

import jsonschema
from jsonschema.exceptions import ValidationError

from sandbox.declaration import Document
from sandbox.gateway.messages import Request, media_type
from sandbox.gateway.refusal import Refusal, ResponseType


@dataclass(frozen=True, slots=True)
class RequestValidator:
    """What is checked of a method's requests.

    Attributes:
        required_headers: Names of headers that must be there and not blank.
        required_query: Names of query parameters that must be there and not blank.
        models: Models of the body by content type.
    """

    required_headers: tuple[str, ...] = ()
    required_query: tuple[str, ...] = ()
    models: Mapping[str, "Model"] | None = None

    def check(self, request: Request) -> None:
        """Checks a request.

        Raises:
            Refusal: A parameter is missing, or the body does not match its model.
        """
        self._check_parameters(request)
        model = (self.models or {}).get(media_type(request.header("content-type")))
        if model is not None:
            model.check(request.body)

    def _check_parameters(self, request: Request) -> None:
        headers = {name for name, value in request.headers if value.strip()}
        missing = [name for name in self.required_headers if name not in headers]
        if self.required_query:
            given = parse_qs(request.query, keep_blank_values=True)
            missing += [name for name in self.required_query if not all(map(str.strip, given.get(name, [""])))]
        if missing:
            names = ", ".join(sorted(missing))
            raise Refusal(ResponseType.BAD_REQUEST_PARAMETERS, f"Missing required request parameters: [{names}]")


def _multiple_of(_validator: object, factor: Any, instance: Any, _schema: object) -> Iterator[ValidationError]:
    if not isinstance(instance, int | Decimal) or isinstance(instance, bool):
        return
    try:
        remainder = _ARITHMETIC.remainder(Decimal(instance), Decimal(factor))
    except DecimalException:  # the quotient has more digits than anybody reckons with
        remainder = factor
    if remainder:
        yield ValidationError(f"remainder of division is not zero ({instance} / {factor})")


_ARITHMETIC = Context(prec=2000)
_Validator = jsonschema.validators.extend(  # type: ignore[no-untyped-call]
    jsonschema.Draft4Validator, {"multipleOf": _multiple_of}
)


class Model:
    """A model, compiled once.

    Args:
        schema: A JSON Schema of draft 4.
        api: The OpenAPI document that its references point into.

    Raises:
        SchemaError: It is not such a schema.
    """

    def __init__(self, schema: Document, api: Document) -> None:
        jsonschema.Draft4Validator.check_schema(schema)
        # References are local to the document, so the schema is checked as a part of it.
        document = _exact(json.dumps({**schema, "components": api.get("components", {})}))
        self._validator = _Validator(document, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)

    def check(self, body: bytes) -> None:
        """Checks a body; an empty one stands for `{}`.

        Raises:
            Refusal: The body is not JSON or does not match.
        """
        try:
            document = _exact(body or b"{}")
            problems = [_message(error) for error in self._validator.iter_errors(document)]
        except (ValueError, RecursionError) as error:  # the latter for a body that is nested too deeply
            raise _refusal(str(error)) from None
        if problems:
            raise _refusal(", ".join(problems))


class _Words(Protocol):
    def __call__(self, value: Any, limit: Any, /) -> str: ...


def _refusal(problems: str) -> Refusal:
    return Refusal(ResponseType.BAD_REQUEST_BODY, "Invalid request body", validation=f"[{problems}]")


def _exact(text: str | bytes) -> Any:
    """A JSON document, with its numbers as they are written."""
    return json.loads(text, parse_constant=_not_json, parse_float=Decimal)


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _message(error: ValidationError) -> str:
    """Words a problem as API Gateway's validator (com.github.java-json-tools) does; other keywords as jsonschema."""
    words = _WORDS.get(str(error.validator))
    return words(error.instance, error.validator_value) if words else error.message


def _missing(value: Any, required: Any) -> str:
    return f"object has missing required properties ({_list(name for name in sorted(required) if name not in value)})"


def _list(values: Any) -> str:
    return json.dumps(list(values), separators=(",", ":"), ensure_ascii=False, default=float)


_TYPES = ((bool, "boolean"), (str, "string"), (int, "integer"), (Decimal, "number"), (list, "array"), (dict, "object"))


def _type(value: Any, allowed: Any) -> str:
    found = next((name for type_, name in _TYPES if isinstance(value, type_)), "null")
    allowed = _list(sorted([allowed] if isinstance(allowed, str) else allowed))
    return f"instance type ({found}) does not match any allowed primitive type (allowed: {allowed})"


_WORDS: Mapping[str, _Words] = {
    "enum": lambda v, e: (
        f"instance value ({json.dumps(v, default=float)}) not found in enum (possible values: {_list(e)})"
    ),
    "maximum": lambda v, m: f"numeric instance is greater than the required maximum (maximum: {m}, found: {v})",
    "maxLength": lambda v, m: f'string "{v}" is too long (length: {len(v)}, maximum allowed: {m})',
    "minimum": lambda v, m: f"numeric instance is lower than the required minimum (minimum: {m}, found: {v})",
    "minLength": lambda v, m: f'string "{v}" is too short (length: {len(v)}, required minimum: {m})',
    "pattern": lambda v, p: f'ECMA 262 regex "{p}" does not match input string "{v}"',
    "required": _missing,
    "type": _type,
}
