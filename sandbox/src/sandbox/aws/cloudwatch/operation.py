"""What an operation of an API is here: parameters in, result out, both as boto3 has them."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.validate import ParamValidator
from moto.core.utils import get_service_model

from sandbox.aws.wire import ApiError

type Parameters = Mapping[str, Any]
"""The parameters or the result of an operation. Times in parameters are naive datetimes in UTC, as moto parses them."""

type Operation = Callable[[Parameters], Awaitable[Parameters]]
"""Answers an operation. Raises ApiError."""


def checked(service: str, name: str, operation: Operation) -> Operation:
    """`operation`, but refusing parameters that botocore's model of it does not allow, as AWS would."""

    async def check(parameters: Parameters) -> Parameters:
        shape = get_service_model(service).operation_model(name).input_shape
        report = ParamValidator().validate(parameters, shape)
        if report.has_errors():
            raise ApiError("ValidationError", report.generate_report())
        return await operation(parameters)

    return check


def seconds(time: datetime) -> float:
    """Seconds since the epoch of a time among the parameters."""
    return time.replace(tzinfo=UTC).timestamp()


def time(at: float) -> datetime:
    """The time of a result, from seconds since the epoch."""
    return datetime.fromtimestamp(at, UTC)
