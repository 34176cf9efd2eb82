"""A request on its way through the gateway, and all that is known of it by then."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.access.signature import Authenticated
from sandbox.gateway.contract import Integration, Method
from sandbox.gateway.messages import Request
from sandbox.gateway.refusal import Refusal
from sandbox.gateway.routes import Route
from sandbox.gateway.validation import RequestValidator

# https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
_TRACE = re.compile(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}(;[\w=:|-]+)*")
_NO_ROUTE = Route(Method("", "", signed=False, validator=RequestValidator(), integration=Integration("", None, 0)), {})


@dataclass(slots=True)
class Exchange:
    """A request to a stage of an API.

    Attributes:
        request: The request as it was sent.
        at: When it came, in seconds since the epoch.
        request_id: Its id, a UUID.
        api_id: The API's id.
        account_id: The API's account.
        stage: The stage's name.
        stage_variables: Its variables.
        path: The path without the stage.
        route: What it is routed to.
        trace_id: Its X-Ray trace header, as it was sent or made here.
        caller: Who signed it, where the method is authorized by `AWS_IAM`.
        refusal: Why the gateway answered itself, if it did.
        integration_status: The status of the invocation of the function.
        integration_request_id: The id of that invocation.
        integration_latency_ms: How long that invocation took.
    """

    request: Request
    at: float
    request_id: str
    api_id: str
    account_id: str
    stage: str
    stage_variables: Mapping[str, str]
    path: str
    route: Route = _NO_ROUTE
    caller: Authenticated | None = None
    refusal: Refusal | None = None
    integration_status: int | None = None
    integration_request_id: str | None = None
    integration_latency_ms: float | None = None
    trace_id: str = field(init=False)

    def __post_init__(self) -> None:
        digits = self.request_id.replace("-", "")
        given = self.request.header("x-amzn-trace-id") or ""
        self.trace_id = given if _TRACE.fullmatch(given) else f"Root=1-{int(self.at):08x}-{digits[:24]}"

    @property
    def extended_request_id(self) -> str:
        """The id that the header `x-amz-apigw-id` has; it follows from the request's id."""
        return base64.b64encode(bytes.fromhex(self.request_id.replace("-", ""))[:11]).decode()

    @property
    def domain_name(self) -> str:
        """The host that the request was sent to, without its port."""
        return (self.request.header("host") or "").partition(":")[0]
