"""Gateway responses: what an API says where the gateway answers in its stead.

See https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.declaration import Document
from sandbox.errors import PlanError
from sandbox.gateway.messages import Headers, Request, Response, media_type
from sandbox.gateway.refusal import Refusal, ResponseType
from sandbox.gateway.variables import Template, Variables

_JSON = "application/json"
_HEADER = "gatewayresponse.header."
_DEFAULT = {_JSON: Template('{"message":$context.error.messageString}')}
_DEFAULT_BY_TYPE = {
    # Seen on AWS, where the name is in upper case for this type alone.
    ResponseType.ACCESS_DENIED: {_JSON: Template('{"Message":$context.error.messageString}')},
}

type _HeaderValue = Callable[[Request, Variables], str | None]


@dataclass(frozen=True, slots=True)
class _Declared:
    """A declared response; `status` is None where the default stays."""

    status: int | None
    headers: Mapping[str, _HeaderValue]
    templates: Mapping[str, Template]


class GatewayResponses:
    """The responses of one API.

    Args:
        declared: The value of `x-amazon-apigateway-gateway-responses`.

    Raises:
        PlanError: A response is not emulated as declared.
    """

    def __init__(self, declared: Document) -> None:
        self._declared = {name: _read(name, response) for name, response in declared.items()}

    def render(self, refusal: Refusal, request: Request, variables: Variables) -> Response:
        """The response to a refused request; `variables` are those of the request with those of the refusal.

        A type that the API does not declare gets what it declares for `DEFAULT_4XX` or `DEFAULT_5XX`, if anything.
        """
        default = f"DEFAULT_{refusal.status // 100}XX"
        declared = self._declared.get(refusal.type) or self._declared.get(default)
        templates = (declared and declared.templates) or _DEFAULT_BY_TYPE.get(refusal.type, _DEFAULT)
        accepted = media_type(request.header("accept"))
        content_type = accepted if accepted in templates else next(iter(templates))
        body = templates[content_type].render(variables, missing="")
        headers: dict[str, str] = {"Content-Type": content_type, "x-amzn-ErrorType": refusal.error}
        for name, value in declared.headers.items() if declared else ():
            rendered = value(request, variables)
            if rendered is not None:
                headers[name] = rendered
        status = (declared and declared.status) or refusal.status
        return Response(status, tuple(headers.items()), body.encode())


def default_response(refusal: Refusal, variables: Variables) -> Response:
    """The response where no API is known to declare another."""
    headers: Headers = (("Content-Type", _JSON), ("x-amzn-ErrorType", refusal.error))
    return Response(refusal.status, headers, _DEFAULT[_JSON].render(variables, missing="").encode())


def _read(name: str, response: Mapping[str, Any]) -> _Declared:
    status = response.get("statusCode")
    headers: dict[str, _HeaderValue] = {}
    for parameter, value in (response.get("responseParameters") or {}).items():
        if not parameter.startswith(_HEADER):
            raise PlanError(f"gateway response {name}: {parameter} is not emulated, only {_HEADER}<name> is")
        headers[parameter.removeprefix(_HEADER)] = _header_value(name, value)
    templates = {type_: Template(text) for type_, text in (response.get("responseTemplates") or {}).items()}
    return _Declared(int(status) if status else None, headers, templates)


def _header_value(name: str, source: str) -> _HeaderValue:
    if source.startswith("'") and source.endswith("'"):
        text = source[1:-1]
        return lambda _request, _variables: text
    if source.startswith("context."):
        return lambda _request, variables: None if (value := variables.get(source)) is None else str(value)
    if source.startswith("method.request.header."):
        header = source.removeprefix("method.request.header.").lower()
        return lambda request, _variables: request.header(header)
    raise PlanError(f"gateway response {name}: the value {source} is not emulated")
