"""What AWS would compute for a planned resource: ARNs, ids, URLs; deterministic, so that every run looks the same.

ARN formats: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.planning.plan import Resource
from sandbox.planning.references import References

_LAMBDA = "arn:aws:lambda:{region}:{account}:function:"
_INVOKE = "arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/"
_EXECUTE = "arn:aws:execute-api:{region}:{account}:"

FORMATS: Mapping[str, Mapping[str, str]] = {
    "aws_api_gateway_deployment": {"id": "{short_id}"},
    "aws_api_gateway_rest_api": {
        "id": "{short_id}",
        "arn": "arn:aws:apigateway:{region}::/restapis/{id}",
        "execution_arn": _EXECUTE + "{id}",
        "root_resource_id": "{short_id}",
    },
    "aws_api_gateway_stage": {
        "id": "ags-{rest_api_id}-{stage_name}",
        "arn": "arn:aws:apigateway:{region}::/restapis/{rest_api_id}/stages/{stage_name}",
        "execution_arn": _EXECUTE + "{rest_api_id}/{stage_name}",
        "invoke_url": "{url}/{stage_name}",
    },
    "aws_cloudwatch_composite_alarm": {
        "id": "{alarm_name}",
        "arn": "arn:aws:cloudwatch:{region}:{account}:alarm:{alarm_name}",
    },
    "aws_cloudwatch_event_rule": {"id": "{name}", "arn": "arn:aws:events:{region}:{account}:rule/{name}"},
    "aws_cloudwatch_log_group": {"id": "{name}", "arn": "arn:aws:logs:{region}:{account}:log-group:{name}"},
    "aws_cloudwatch_metric_alarm": {
        "id": "{alarm_name}",
        "arn": "arn:aws:cloudwatch:{region}:{account}:alarm:{alarm_name}",
    },
    "aws_dynamodb_table": {"id": "{name}", "arn": "arn:aws:dynamodb:{region}:{account}:table/{name}"},
    "aws_iam_policy": {"id": "{arn}", "arn": "arn:aws:iam::{account}:policy{path}{name}"},
    "aws_iam_role": {"id": "{name}", "arn": "arn:aws:iam::{account}:role{path}{name}"},
    "aws_lambda_alias": {
        "id": "{arn}",
        "arn": _LAMBDA + "{function_name}:{name}",
        "invoke_arn": _INVOKE + _LAMBDA + "{function_name}:{name}/invocations",
    },
    "aws_lambda_function": {
        "id": "{function_name}",
        "arn": _LAMBDA + "{function_name}",
        "invoke_arn": _INVOKE + _LAMBDA + "{function_name}/invocations",
        "qualified_arn": _LAMBDA + "{function_name}:1",
        "version": "1",
    },
    "aws_sns_topic": {"id": "{arn}", "arn": "arn:aws:sns:{region}:{account}:{name}"},
    "aws_ssm_parameter": {"id": "{name}", "arn": "arn:aws:ssm:{region}:{account}:parameter{name}"},
}
"""The format of each derived attribute; a name in braces is an attribute of the resource or a key of `_Names`."""


class AwsComputed:
    """Derives computed attributes in one account and region.

    Args:
        account_id: the account.
        region: the region.
        api_url: the URL at which the sandbox serves the REST API of an id, without a stage.
    """

    def __init__(self, *, account_id: str, region: str, api_url: Callable[[str], str]) -> None:
        self._account_id = account_id
        self._region = region
        self._api_url = api_url

    def __call__(self, resource: Resource, attribute: str, references: References) -> Any:
        """The attribute's value; KeyError where nothing says how to derive it."""
        return FORMATS[resource.type][attribute].format_map(self._names(resource, references))

    def _names(self, resource: Resource, references: References) -> "_Names":
        return _Names(
            {
                "account": lambda: self._account_id,
                "region": lambda: self._region,
                "short_id": lambda: short_id(resource),
                "url": lambda: self._api_url(references.value(resource, "rest_api_id")),
            },
            lambda name: references.value(resource, name),
        )


class _Names(dict[str, Callable[[], Any]]):
    """The names a format may use, each looked up only when it is used; the others are attributes of the resource."""

    def __init__(self, names: Mapping[str, Callable[[], Any]], attribute: Callable[[str], Any]) -> None:
        super().__init__(names)
        self._attribute = attribute

    def __getitem__(self, name: str) -> Any:
        return super().__getitem__(name)() if name in self else self._attribute(name)


def short_id(resource: Resource) -> str:
    """Ten lower-case letters and digits, as API Gateway gives ids, out of the resource's root and address."""
    digest = hashlib.sha256(f"{resource.root}:{resource.address}".encode()).digest()
    return base64.b32encode(digest).decode()[:10].lower()
