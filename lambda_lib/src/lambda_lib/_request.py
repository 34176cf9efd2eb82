"""A request as API Gateway hands it over (REST API, Lambda proxy integration), read into a route's arguments."""

import json
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from lambda_lib._function_signature import Body, Parameter, Signature
from lambda_lib.access import USER_TOKEN_HEADER
from lambda_lib.errors import FieldError, InvalidRequest, MalformedBody, Unauthenticated, UnsupportedMediaType

CORRELATION_HEADER = "X-Correlation-Id"

# Whoever sends a correlation id writes into our logs: nothing but these, and not much of it.
_CORRELATION_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_MAX_ERRORS = 20
_SHORTEST_SECRET = 8  # what is shorter is no secret, and would turn up in words
_USER_TOKEN = USER_TOKEN_HEADER.lower()


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Attributes:
        method: HTTP method.
        path: Path as sent, percent-encoded, without the stage.
        resource: Template that API Gateway matched.
        path_parameters: As API Gateway found them, percent-encoded.
        query: Values by name, decoded.
        headers: The last value of each header, by lower-case name.
        body: The body as handed over, or nothing.
        body_is_base64: Whether the body is encoded.
        caller: ARN of the principal that signed the request, if API Gateway checked a signature.
        correlation_id: Sent by the caller, or API Gateway's request id.
    """

    method: str
    path: str
    resource: str | None
    path_parameters: Mapping[str, str] | None
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: str
    body_is_base64: bool
    caller: str | None
    correlation_id: str

    def secrets(self) -> list[str]:
        """What this request carries that no log may show: credentials, and the texts in its body."""
        _scheme, _, credentials = self.headers.get("authorization", "").partition(" ")
        carried = [credentials, self.headers.get(_USER_TOKEN, ""), self.headers.get("x-amz-security-token", "")]
        texts = (text.strip() for text in (*carried, *_texts(self._document())))
        return [text for text in texts if len(text) >= _SHORTEST_SECRET]

    def json_text(self) -> str | bytes:
        """The body, decoded.

        Raises:
            MalformedBody: It is said to be base64 and is not.
        """
        if not self.body_is_base64:
            return self.body
        try:
            return b64decode(self.body, validate=True)
        except ValueError:  # binascii.Error is one; characters beyond ASCII raise a plain one
            raise MalformedBody("The body is not valid base64.") from None

    def _document(self) -> Any:
        try:
            return json.loads(self.json_text())
        except (
            ValueError,
            RecursionError,
            MalformedBody,
        ):  # whoever nests deeper than json reads hides no secret of theirs
            return None

    def bearer_token(self) -> str:
        """The token in `Authorization: Bearer <token>`.

        Raises:
            Unauthenticated: There is none.
        """
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthenticated("A bearer token is required.")
        return token.strip()

    def user_token(self) -> str:
        """The user's token that the signing caller passes on.

        Raises:
            Unauthenticated: There is none.
        """
        token = self.headers.get(_USER_TOKEN, "").strip()
        if not token:
            raise Unauthenticated(f"The user's token is required in {USER_TOKEN_HEADER}.")
        return token

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> "Request":
        """Read an event (API Gateway developer guide, "Input format of a Lambda function for proxy integration")."""
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        context = event.get("requestContext") or {}
        sent = headers.get("x-correlation-id", "")
        return cls(
            method=event["httpMethod"],
            path=event["path"],
            resource=event.get("resource"),
            path_parameters=event.get("pathParameters"),
            query=event.get("multiValueQueryStringParameters") or {},
            headers=headers,
            body=event.get("body") or "",
            body_is_base64=bool(event.get("isBase64Encoded")),
            caller=(context.get("identity") or {}).get("userArn"),
            correlation_id=sent if _CORRELATION_ID.fullmatch(sent) else context.get("requestId", "unknown"),
        )


def arguments(request: Request, path_parameters: Mapping[str, str], signature: Signature) -> dict[str, Any]:
    """The arguments that a request supplies for a route function.

    Raises:
        UnsupportedMediaType: There is a body to read and it is not JSON by its content type.
        MalformedBody: The body is not JSON.
        InvalidRequest: Fields are missing or wrong; all of them are listed.
    """
    found: dict[str, Any] = {}
    errors: list[FieldError] = []
    for parameter in signature.parameters:
        text = _text(parameter, request, path_parameters)
        if text is None:
            if parameter.required:
                errors.append(FieldError(f"{parameter.location}.{parameter.name}", "Field required"))
            continue
        try:
            found[parameter.argument] = parameter.validate(text)
        except ValidationError as error:
            errors += _field_errors(error, parameter.location, parameter.name)
    if signature.body:
        try:
            found[signature.body.argument] = _model(request, signature.body)
        except ValidationError as error:
            if error.errors(include_url=False, include_input=False)[0]["type"] == "json_invalid":
                raise MalformedBody("The body is not a JSON document.") from None
            errors += _field_errors(error, "body")
    if errors:
        raise InvalidRequest(errors=errors[:_MAX_ERRORS])
    return found


def _text(parameter: Parameter, request: Request, path_parameters: Mapping[str, str]) -> Any:
    match parameter.location:
        case "path":
            return path_parameters.get(parameter.name)
        case "header":
            return request.headers.get(parameter.name.lower())
        case "query":
            values = request.query.get(parameter.name)
            return values if parameter.multiple or not values else values[-1]


def _model(request: Request, body: Body) -> Any:
    # No content type at all counts as JSON: API Gateway, too, then picks application/json for its validation.
    media_type = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise UnsupportedMediaType("The body has to be application/json.")
    return body.adapter.validate_json(request.json_text())


def _texts(document: Any) -> Iterator[str]:
    # Not recursive: a client says how deep the document is.
    pending = [document]
    while pending:
        match pending.pop():
            case str() as text:
                yield text
            case dict() as members:
                pending += members.values()
            case list() as items:
                pending += items


def _field_errors(error: ValidationError, *prefix: str) -> list[FieldError]:
    return [
        FieldError(".".join([*prefix, *map(str, item["loc"])]), item["msg"])
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    ]
