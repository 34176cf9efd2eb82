"""A contract as it is put to an API: as Terraform renders it, under the API's own name."""

import json
from typing import Any

from lambda_lib_release.methods import ContractRefused, Document

PLACEHOLDER = "${integration_uri}"


def rendered(text: str, *, integration_uri: str, name: str, description: str | None) -> dict[str, Any]:
    """The document to import.

    Args:
        text: The contract, with a placeholder where API Gateway finds the function (`terraform/modules/api`).
        integration_uri: What the placeholder stands for.
        name: The API's name, which an import would change to the contract's title.
        description: The API's description, if it has one.

    Raises:
        ContractRefused: It is not JSON, no object, or has no placeholder.
    """
    if PLACEHOLDER not in text:
        raise ContractRefused(f"it has no {PLACEHOLDER}, where API Gateway finds the function")
    try:
        document = json.loads(text.replace(PLACEHOLDER, integration_uri))
    except ValueError as error:
        raise ContractRefused(f"it is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise ContractRefused("it is no contract")
    info = {**document.get("info", {}), "title": name}
    info.pop("description", None)
    return {**document, "info": {**info, **({"description": description} if description else {})}}


def gateway_responses(document: Document) -> frozenset[str]:
    """The types of API Gateway's own replies that a contract declares."""
    return frozenset(document.get("x-amazon-apigateway-gateway-responses", {}))


def settings(api: Document) -> dict[str, Any]:
    """What is set for an API as a whole, by the reply of GetRestApi: all but what a contract brings or what passes."""
    others = {"ResponseMetadata", "apiStatus", "apiStatusMessage", "binaryMediaTypes", "version", "warnings"}
    return {name: value for name, value in api.items() if name not in others and value is not None}
