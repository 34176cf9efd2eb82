"""What another service answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import overload

from pydantic import BaseModel, ValidationError

from lambda_lib.errors import FieldError, InvalidRequest, ServiceError, UnexpectedReply
from lambda_lib.problems import Problem


@dataclass(frozen=True, slots=True)
class Reply:
    """What another service answered, other than that it cannot answer.

    Attributes:
        status: HTTP status, below 500 and not 429.
        body: The body as sent.
        headers: The headers; those of a call's reply are found in any spelling.
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @overload
    def expect(self, model: None, *, errors: Sequence[type[ServiceError]] = ()) -> None: ...

    @overload
    def expect[M: BaseModel](self, model: type[M], *, errors: Sequence[type[ServiceError]] = ()) -> M: ...

    def expect[M: BaseModel](self, model: type[M] | None, *, errors: Sequence[type[ServiceError]] = ()) -> M | None:
        """The body of a success as a model; an error as the exception that stands for it here as well.

        It mirrors the declaration of the other service's route: what that returns, and its `errors=`.

        Args:
            model: What the body is; None where there is none.
            errors: Errors that the other service may answer with, told by status and code. They are raised with its
                words for the caller, `InvalidRequest` with the fields at fault.

        Raises:
            ServiceError: One of `errors`.
            UnexpectedReply: It is something else.
        """
        if HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES:
            if model is not None:
                return self.read(model)
            if not self.body:
                return None
        elif errors and (problem := self.problem()) is not None:
            for error in errors:
                if (error.status, error.code) == (self.status, problem.code):
                    raise _raised(error, problem)
        raise UnexpectedReply(f"A service this one depends on gave an unexpected reply with status {self.status}.")

    def read[M: BaseModel](self, model: type[M]) -> M:
        """The body as a model, whatever the status.

        Raises:
            UnexpectedReply: It is something else.
        """
        try:
            return model.model_validate_json(self.body)
        except ValidationError as error:
            raise UnexpectedReply("A service this one depends on gave an unexpected reply.") from error

    def problem(self) -> Problem | None:
        """The problem document, where the body is one."""
        try:
            return Problem.model_validate_json(self.body)
        except ValidationError:
            return None


def _raised(error: type[ServiceError], problem: Problem) -> ServiceError:
    if issubclass(error, InvalidRequest):
        fields = [FieldError(field.location, field.message) for field in problem.errors or ()]
        return error(problem.detail, errors=fields)
    return error(problem.detail)
