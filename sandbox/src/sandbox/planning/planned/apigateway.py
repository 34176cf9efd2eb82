"""Reads REST APIs with their policies, stages and throttles."""

from sandbox.declaration import Document, RestApi, Stage, Throttle
from sandbox.errors import PlanError
from sandbox.planning.planned.item import Item, Items

_NO_LIMIT = -1
"""What the provider writes into the plan where a limit is not set."""


def apis(items: Items) -> tuple[RestApi, ...]:
    """Every REST API; the gateway serves those stages of it that are declared."""
    return tuple(_api(item, items) for item in items.of("aws_api_gateway_rest_api"))


def _api(item: Item, items: Items) -> RestApi:
    api_id = item["id"]
    body = item.document("body")
    if body is None:
        raise PlanError(f"{item.address}: it has no body, and the sandbox reads routes from nowhere else")
    stages = tuple(_stage(stage, items) for stage in items.where("aws_api_gateway_stage", "rest_api_id", api_id))
    if not stages:
        raise PlanError(f"{item.address}: it has no stage, so that nobody can call it")
    for settings in items.where("aws_api_gateway_method_settings", "rest_api_id", api_id):
        if settings["stage_name"] not in {stage.name for stage in stages}:
            raise PlanError(f"{settings.address}: the API has no stage {settings['stage_name']}")
    return RestApi(
        id=api_id,
        name=item["name"],
        service=item.resource.root,
        body=body,
        policy=_policy(item, items),
        stages=stages,
        binary_media_types=tuple(item.get("binary_media_types", ())),
    )


def _policy(item: Item, items: Items) -> Document | None:
    """The policy of the API: an attribute of it, or a resource of its own, which replaces it."""
    for policy in items.where("aws_api_gateway_rest_api_policy", "rest_api_id", item["id"]):
        return policy.document("policy")
    return item.document("policy")


def _stage(item: Item, items: Items) -> Stage:
    api_id, name = item["rest_api_id"], item["stage_name"]
    _check_deployment(item, items)
    access_log = item.block("access_log_settings")
    throttles = {
        settings["method_path"]: _throttle(settings)
        for settings in items.where("aws_api_gateway_method_settings", "rest_api_id", api_id)
        if settings["stage_name"] == name
    }
    return Stage(
        name=name,
        variables=item.get("variables", {}),
        method_throttles={path: throttle for path, throttle in throttles.items() if throttle is not None},
        access_log_group=_log_group(item, access_log.get("destination_arn"), items),
        access_log_format=access_log.get("format"),
    )


def _check_deployment(stage: Item, items: Items) -> None:
    """A stage shows a deployment of its own API."""
    deployments = items.where("aws_api_gateway_deployment", "id", stage["deployment_id"])
    if [deployment["rest_api_id"] for deployment in deployments] != [stage["rest_api_id"]]:
        raise PlanError(f"{stage.address}: deployment_id names no deployment of the stage's API")


def _throttle(item: Item) -> Throttle | None:
    settings = item.block("settings")
    limits = (settings.get("throttling_rate_limit", _NO_LIMIT), settings.get("throttling_burst_limit", _NO_LIMIT))
    rate, burst = (None if limit == _NO_LIMIT else limit for limit in limits)
    if rate is None and burst is None:
        return None
    if rate is None or burst is None:
        raise PlanError(f"{item.address}: the rate and the burst limit of a throttle are set together")
    return Throttle(rate_per_s=rate, burst_limit=burst)


def _log_group(stage: Item, arn: str | None, items: Items) -> str | None:
    if arn is None:
        return None
    for group in items.where("aws_cloudwatch_log_group", "arn", arn.removesuffix(":*")):
        name: str = group["name"]
        return name
    raise PlanError(f"{stage.address}: no plan declares the log group {arn}, which API Gateway does not make")
