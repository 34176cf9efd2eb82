"""What is made of another service's reply."""

import json
from typing import Any

import pytest
from pydantic import BaseModel

from lambda_lib import Conflict, FieldError, InvalidRequest, NotFound, Reply, ServiceError, UnexpectedReply
from lambda_lib.errors import RequestInProgress
from lambda_lib.problems import problem


class Thing(BaseModel):
    name: str


class OutOfStock(Conflict):
    code = "out_of_stock"


def a_reply(status: int, document: Any = None) -> Reply:
    return Reply(status, b"" if document is None else json.dumps(document).encode())


def refusal(error: ServiceError) -> Reply:
    """The reply with which a service of this library tells an error."""
    return a_reply(error.status, problem(error))


@pytest.mark.parametrize("status", [200, 404])
def test_a_body_is_read_as_a_model_whatever_the_status(status: int) -> None:
    assert a_reply(status, {"name": "a"}).read(Thing) == Thing(name="a")


def test_a_body_that_is_not_the_model_is_unexpected() -> None:
    with pytest.raises(UnexpectedReply):
        a_reply(200, {"nom": "a"}).read(Thing)


@pytest.mark.parametrize("status", [200, 201])
def test_a_success_is_the_model_that_is_expected(status: int) -> None:
    assert a_reply(status, {"name": "a"}).expect(Thing, errors=[NotFound]) == Thing(name="a")


def test_a_success_without_a_body_is_nothing_where_nothing_is_expected() -> None:
    a_reply(204).expect(None)


@pytest.mark.parametrize("reply", [a_reply(204), a_reply(200, {"nom": "a"}), a_reply(200, []), Reply(200, b"<html>")])
def test_a_success_that_is_not_the_model_is_unexpected(reply: Reply) -> None:
    with pytest.raises(UnexpectedReply):
        reply.expect(Thing)


def test_a_success_with_a_body_is_unexpected_where_nothing_is_expected() -> None:
    with pytest.raises(UnexpectedReply):
        a_reply(200, {}).expect(None)


def test_an_error_that_is_expected_is_raised_with_the_services_words() -> None:
    reply = refusal(OutOfStock("There are no more of these."))
    with pytest.raises(OutOfStock) as caught:
        reply.expect(Thing, errors=[NotFound, OutOfStock])
    assert caught.value.detail == "There are no more of these."


def test_a_request_that_is_already_being_carried_out_can_be_expected() -> None:
    with pytest.raises(RequestInProgress):
        refusal(RequestInProgress()).expect(Thing, errors=[RequestInProgress])


def test_a_request_that_is_refused_tells_the_fields_at_fault() -> None:
    reply = refusal(InvalidRequest(errors=[FieldError("body.name", "too long"), FieldError("query.a", "no number")]))
    with pytest.raises(InvalidRequest) as caught:
        reply.expect(Thing, errors=[InvalidRequest])
    assert caught.value.errors == (FieldError("body.name", "too long"), FieldError("query.a", "no number"))


@pytest.mark.parametrize(
    "reply",
    [
        refusal(NotFound("There is none.")),  # not expected
        refusal(Conflict("It changed.")),  # of the same status as one that is, and of another kind
        a_reply(404, problem(OutOfStock("None."))),  # of the code of one that is, with another status
        a_reply(409, {}),
        a_reply(409),
        a_reply(302),
        Reply(409, b"<html>"),
        a_reply(403, {"message": "Missing Authentication Token"}),
    ],
)
def test_an_error_that_is_not_expected_is_unexpected(reply: Reply) -> None:
    with pytest.raises(UnexpectedReply, match=f"status {reply.status}"):
        reply.expect(Thing, errors=[OutOfStock])


def test_an_error_is_unexpected_where_none_is_expected() -> None:
    with pytest.raises(UnexpectedReply):
        refusal(NotFound("There is none.")).expect(None)


def test_a_problem_document_can_be_read() -> None:
    found = refusal(NotFound("There is none.")).problem()
    assert found is not None
    assert (found.status, found.code, found.detail) == (404, "not_found", "There is none.")


@pytest.mark.parametrize("reply", [a_reply(404), a_reply(404, {}), Reply(404, b"<html>")])
def test_what_is_no_problem_document_is_not_taken_for_one(reply: Reply) -> None:
    assert reply.problem() is None
