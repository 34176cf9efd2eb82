"""Requests that the gateway answers itself: the types of its own responses and what it says by default."""

from enum import StrEnum

INTERNAL = "Internal server error"


class ResponseType(StrEnum):
    """The types of gateway responses that the sandbox gives.

    See https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html.
    """

    ACCESS_DENIED = "ACCESS_DENIED"
    API_CONFIGURATION_ERROR = "API_CONFIGURATION_ERROR"
    BAD_REQUEST_BODY = "BAD_REQUEST_BODY"
    BAD_REQUEST_PARAMETERS = "BAD_REQUEST_PARAMETERS"
    EXPIRED_TOKEN = "EXPIRED_TOKEN"  # noqa: S105  # the name of a response
    INTEGRATION_FAILURE = "INTEGRATION_FAILURE"
    INTEGRATION_TIMEOUT = "INTEGRATION_TIMEOUT"
    INVALID_SIGNATURE = "INVALID_SIGNATURE"
    MISSING_AUTHENTICATION_TOKEN = "MISSING_AUTHENTICATION_TOKEN"  # noqa: S105  # the name of a response
    REQUEST_TOO_LARGE = "REQUEST_TOO_LARGE"
    THROTTLED = "THROTTLED"


_DEFAULTS: dict[ResponseType, tuple[int, str]] = {
    ResponseType.ACCESS_DENIED: (403, "AccessDeniedException"),
    ResponseType.API_CONFIGURATION_ERROR: (500, "InternalServerErrorException"),
    ResponseType.BAD_REQUEST_BODY: (400, "BadRequestException"),
    ResponseType.BAD_REQUEST_PARAMETERS: (400, "BadRequestException"),
    ResponseType.EXPIRED_TOKEN: (403, "ExpiredTokenException"),
    ResponseType.INTEGRATION_FAILURE: (504, "InternalServerErrorException"),
    ResponseType.INTEGRATION_TIMEOUT: (504, "InternalServerErrorException"),
    ResponseType.INVALID_SIGNATURE: (403, "InvalidSignatureException"),
    ResponseType.MISSING_AUTHENTICATION_TOKEN: (403, "MissingAuthenticationTokenException"),
    ResponseType.REQUEST_TOO_LARGE: (413, "RequestTooLargeException"),
    ResponseType.THROTTLED: (429, "TooManyRequestsException"),
}


class Refusal(Exception):  # noqa: N818 - an answer to the caller, not a fault of the sandbox
    """A request that the gateway answers itself.

    Attributes:
        type: Which of the gateway's responses it gets.
        message: What the caller is told.
        status: The status where the API does not declare another for the type.
        error: The value of the header `x-amzn-ErrorType`.
        validation: What is wrong with the request's body, `$context.error.validationErrorString`.
        integration: What went wrong behind the gateway, which only logs say.
    """

    def __init__(
        self,
        type_: ResponseType,
        message: str,
        *,
        status: int | None = None,
        error: str | None = None,
        validation: str | None = None,
        integration: str | None = None,
    ) -> None:
        super().__init__(f"{type_}: {message}")
        default_status, default_error = _DEFAULTS[type_]
        self.type = type_
        self.message = message
        self.status = status or default_status
        self.error = error or default_error
        self.validation = validation
        self.integration = integration
