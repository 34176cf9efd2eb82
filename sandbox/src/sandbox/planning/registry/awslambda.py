"""Lambda: functions run in worker processes behind a Runtime API."""

from sandbox.planning.registry.row import RUN, NotEmulated, Row, Run, RunRow

_GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg/"

ROWS: dict[str, Row] = {
    "aws_lambda_alias": RunRow(
        source=_GUIDE + "configuration-aliases.html",
        attributes={
            "description": NotEmulated("a description has no effect"),
            "function_name": RUN,
            "function_version": RUN,
            "name": RUN,
        },
    ),
    "aws_lambda_function": RunRow(
        source=_GUIDE + "lambda-runtime-environment.html",
        attributes={
            "architectures": NotEmulated("bundles are built for this machine's architecture, and run on it"),
            "description": NotEmulated("a description has no effect"),
            "environment.variables": RUN,
            "filename": RUN,
            "function_name": RUN,
            "handler": RUN,
            "logging_config.application_log_level": RUN,
            "logging_config.log_format": RUN,
            "logging_config.log_group": RUN,
            "logging_config.system_log_level": Run(only=("INFO",)),
            "memory_size": NotEmulated("a worker may use the machine's memory; billing is not computed"),
            "package_type": Run(only=("Zip",)),
            "publish": Run(only=(True,)),
            "reserved_concurrent_executions": RUN,
            "role": RUN,
            "runtime": Run(only=("python3.13",)),
            "skip_destroy": NotEmulated("nothing is destroyed but the whole sandbox"),
            "snap_start.apply_on": NotEmulated("a worker starts from its code: a snapshot would start it sooner"),
            "source_code_hash": NotEmulated("the code is read from the file itself"),
            "timeout": RUN,
            "tracing_config.mode": NotEmulated("traces are not collected"),
        },
    ),
    "aws_lambda_permission": RunRow(
        source=_GUIDE + "access-control-resource-based.html",
        attributes={
            "action": RUN,
            "function_name": RUN,
            "principal": RUN,
            "qualifier": RUN,
            "source_arn": RUN,
            "statement_id": NotEmulated("a name only"),
        },
    ),
}
