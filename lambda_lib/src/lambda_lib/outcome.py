"""How a request went, for whoever records it."""

from dataclasses import dataclass

from lambda_lib._invocation import Invocation
from lambda_lib.errors import ServiceError


@dataclass(slots=True)  # not frozen: one is made for each request, and a frozen one takes four times as long
class Outcome:
    """How a request went. It holds nothing that a client sent but the ids, and what the route function noted.

    Attributes:
        invocation: What the request did on its way: its ids, calls, own fields and metrics; and its secrets, which
            are asked for only where a text might hold one.
        route: Method and template, or a note that none matched.
        status: HTTP status of the reply.
        duration_ms: Time in the handler.
        caller: ARN of the principal that signed the request, if any.
        error: What the reply tells, if it tells of an error.
        exception: What was raised, before its translation into `error`.
    """

    invocation: Invocation
    route: str
    status: int
    duration_ms: float
    caller: str | None = None
    error: ServiceError | None = None
    exception: Exception | None = None
