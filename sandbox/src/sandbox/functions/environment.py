"""The environment variables that a worker sees."""

from collections.abc import Mapping
from pathlib import Path

from sandbox.access.identity import Credentials
from sandbox.declaration import Function


def environment(  # noqa: PLR0913  # one argument for each source of a variable
    function: Function,
    *,
    version: str,
    task_root: Path,
    runtime_folder: Path,
    runtime_api: str,
    log_stream: str,
    credentials: Credentials,
    region: str,
    aws_url: str,
) -> Mapping[str, str]:
    """The declared variables and those that Lambda reserves, and nothing of this process's own environment.

    Names and values follow https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime.
    `AWS_ENDPOINT_URL`, which leads the SDKs to the sandbox, is the only addition.
    """
    reserved = {
        "_HANDLER": function.handler,
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_DEFAULT_REGION": region,
        "AWS_ENDPOINT_URL": aws_url,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": version,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_REGION": region,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_SESSION_TOKEN": credentials.session_token or "",
        "LAMBDA_RUNTIME_DIR": str(runtime_folder),
        "LAMBDA_TASK_ROOT": str(task_root),
    }
    if function.json_log_level is not None:
        reserved |= {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": function.json_log_level}
    # These a function may set for itself. The home of Lambda's user does not exist: without it here, the SDKs would
    # read the developer's own ~/.aws.
    defaults = {
        "HOME": "/home/sbx_user1051",
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "TZ": ":UTC",
    }
    return {**defaults, **function.environment, **reserved}
