"""AWS's protocols: which operation a request is, its parameters, and answers in the form that its client reads.

Requests are routed and parsed, and results serialized, by moto's parts for this, which follow botocore's models.
The binary protocol `smithy-rpc-v2-cbor` is not spoken: botocore and the `aws` command use JSON wherever it is offered.
"""

import gzip
import json
import uuid
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from xml.sax.saxutils import escape

from botocore.exceptions import UnknownServiceError
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request as MotoRequest
from moto.core.request import determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import SerializationContext, get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.exceptions import NotFound

from sandbox.access.signature import Request

_SERVICE_OF_SIGNING_NAME = {"monitoring": "cloudwatch"}
_DYNAMODB_NAMESPACE = "com.amazonaws.dynamodb.v20120810#"
_JSON_TYPE = "application/x-amz-json-1."
# The names that errors common to all services have in the XML protocols:
# https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
_XML_CODES = {
    "AccessDeniedException": "AccessDenied",
    "ExpiredTokenException": "ExpiredToken",
    "IncompleteSignatureException": "IncompleteSignature",
    "InvalidSignatureException": "SignatureDoesNotMatch",
    "MissingAuthenticationTokenException": "MissingAuthenticationToken",
    "UnrecognizedClientException": "InvalidClientTokenId",
}


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class ApiError(Exception):
    """An error that an AWS API answers.

    Attributes:
        code: The error code as the JSON protocols name it, such as `AccessDeniedException`.
        message: What the client shows.
        status: HTTP status.
        members: Further members of the error in the JSON protocols, such as `ThrottlingReasons`.
    """

    def __init__(self, code: str, message: str, *, status: int = 400, members: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.members = members or {}


@dataclass(frozen=True, slots=True)
class Call:
    """A request, understood as an operation of a service.

    Attributes:
        service: botocore's name of the service.
        operation: Such as `GetItem`.
        protocol: botocore's name of the protocol: `json`, `query`, `rest-json`, `rest-xml`.
        parameters: The parameters of the operation. Those of DynamoDB are as they were sent; others are in the types of
            the service's model.
    """

    service: str
    operation: str
    protocol: str
    parameters: Mapping[str, Any]

    @property
    def action(self) -> str:
        """The operation as IAM names it."""
        return f"{self.service}:{self.operation}"


def read_call(request: Request, signing_name: str) -> Call:
    """Understands a request.

    Args:
        request: The request as it was sent.
        signing_name: The service in the scope of its signature.

    Raises:
        ApiError: The service or operation is unknown, or the parameters cannot be read.
    """
    service = _SERVICE_OF_SIGNING_NAME.get(signing_name, signing_name)
    request = _uncompressed(request)
    if service == "dynamodb":  # on the path of every request, so that botocore's model is not asked
        operation = request.headers.get("x-amz-target", "").rpartition(".")[2]
        return Call(service, operation, "json", _json_object(request.body))
    moto_request = to_moto(request)
    try:
        model, in_path = get_service_router(service).match(moto_request)
        protocol = determine_request_protocol(model.service_model, moto_request.content_type)
    except (UnknownServiceError, NotFound, NotImplementedError) as error:
        raise ApiError(
            "UnknownOperationException", f"{request.method} {request.path} is no operation of the service {service}"
        ) from error
    try:
        parameters = PROTOCOL_PARSERS[protocol](model).parse(
            {
                "method": moto_request.method,
                "values": moto_request.values,
                "headers": moto_request.headers,
                "body": moto_request.data,
                "url_path": moto_request.path,
                "url_params": in_path,
            }
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ApiError("SerializationException", f"the parameters of {model.name} cannot be read") from error
    return Call(service, model.name, protocol, parameters)


def result_response(call: Call, result: Mapping[str, Any]) -> Response:
    """The answer to a call; `result` has the members of the operation's output."""
    if call.service == "dynamodb":
        return _json_response(200, f"{_JSON_TYPE}0", result)
    model = get_service_model(call.service).operation_model(call.operation)
    serializer = get_serializer_class(call.service, call.protocol)
    serialized = serializer(operation_model=model, context=SerializationContext(str(uuid.uuid4()))).serialize(result)
    body = serialized["body"]
    return Response(
        serialized["status_code"], serialized["headers"], body if isinstance(body, bytes) else body.encode()
    )


def error_response(error: ApiError, request: Request, signing_name: str | None) -> Response:
    """The answer that says what went wrong, in the protocol of the request.

    Args:
        error: What went wrong.
        request: The request as it was sent.
        signing_name: The service in the scope of its signature; None where that could not be trusted.
    """
    content_type = request.headers.get("content-type", "")
    if content_type.startswith(_JSON_TYPE):
        namespace = ""
        if request.headers.get("x-amz-target", "").startswith("DynamoDB"):
            namespace = "com.amazon.coral.service#" if error.code in _XML_CODES else _DYNAMODB_NAMESPACE
        document = {"__type": namespace + error.code, "message": error.message, **error.members}
        return _json_response(error.status, content_type, document)
    if content_type.startswith("application/x-www-form-urlencoded") or signing_name == "s3":
        code = _XML_CODES.get(error.code, error.code)
        status = 403 if error.code in _XML_CODES else error.status
        body = f"<Code>{escape(code)}</Code><Message>{escape(error.message)}</Message>"
        if signing_name == "s3":
            body = f"<Error>{body}</Error>"
        else:
            fault = "Sender" if status < 500 else "Receiver"  # noqa: PLR2004 - HTTP
            body = f"<ErrorResponse><Error><Type>{fault}</Type>{body}</Error>"
            body += f"<RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
        return Response(status, {"content-type": "text/xml"}, body.encode())
    status = 403 if error.code in _XML_CODES else error.status
    response = _json_response(status, "application/json", {"message": error.message, **error.members})
    return Response(status, {**response.headers, "x-amzn-ErrorType": error.code}, response.body)


def to_moto(request: Request) -> MotoRequest:
    """The request as moto's own parts take it."""
    query = f"?{request.query}" if request.query else ""
    url = f"http://{request.headers.get('host', 'localhost')}{request.path}{query}"
    moto_request: MotoRequest = MotoRequest.from_primitives(request.method, url, request.headers, request.body)
    return moto_request


def _uncompressed(request: Request) -> Request:
    """The request with its body as it was before it was compressed, as botocore does with a large PutMetricData."""
    if request.headers.get("content-encoding") != "gzip":
        return request
    try:
        body = gzip.decompress(request.body)
    except (OSError, EOFError, zlib.error) as error:
        raise ApiError("SerializationException", "the body is not gzip, as content-encoding says") from error
    headers = {name: value for name, value in request.headers.items() if name != "content-encoding"}
    return replace(request, headers=headers, body=body)


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except ValueError as error:
        raise ApiError("SerializationException", f"the body is not JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise ApiError("SerializationException", "the body is not a JSON object")
    return parsed


def _json_response(status: int, content_type: str, document: Mapping[str, Any]) -> Response:
    headers = {"content-type": content_type, "x-amzn-requestid": str(uuid.uuid4())}
    return Response(status, headers, json.dumps(document, separators=(",", ":")).encode())
