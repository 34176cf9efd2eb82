"""Exceptions become errors of the tree, and errors become problem documents."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from pydantic import ValidationError

from lambda_lib import Conflict, FieldError, InvalidRequest, NotFound, Problem, RouteError, ServiceError, Throttled
from lambda_lib import errors as tree
from lambda_lib.errors import PreconditionFailed
from lambda_lib.problems import as_service_error, problem


def client_error(code: str, **response: Any) -> ClientError:
    parsed: Any = {"Error": {"Code": code, "Message": "internal"}, **response}
    return ClientError(parsed, "GetItem")


@pytest.mark.parametrize(
    "code", ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"]
)
def test_throttling_is_told_apart(code: str) -> None:
    error = as_service_error(client_error(code))
    assert isinstance(error, Throttled)
    assert error.causes == (code,)


def test_throttling_tells_its_causes() -> None:
    reasons = [{"reason": "TableReadProvisionedThroughputExceeded", "resource": "arn:aws:dynamodb:::table/t"}]
    error = as_service_error(client_error("ProvisionedThroughputExceededException", ThrottlingReasons=reasons))
    assert isinstance(error, Throttled)
    assert error.causes == ("TableReadProvisionedThroughputExceeded",)


def test_causes_are_found_where_throttling_exception_spells_them_small() -> None:
    reasons = [{"reason": "TableWriteKeyRangeThroughputExceeded", "resource": "arn:aws:dynamodb:::table/t"}]
    error = as_service_error(client_error("ThrottlingException", throttlingReasons=reasons))
    assert isinstance(error, Throttled)
    assert error.causes == ("TableWriteKeyRangeThroughputExceeded",)


@pytest.mark.parametrize(
    ("causes", "kinds"),
    [
        (["TableReadProvisionedThroughputExceeded"], {"capacity"}),
        (["IndexWriteAccountLimitExceeded", "TableWriteMaxOnDemandThroughputExceeded"], {"capacity"}),
        (["TableWriteKeyRangeThroughputExceeded"], {"hot_key"}),
        (["TableReadProvisionedThroughputExceeded", "IndexReadKeyRangeThroughputExceeded"], {"capacity", "hot_key"}),
        (["ProvisionedThroughputExceededException"], set()),
        ([], set()),
    ],
)
def test_throttling_is_for_want_of_capacity_or_for_a_hot_key(causes: list[str], kinds: set[str]) -> None:
    assert Throttled(causes).kinds == kinds


CONDITION = client_error("ConditionalCheckFailedException", ResponseMetadata={"HTTPStatusCode": 400})
CANCELLED = client_error(
    "TransactionCanceledException", CancellationReasons=[{"Code": "None"}, {"Code": "ConditionalCheckFailed"}]
)
CANCELLED_FOR_BOTH = client_error(
    "TransactionCanceledException",
    CancellationReasons=[{"Code": "ThrottlingError"}, {"Code": "ConditionalCheckFailed"}],
)


@pytest.mark.parametrize("kind", [NotFound, Conflict, PreconditionFailed])
@pytest.mark.parametrize("error", [CONDITION, CANCELLED, CANCELLED_FOR_BOTH])
def test_a_failed_condition_is_what_the_route_says(error: ClientError, kind: type[ServiceError]) -> None:
    translated = as_service_error(error, kind)
    assert type(translated) is kind
    assert "internal" not in problem(translated)["detail"]


@pytest.mark.parametrize("error", [CONDITION, CANCELLED])
def test_a_failed_condition_that_no_route_speaks_of_is_an_internal_error(error: ClientError) -> None:
    assert as_service_error(error).code == "internal_error"


def test_other_errors_are_no_failed_conditions() -> None:
    assert isinstance(as_service_error(client_error("ThrottlingException"), Conflict), Throttled)
    assert as_service_error(client_error("ValidationException"), Conflict).code == "internal_error"
    assert as_service_error(RuntimeError(), Conflict).code == "internal_error"


@pytest.mark.parametrize("reason", ["ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_transaction_cancelled_by_throttling_is_throttling(reason: str) -> None:
    cancelled = client_error("TransactionCanceledException", CancellationReasons=[{"Code": "None"}, {"Code": reason}])
    assert isinstance(as_service_error(cancelled), Throttled)


def test_a_transaction_cancelled_by_its_condition_is_not_throttling() -> None:
    cancelled = client_error("TransactionCanceledException", CancellationReasons=[{"Code": "ConditionalCheckFailed"}])
    assert as_service_error(cancelled).code == "internal_error"


@pytest.mark.parametrize(
    "error",
    [
        client_error("InternalServerError", ResponseMetadata={"HTTPStatusCode": 500}),
        EndpointConnectionError(endpoint_url="https://dynamodb.us-east-1.amazonaws.com"),
        ReadTimeoutError(endpoint_url="https://dynamodb.us-east-1.amazonaws.com"),
    ],
)
def test_an_aws_api_that_fails_or_is_out_of_reach_is_unavailable(error: Exception) -> None:
    assert (as_service_error(error).status, as_service_error(error).code) == (503, "service_unavailable")


@pytest.mark.parametrize(
    "error",
    [
        client_error("AccessDeniedException", ResponseMetadata={"HTTPStatusCode": 400}),
        RuntimeError("secret"),
        KeyError("secret"),
        ValidationError.from_exception_data("Thing", []),
    ],
)
def test_anything_else_is_an_internal_error_without_a_word_of_it(error: Exception) -> None:
    translated = as_service_error(error)
    assert type(translated) is ServiceError
    assert translated.detail == "The service failed to answer this request."


def test_an_error_of_the_tree_stays_what_it_is() -> None:
    error = Conflict("It exists.")
    assert as_service_error(error) is error


def test_a_problem_has_the_members_of_rfc_9457_and_ours() -> None:
    error = InvalidRequest(errors=[FieldError("body.name", "Field required")])
    document = problem(error, correlation_id="abc")
    assert document == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "The request is not valid.",
        "code": "invalid_request",
        "errors": [{"location": "body.name", "message": "Field required"}],
        "correlation_id": "abc",
    }
    assert Problem.model_validate(document).model_dump(exclude_none=True) == document


def test_a_problem_has_no_empty_members() -> None:
    assert set(problem(NotFound())) == {"type", "title", "status", "detail", "code"}
    assert problem(NotFound())["detail"]


def test_every_error_has_a_status_and_a_code_of_its_own() -> None:
    classes = {item for item in vars(tree).values() if isinstance(item, type) and issubclass(item, ServiceError)}
    assert len({item.code for item in classes}) == len(classes)
    assert all(400 <= item.status < 600 for item in classes)


def test_the_error_tree_is_the_one_in_the_docstring() -> None:
    listed = [line.split() for line in (tree.__doc__ or "").splitlines() if line.rstrip()[-1:].isalpha()]
    shown = {line[-3]: (int(line[-2]), line[-1]) for line in listed if len(line) >= 3 and line[-2].isdigit()}
    classes = [item for item in vars(tree).values() if isinstance(item, type) and issubclass(item, ServiceError)]
    assert shown == {item.__name__: (item.status, item.code) for item in classes}


@pytest.mark.parametrize("status", [499, 200, 600, 0])
def test_a_leaf_has_a_status_that_http_knows_for_errors(status: int) -> None:
    with pytest.raises(RouteError, match=f"Leaf: {status} is no status of an error in HTTP"):
        type("Leaf", (ServiceError,), {"status": status})
