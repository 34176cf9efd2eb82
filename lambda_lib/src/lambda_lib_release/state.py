"""What is in an API, read from API Gateway."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambda_lib_release.methods import NONE, Document, Method, Methods, what_is_validated
from lambda_lib_release.rendering import settings

type Client = Any
"""botocore makes its clients at run time: their classes have no names to type with."""


@dataclass(frozen=True, slots=True)
class State:
    """An API as it is, whether deployed or not.

    Attributes:
        settings: What is set for it as a whole.
        methods: Its methods.
        resources: Ids of its paths.
        gateway_responses: Types of its own replies that are not API Gateway's defaults.
        binary_media_types: What it hands over as it is.
    """

    settings: Mapping[str, Any]
    methods: Methods
    resources: Mapping[str, str]
    gateway_responses: frozenset[str]
    binary_media_types: frozenset[str]


def read(client: Client, api_id: str) -> State:
    """Read an API."""
    api = client.get_rest_api(restApiId=api_id)
    validators = {
        item["id"]: what_is_validated(item)
        for page in client.get_paginator("get_request_validators").paginate(restApiId=api_id)
        for item in page["items"]
    }
    resources = [
        item
        for page in client.get_paginator("get_resources").paginate(restApiId=api_id, embed=["methods"])
        for item in page["items"]
    ]
    responses = [
        item
        for page in client.get_paginator("get_gateway_responses").paginate(restApiId=api_id)
        for item in page["items"]
    ]
    return State(
        settings=settings(api),
        methods={
            (item["path"], verb): Method(
                authorization=method.get("authorizationType") or NONE,
                validated=validators.get(method.get("requestValidatorId"), frozenset()),
                uri=method.get("methodIntegration", {}).get("uri"),
            )
            for item in resources
            for verb, method in item.get("resourceMethods", {}).items()
        },
        resources={item["path"]: item["id"] for item in resources},
        gateway_responses=frozenset(item["responseType"] for item in responses if not item.get("defaultResponse")),
        binary_media_types=frozenset(api.get("binaryMediaTypes", ())),
    )


def deployed_authorizations(client: Client, api_id: str, stage: str) -> Methods:
    """The methods that callers of a stage meet, by what its deployment tells of them: the authorization alone."""
    deployment = client.get_stage(restApiId=api_id, stageName=stage)["deploymentId"]
    summary: Mapping[str, Mapping[str, Document]] = client.get_deployment(
        restApiId=api_id, deploymentId=deployment, embed=["apisummary"]
    ).get("apiSummary", {})
    return {
        (path, verb): Method(method.get("authorizationType") or NONE, frozenset(), None)
        for path, verbs in summary.items()
        for verb, method in verbs.items()
    }
