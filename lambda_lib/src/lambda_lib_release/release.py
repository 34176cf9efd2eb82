"""The two steps of a contract's release."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from lambda_lib_release.methods import (
    ContractRefused,
    Methods,
    Route,
    declared,
    differences,
    renamed_variables,
    spelt,
    weakened,
)
from lambda_lib_release.rendering import gateway_responses, rendered
from lambda_lib_release.state import Client, State, deployed_authorizations, read

_URL = re.compile(r"https?://(?P<api>[a-z0-9]+)\.execute-api\.[^/]+/(?P<stage>[^/]+)")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a contract goes.

    Attributes:
        api_id: The API's id.
        stage: The stage that callers use.
        name: The API's name: another API is refused.
        integration_uri: What the API's methods invoke.
    """

    api_id: str
    stage: str
    name: str
    integration_uri: str


def find(ssm: Client, *, parameter: str, name: str, integration_uri: str) -> Target:
    """The API whose URL a parameter holds: only AWS knows its id, and nobody has to list APIs to find it.

    Raises:
        ContractRefused: The parameter holds another kind of URL.
    """
    value = ssm.get_parameter(Name=parameter)["Parameter"]["Value"]
    found = _URL.fullmatch(value)
    if not found:
        raise ContractRefused(f"{parameter} is {value}, not the URL of a REST API's stage")
    return Target(found["api"], found["stage"], name, integration_uri)


def add(client: Client, target: Target, contract: str) -> list[str]:
    """Merge the contract into the API and deploy it: before the code that serves it.

    Returns:
        What was done, a line each.

    Raises:
        ContractRefused: Nothing was deployed, and why.
    """
    before = _own(client, target)
    document = _document(target, contract, before)
    methods = declared(document)
    _require(renamed_variables(before.methods, methods))
    deployed = deployed_authorizations(client, target.api_id, target.stage)
    _require(weakened(_strictest(before.methods, deployed), methods))
    body = json.dumps(document).encode()
    put = client.put_rest_api(restApiId=target.api_id, mode="merge", failOnWarnings=False, body=body)
    after = read(client, target.api_id)
    _require(_changed(before, after), differences({**before.methods, **methods}, after.methods))
    missing = frozenset(document.get("x-amazon-apigateway-binary-media-types", ())) - after.binary_media_types
    _require([f"{media_type} was to be a binary media type" for media_type in sorted(missing)])
    done = [f"warning of API Gateway: {warning}" for warning in put.get("warnings", ())]
    done += [f"added {spelt(route)}" for route in methods if route not in before.methods]
    return [*done, _deploy(client, target, f"Contract {_version(document)} added")]


def settle(client: Client, target: Target, contract: str) -> list[str]:
    """Remove what the contract no longer has, and deploy that: after the code that served it.

    Returns:
        What was done, a line each.

    Raises:
        ContractRefused: Nothing was deployed, and why.
    """
    before = _own(client, target)
    document = _document(target, contract, before)
    methods = declared(document)
    _require(differences(methods, before.methods))
    routes, paths, responses = removals(before, methods, gateway_responses(document))
    for path, verb in routes:
        client.delete_method(restApiId=target.api_id, resourceId=before.resources[path], httpMethod=verb)
    for path in paths:
        client.delete_resource(restApiId=target.api_id, resourceId=before.resources[path])
    for response in responses:
        client.delete_gateway_response(restApiId=target.api_id, responseType=response)
    after = read(client, target.api_id)
    left = [f"{spelt(route)} is still there" for route in after.methods if route not in methods]
    _require(_changed(before, after), differences(methods, after.methods), left)
    done = [f"removed {what}" for what in (*map(spelt, routes), *paths, *responses)]
    # Even if nothing was: the stage may lag behind what an earlier run removed and could not deploy.
    return [*done, _deploy(client, target, f"Contract {_version(document)} settled")]


def removals(state: State, methods: Methods, responses: frozenset[str]) -> tuple[list[Route], list[str], list[str]]:
    """What an API has and a contract has not: methods, paths (the deepest first), API Gateway's own replies."""
    needed = {"/", *(path[:end] for path, _ in methods for end in _ends(path))}
    routes = sorted(route for route in state.methods if route not in methods)
    paths = sorted((path for path in state.resources if path not in needed), key=lambda path: (-path.count("/"), path))
    return routes, paths, sorted(state.gateway_responses - responses)


def _ends(path: str) -> list[int]:
    """Where a path and each of those above it end."""
    return [*(found.start() for found in re.finditer("/", path) if found.start()), len(path)]


def _own(client: Client, target: Target) -> State:
    state = read(client, target.api_id)
    if (name := state.settings.get("name")) != target.name:
        raise ContractRefused(f"API {target.api_id} is {name}, not {target.name}")
    return state


def _document(target: Target, contract: str, state: State) -> dict[str, Any]:
    return rendered(
        contract,
        integration_uri=target.integration_uri,
        name=target.name,
        description=state.settings.get("description"),
    )


def _strictest(methods: Methods, deployed: Methods) -> Methods:
    """The methods with the authorization of the deployment: what somebody has changed by hand since does not count."""
    return {
        **deployed,
        **{
            route: replace(method, authorization=deployed[route].authorization) if route in deployed else method
            for route, method in methods.items()
        },
    }


def _changed(before: State, after: State) -> list[str]:
    names = sorted(before.settings.keys() | after.settings.keys())
    return [
        f"{name} of the API changed with the import: apply its Terraform again"
        for name in names
        if before.settings.get(name) != after.settings.get(name)
    ]


def _require(*reasons: Sequence[str]) -> None:
    """Nothing may speak against it."""
    if found := [line for lines in reasons for line in lines]:
        raise ContractRefused("\n".join(found))


def _version(document: dict[str, Any]) -> str:
    return str(document["info"].get("version", "without a version"))


def _deploy(client: Client, target: Target, description: str) -> str:
    # Two calls, so that the stage moves at once and only to a deployment that is there.
    deployment = client.create_deployment(restApiId=target.api_id, description=description)["id"]
    client.update_stage(
        restApiId=target.api_id,
        stageName=target.stage,
        patchOperations=[{"op": "replace", "path": "/deploymentId", "value": deployment}],
    )
    return f"stage {target.stage} of {target.name} serves deployment {deployment}: {description}"
