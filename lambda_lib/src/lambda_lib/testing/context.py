"""The context object that Lambda's runtime passes to a handler."""

from dataclasses import dataclass

from lambda_lib.testing.callers import ACCOUNT_ID, REGION


@dataclass(frozen=True, slots=True)
class Context:
    """The context of an invocation ("Using the Lambda context object to retrieve Python function information").

    Attributes:
        aws_request_id: Id of the invocation.
        remaining_ms: Milliseconds until Lambda ends it.
        function_name: Name of the function.
        function_version: Its version.
        invoked_function_arn: ARN that was invoked, with the alias.
        memory_limit_in_mb: Memory (MB), which the runtime passes as text.
        log_group_name: Log group of the function.
        log_stream_name: Log stream of the execution environment.
        identity: The Cognito identity; none for API Gateway.
        client_context: The client's; none for API Gateway.
    """

    aws_request_id: str = "11111111-2222-3333-4444-555555555555"
    remaining_ms: int = 10_000
    function_name: str = "dev-service"
    function_version: str = "1"
    invoked_function_arn: str = f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:dev-service:live"
    memory_limit_in_mb: str = "512"
    log_group_name: str = "/aws/lambda/dev-service"
    log_stream_name: str = "2027/01/15/[1]0123456789abcdef0123456789abcdef"
    identity: None = None
    client_context: None = None

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the invocation."""
        return self.remaining_ms
