"""API Gateway: REST APIs run by the gateway of the sandbox."""

from sandbox.planning.registry.row import RUN, CheckedRow, Default, NotEmulated, Row, Run, RunRow

_GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide/"

ROWS: dict[str, Row] = {
    "aws_api_gateway_account": CheckedRow("access logs need no role on this machine"),
    "aws_api_gateway_deployment": RunRow(
        source=_GUIDE + "how-to-deploy-api.html",
        attributes={
            "description": NotEmulated("a description has no effect"),
            "rest_api_id": RUN,
            "triggers": NotEmulated("a sandbox starts from nothing: the first deployment has the planned body"),
        },
    ),
    "aws_api_gateway_method_settings": RunRow(
        source=_GUIDE + "api-gateway-request-throttling.html",
        attributes={
            "method_path": RUN,
            "rest_api_id": RUN,
            "settings.logging_level": NotEmulated("execution logs are not written; access logs are"),
            "settings.metrics_enabled": NotEmulated("metrics per method are not kept; those per API and stage are"),
            "settings.throttling_burst_limit": RUN,
            "settings.throttling_rate_limit": RUN,
            "stage_name": RUN,
        },
    ),
    "aws_api_gateway_rest_api": RunRow(
        source=_GUIDE + "api-gateway-import-api.html",
        attributes={
            "binary_media_types": RUN,
            "body": RUN,
            "description": NotEmulated("a description has no effect"),
            "disable_execute_api_endpoint": Default(value=False),
            "endpoint_configuration.types": Run(only=(["REGIONAL"],)),
            "name": RUN,
            "policy": RUN,
            "put_rest_api_mode": NotEmulated("a sandbox starts from nothing: there is no definition to merge with"),
        },
    ),
    "aws_api_gateway_rest_api_policy": RunRow(
        source=_GUIDE + "apigateway-authorization-flow.html",
        attributes={"policy": RUN, "rest_api_id": RUN},
    ),
    "aws_api_gateway_stage": RunRow(
        source=_GUIDE + "set-up-stages.html",
        attributes={
            "access_log_settings.destination_arn": RUN,
            "access_log_settings.format": RUN,
            "deployment_id": RUN,
            "description": NotEmulated("a description has no effect"),
            "rest_api_id": RUN,
            "stage_name": RUN,
            "variables": RUN,
            "xray_tracing_enabled": NotEmulated("traces are not collected"),
        },
    ),
}
