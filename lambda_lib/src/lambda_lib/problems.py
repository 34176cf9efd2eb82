"""Problem documents (RFC 9457) and the one translation of exceptions into them."""

from http import HTTPStatus
from typing import Any, Literal

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as AwsConnectionError
from pydantic import BaseModel, ConfigDict

from lambda_lib.errors import FieldError, ServiceError, ServiceUnavailable, Throttled

CONTENT_TYPE = "application/problem+json"

# Codes of errors and, in the second line, of the reasons why a transaction was cancelled. They mean "beyond capacity":
# the table's, the control plane's, the account's (DynamoDB developer guide, "Error handling with DynamoDB"; its API
# reference, TransactWriteItems).
_THROTTLING_CODES = frozenset(
    {"ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"}
    | {"ProvisionedThroughputExceeded", "ThrottlingError"}
)
_CONDITION_CODES = frozenset({"ConditionalCheckFailedException", "ConditionalCheckFailed"})


class ProblemField(BaseModel):
    """One thing wrong with one field of a request."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    location: str
    message: str


class Problem(BaseModel):
    """The body of every reply that is not a success (RFC 9457), with the extension members `code` and below.

    Attributes:
        type: Always `about:blank`: `code` tells kinds apart.
        title: The HTTP status in words, as RFC 9457 section 4.2.1 asks of `about:blank`.
        status: The HTTP status.
        detail: What happened, for a person.
        code: Stable name of the kind of problem, for a program.
        errors: The fields at fault.
        correlation_id: Finds the request in the logs of every service it went through.
    """

    # Built when first read, from another service's refusal: most functions never do, and every cold start would wait.
    model_config = ConfigDict(frozen=True, defer_build=True)

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    errors: list[ProblemField] | None = None
    correlation_id: str | None = None


def as_service_error(error: Exception, condition_failed: type[ServiceError] | None = None) -> ServiceError:
    """Translate any exception into the error tree.

    botocore's throttling becomes `Throttled` with its causes, an AWS API that fails or cannot be reached becomes
    `ServiceUnavailable`, and whatever nobody expected becomes a bare `ServiceError` that says nothing of its origin.

    Args:
        error: The exception.
        condition_failed: What DynamoDB's refusal of a condition becomes; nobody expected one if this is None.
    """
    match error:
        case ServiceError():
            return error
        case ClientError(response=response):
            return _of_client_error(response, condition_failed)
        case HTTPClientError() | AwsConnectionError():
            return ServiceUnavailable()
        case _:
            return ServiceError("The service failed to answer this request.")


def problem(error: ServiceError, *, correlation_id: str | None = None) -> dict[str, Any]:
    """The problem document of an error, as a JSON-able dictionary without empty members."""
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": error.detail or HTTPStatus(error.status).description or HTTPStatus(error.status).phrase,
        "code": error.code,
    }
    if error.errors:
        document["errors"] = [_field(field) for field in error.errors]
    if correlation_id is not None:
        document["correlation_id"] = correlation_id
    return document


def _field(field: FieldError) -> dict[Literal["location", "message"], str]:
    return {"location": field.location, "message": field.message}


def _of_client_error(response: Any, condition_failed: type[ServiceError] | None) -> ServiceError:
    code = response.get("Error", {}).get("Code", "")
    codes = {code, *(reason.get("Code") for reason in response.get("CancellationReasons", ()))}
    # A transaction may have both against it: trying again helps against the one and not against the other.
    if condition_failed and codes & _CONDITION_CODES:
        return condition_failed()
    if codes & _THROTTLING_CODES:
        # [{reason, resource}] (DynamoDB API reference, ThrottlingReason); ThrottlingException alone spells it small.
        reasons = response.get("ThrottlingReasons") or response.get("throttlingReasons") or ()
        causes = [item["reason"] for item in reasons if "reason" in item]
        return Throttled(causes or [code])
    if response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ServiceUnavailable()
    return ServiceError("The service failed to answer this request.")
